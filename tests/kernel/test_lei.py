from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lianshu.kernel.lei import lei_check_digits, parse_lei
from lianshu.kernel.refusal import Refused
from tests.kernel.refusals import refusal_code

DIGITS, LETTERS = "0123456789", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
VALID = "529900T8BM49AURSDO55"

codes = st.text(DIGITS + LETTERS, min_size=18, max_size=18).map(
    lambda body: body + lei_check_digits(body)
)
numeric_codes = st.text(DIGITS, min_size=18, max_size=18).map(
    lambda body: body + lei_check_digits(body)
)


@given(codes)
def test_valid_codes_pass_in_any_case(code: str) -> None:
    assert parse_lei(code) == code
    assert parse_lei(code.lower()) == code


@given(codes, st.integers(0, 19), st.data())
def test_a_single_wrong_character_of_its_kind_is_found(
    code: str, place: int, data: st.DataObject
) -> None:
    kind = DIGITS if code[place] in DIGITS else LETTERS
    wrong = data.draw(st.sampled_from(kind))
    assume(wrong != code[place])
    with pytest.raises(Refused):
        parse_lei(code[:place] + wrong + code[place + 1 :])


@given(numeric_codes, st.integers(0, 18))
def test_neighbouring_digits_changing_places_are_found(code: str, place: int) -> None:
    a, b = code[place], code[place + 1]
    assume(a != b)
    with pytest.raises(Refused):
        parse_lei(code[:place] + b + a + code[place + 2 :])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "lei_shape"),
        (VALID[:-1], "lei_shape"),
        (f" {VALID}", "lei_shape"),
        (f"{VALID}\n", "lei_shape"),
        (VALID[:-2] + "5A", "lei_shape"),
        ("５" + VALID[1:], "lei_shape"),
        (VALID[:-2] + "56", "lei_check"),
        (None, "lei_shape"),
    ],
)
def test_what_is_no_lei(text: object, code: str) -> None:
    assert refusal_code(lambda: parse_lei(text)) == code


@given(st.text(DIGITS, min_size=18, max_size=18))
def test_check_digits_that_are_never_issued_are_refused(body: str) -> None:
    for digits in ("00", "01", "99"):
        assert refusal_code(parse_lei, body + digits) == "lei_check"
