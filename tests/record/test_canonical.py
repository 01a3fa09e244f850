"""Canonical form: one spelling for one meaning, and the fast spelling is the plain one."""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianshu.kernel.refusal import Refused
from lianshu.record import check
from lianshu.record.canonical import (
    MAX_DEPTH,
    MAX_INTEGER,
    canonical,
    canonical_fast,
    digest,
    has_duplicate_keys,
    number_text,
    parse_canonical,
    parse_json,
)

# RFC 8785 appendix B: IEEE 754 bits -> ECMAScript text.
NUMBERS = {
    "0000000000000000": "0",
    "8000000000000000": "0",
    "0000000000000001": "5e-324",
    "8000000000000001": "-5e-324",
    "7fefffffffffffff": "1.7976931348623157e+308",
    "ffefffffffffffff": "-1.7976931348623157e+308",
    "4340000000000000": "9007199254740992",
    "c340000000000000": "-9007199254740992",
    "4430000000000000": "295147905179352830000",
    "44b52d02c7e14af5": "9.999999999999997e+22",
    "44b52d02c7e14af6": "1e+23",
    "44b52d02c7e14af7": "1.0000000000000001e+23",
    "444b1ae4d6e2ef4e": "999999999999999700000",
    "444b1ae4d6e2ef4f": "999999999999999900000",
    "444b1ae4d6e2ef50": "1e+21",
    "3eb0c6f7a0b5ed8c": "9.999999999999997e-7",
    "3eb0c6f7a0b5ed8d": "0.000001",
    "41b3de4355555553": "333333333.3333332",
    "41b3de4355555554": "333333333.33333325",
    "41b3de4355555555": "333333333.3333333",
    "41b3de4355555556": "333333333.3333334",
    "41b3de4355555557": "333333333.33333343",
    "becbf647612f3696": "-0.0000033333333333333333",
    "43143ff3c1cb0959": "1424953923781206.2",
}

characters = st.characters(exclude_categories=["Cs"])
awkward = st.sampled_from(
    ["", "\ue000", "\uffff", "\U00010000", "\U0001f600", '"', "\\", "\x7f", "链"]
)
words = st.text(characters, max_size=12) | awkward
exact = st.none() | st.booleans() | st.integers(-MAX_INTEGER, MAX_INTEGER) | words
scalars = exact | st.floats(allow_nan=False, allow_infinity=False)


def trees(leaves: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=5) | st.dictionaries(words, inner, max_size=5),
        max_leaves=20,
    )


def outcome(form: Callable[[Any], bytes], value: Any) -> bytes | str:
    try:
        return form(value)
    except Refused as refused:
        return refused.refusals[0].code


def code_of(payload: bytes) -> str:
    with pytest.raises(Refused) as refused:
        parse_canonical(payload)
    return refused.value.refusals[0].code


@pytest.mark.parametrize(("bits", "text"), NUMBERS.items())
def test_numbers_are_printed_as_the_standard_prints_them(bits: str, text: str) -> None:
    (value,) = struct.unpack(">d", bytes.fromhex(bits))
    assert number_text(value) == text
    assert canonical_fast([value]) == check.canonical([value]) == f"[{text}]".encode()


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_printed_number_reads_back(value: float) -> None:
    assert float(number_text(value)) == value


def test_keys_are_in_utf16_order() -> None:
    # RFC 8785 §3.2.3: the names of that section, in the order that it gives.
    names = ["\r", "1", "\x80", "ö", "€", "\U0001f600", "\ufb33"]
    value = {name: position for position, name in reversed(list(enumerate(names)))}
    for form in (canonical, canonical_fast, check.canonical):
        assert list(json.loads(form(value)).values()) == list(range(len(names)))


def test_strings_have_the_fewest_escapes() -> None:
    value = '€$\x0f\nA\'B"\\\\"/\x7f\u2028'
    expected = '"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/\x7f\u2028"'.encode()
    assert canonical(value) == canonical_fast(value) == check.canonical(value) == expected


@given(trees(scalars))
def test_three_statements_of_the_rules_agree(value: Any) -> None:
    expected = canonical(value)
    assert canonical_fast(value) == expected
    assert check.canonical(value) == expected
    assert digest(value) == hashlib.sha256(expected).digest()


