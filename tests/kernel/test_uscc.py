from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lianshu.kernel.refusal import Refused
from lianshu.kernel.uscc import (
    ALPHABET,
    AUTHORITIES,
    organisation_check_character,
    parse_organisation_code,
    parse_uscc,
    uscc_check_character,
)
from tests.kernel.refusals import refusal_code

VALID = "91310113541320074X"
CODE_OF_REASON = {
    "length": "uscc_length",
    "letter outside the alphabet": "uscc_alphabet",
    "registering authority": "uscc_authority",
    "unknown administrative division": "uscc_division",
    "organisation code check (GB 11714)": "uscc_organisation",
    "check character": "uscc_check",
}


@st.composite
def valid_codes(draw: st.DrawFn) -> str:
    head = draw(st.sampled_from(sorted(AUTHORITIES))) + draw(st.sampled_from("1239"))
    head += draw(st.sampled_from(["100000", "310113", "440305", "650100", "820000"]))
    body = draw(st.text(ALPHABET, min_size=8, max_size=8))
    head += body + organisation_check_character(body)
    return head + uscc_check_character(head)


def test_verdict_on_each_labelled_case(shared_data: Path) -> None:
    path = shared_data / "green-exchange" / "codes" / "uscc_cases.csv"
    if not path.is_file():
        pytest.skip("no labelled codes beside this repository")
    with path.open(encoding="utf-8", newline="") as file:
        cases = list(csv.DictReader(file))
    assert len(cases) >= 200
    for case in cases:
        if case["valid"] == "1":
            assert parse_uscc(case["code"]) == case["code"]
        else:
            code = refusal_code(parse_uscc, case["code"])
            assert code == CODE_OF_REASON[case["why"]], case["code"]


@given(valid_codes())
def test_valid_codes_pass_in_any_case(code: str) -> None:
    assert parse_uscc(code) == code
    assert parse_uscc(code.lower()) == code


@given(valid_codes(), st.integers(0, 17), st.sampled_from(ALPHABET))
def test_a_single_wrong_character_is_always_found(code: str, place: int, wrong: str) -> None:
    assume(code[place] != wrong)
    with pytest.raises(Refused):
        parse_uscc(code[:place] + wrong + code[place + 1 :])


@given(valid_codes(), st.integers(0, 16))
def test_neighbours_changing_places_are_always_found(code: str, place: int) -> None:
    assume(code[place] != code[place + 1])
    with pytest.raises(Refused):
        parse_uscc(code[:place] + code[place + 1] + code[place] + code[place + 2 :])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "uscc_length"),
        (f" {VALID}", "uscc_length"),
        (f"{VALID}\n", "uscc_length"),
        (VALID[:-1] + " ", "uscc_alphabet"),
        ("９" + VALID[1:], "uscc_alphabet"),  # a full-width digit
        (VALID[:-1] + "ß", "uscc_alphabet"),
        ("9131I113541320074X", "uscc_alphabet"),
        ("91A10113541320074X", "uscc_alphabet"),
        ("Z1310113541320074X", "uscc_authority"),
        ("91990113541320074X", "uscc_division"),
        (None, "uscc_length"),
        (913101135413200740, "uscc_length"),
    ],
)
def test_what_is_no_code(text: object, code: str) -> None:
    assert refusal_code(lambda: parse_uscc(text)) == code


@given(st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=8, max_size=8))
def test_organisation_code(body: str) -> None:
    check = organisation_check_character(body)
    assert parse_organisation_code(f"{body}-{check}".lower()) == body + check
    other = "0" if check != "0" else "1"
    assert refusal_code(lambda: parse_organisation_code(body + other)) == "organisation_check"


@pytest.mark.parametrize(
    "text", ["", "5413200744", "54132007 4", "５４132007-4", "54132007-Y", None]
)
def test_what_is_no_organisation_code(text: object) -> None:
    assert refusal_code(lambda: parse_organisation_code(text)) == "organisation_shape"
