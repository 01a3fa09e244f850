from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianshu.kernel.key import SCHEMES, Key, parse_party_key, recognise
from lianshu.kernel.refusal import Refused
from tests.kernel.refusals import refusal_code

EXAMPLES = {
    "uscc": "91310113541320074X",
    "orgcode": "541320074",
    "lei": "529900T8BM49AURSDO55",
    "pgln": "4012345000009",
    "gln": "4012345000009",
    "gtin": "06291041500213",
    "sscc": "106141412345678908",
    "grai": "4012345000009PAL-7",
    "handle": "88.118.8/LOT-1",
    "ecode": "10064061234567890",
    "own": "供应商:007",
}


def test_every_scheme_has_names_a_use_and_an_example() -> None:
    assert set(EXAMPLES) == set(SCHEMES)
    for scheme in SCHEMES.values():
        assert scheme.title.zh
        assert scheme.title.en
        assert scheme.tables
        assert scheme.source


@pytest.mark.parametrize("scheme", EXAMPLES)
def test_text_of_a_key_reads_back(scheme: str) -> None:
    key = Key(scheme, EXAMPLES[scheme])
    assert key.value == EXAMPLES[scheme]
    assert Key.parse(str(key)) == key
    assert key.title is SCHEMES[scheme].title


@pytest.mark.parametrize("scheme", [s.name for s in SCHEMES.values() if s.checked])
def test_a_valid_code_is_recognised(scheme: str) -> None:
    assert Key(scheme, EXAMPLES[scheme]) in recognise(EXAMPLES[scheme])


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    for key in recognise(text):
        assert recognise(key.value)
    for scheme in SCHEMES:
        try:
            key = Key(scheme, text)
        except Refused:
            continue
        assert Key.parse(str(key)) == key


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "key_shape"),
        ("91310113541320074X", "key_shape"),
        ("tax:1", "scheme_unknown"),
        ("USCC:91310113541320074X", "scheme_unknown"),
        (" uscc:91310113541320074X", "scheme_unknown"),
        ("uscc:91310113541320074Y", "uscc_check"),
        ("own:", "own_shape"),
        ("own: 7", "own_shape"),
        ("own:a\tb", "own_shape"),
        ("own:" + "x" * 201, "own_shape"),
        ("handle:no-slash", "handle_shape"),
        ("ecode:x", "ecode_shape"),
        (None, "key_shape"),
    ],
)
def test_what_is_no_key(text: object, code: str) -> None:
    assert refusal_code(lambda: Key.parse(text)) == code


def test_party_keys() -> None:
    assert parse_party_key("gln:4012345000009").scheme == "pgln"
    assert parse_party_key("own:mill1").value == "mill1"
    assert parse_party_key("lei:529900T8BM49AURSDO55").scheme == "lei"
    for text in ("gtin:6291041500213", "sscc:106141412345678908"):
        assert refusal_code(parse_party_key, text) == "key_party"