@given(trees(scalars | st.integers() | st.floats() | st.text(st.characters(), max_size=3)))
def test_fast_form_refuses_what_the_plain_form_refuses(value: Any) -> None:
    assert outcome(canonical_fast, value) == outcome(canonical, value)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (float("nan"), "nan"),
        (float("inf"), "nan"),
        ({"a": [None, float("-inf")]}, "nan"),
        (MAX_INTEGER + 1, "integer"),
        ({"n": -(10**400)}, "integer"),
        ("\ud800", "surrogate"),
        ({"\udc00": 1}, "surrogate"),
        ({1: "a"}, "key"),
        ({None: "a"}, "key"),
        ([b"bytes"], "type"),
        ([{1, 2}], "type"),
    ],
)
def test_values_without_an_agreed_form_are_refused(value: Any, code: str) -> None:
    assert outcome(canonical, value) == outcome(canonical_fast, value) == code


def nested(depth: int, leaf: Any) -> Any:
    for level in range(depth):
        leaf = [leaf] if level % 2 else {"a": leaf}
    return leaf


@pytest.mark.parametrize("leaf", ["x", 1, 1.5, [], {}])
def test_depth_is_limited_alike_everywhere(leaf: Any) -> None:
    taken = MAX_DEPTH - isinstance(leaf, list | dict)
    forms = {form(nested(taken, leaf)) for form in (canonical, canonical_fast, check.canonical)}
    assert len(forms) == 1
    for form in (canonical, canonical_fast):
        assert outcome(form, nested(taken + 1, leaf)) == "depth"
    with pytest.raises(check.Invalid):
        check.canonical(nested(taken + 1, leaf))
    assert code_of(b"[" * 100_000) == "depth"


@given(trees(scalars), st.sampled_from([None, 0, 1, 2]), st.booleans(), st.booleans())
def test_spacing_order_and_escapes_do_not_matter(
    value: Any, indent: int | None, escape: bool, swap: bool
) -> None:
    def reordered(item: Any) -> Any:
        if isinstance(item, dict):
            return {key: reordered(item[key]) for key in reversed(item)}
        return [reordered(part) for part in item] if isinstance(item, list) else item

    sent = json.dumps(reordered(value) if swap else value, indent=indent, ensure_ascii=escape)
    assert parse_canonical(sent.encode())[1] == canonical(value)
    assert not has_duplicate_keys(sent.encode())


@given(st.dictionaries(words, trees(exact), min_size=1, max_size=4), st.data())
def test_a_key_written_twice_is_always_found(value: dict[str, Any], data: st.DataObject) -> None:
    key = data.draw(st.sampled_from(sorted(value)))
    ascii_only = data.draw(st.booleans())
    again = json.dumps({key: data.draw(trees(exact))}, ensure_ascii=not ascii_only)
    sent = f"{json.dumps(value, ensure_ascii=ascii_only)[:-1]}, {again[1:]}".encode()
    for wrapped in (sent, b"[1, " + sent + b"]", b'{"\\"\\\\": ' + sent + b"}"):
        assert has_duplicate_keys(wrapped)
        assert code_of(wrapped) == "duplicate_key"


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (b"\xef\xbb\xbf{}", "bom"),
        (b'{"a":"\xff"}', "utf8"),
        (b'"\xed\xa0\x80"', "utf8"),
        (b'{"a":NaN}', "nan"),
        (b"[-Infinity]", "nan"),
        (b"[Infinity]", "nan"),
        (b"{} {}", "json"),
        (b"[1,]", "json"),
        (b"{'a':1}", "json"),
        (b"01", "json"),
        (b'"a\nb"', "json"),
        (b'"\\ud800"', "json"),
        (b'"\\udc00 and more text"', "json"),
        (b'{"a":', "json"),
        (b"[1e400]", "number"),
        (b"9" * 5000, "number"),
        (b"9007199254740993", "integer"),
        (b'{"a":{"b":1,"b":1}}', "duplicate_key"),
        (b"PK\x03\x04\xff", "utf8"),
    ],
)
def test_bad_texts_are_refused_in_both_languages(payload: bytes, code: str) -> None:
    with pytest.raises(Refused) as refused:
        parse_canonical(payload)
    (refusal,) = refused.value.refusals
    assert refusal.code == code
    assert refusal.rule.zh
    assert refusal.rule.en
    assert refusal.remedy.zh
    assert refusal.remedy.en


def test_a_refusal_names_the_field() -> None:
    with pytest.raises(Refused) as refused:
        parse_json(b'{"flows":[{"qty":"1"},{"qty":9007199254740993}]}')
    assert refused.value.refusals[0].field == "flows[1].qty"


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(payload: bytes) -> None:
    try:
        _, form = parse_canonical(payload)
    except Refused:
        return
    assert canonical(json.loads(payload)) == form
