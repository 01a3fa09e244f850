from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianshu.kernel.quantity import (
    MAX_FRACTION_DIGITS,
    MAX_INTEGER_DIGITS,
    Quantity,
    decimal_text,
    parse_decimal,
)
from tests.kernel.refusals import refusal_code

# Every number that the record can hold: 38 digits and a point among them.
numbers = st.builds(
    lambda digits, places: Decimal(digits).scaleb(-places),
    st.integers(-(10**20) + 1, 10**20 - 1),
    st.integers(0, MAX_FRACTION_DIGITS),
)
wide = st.builds(
    lambda sign, whole, fraction: Decimal(f"{sign}{whole}.{fraction:018d}"),
    st.sampled_from(["", "-"]),
    st.integers(0, 10**MAX_INTEGER_DIGITS - 1),
    st.integers(0, 10**MAX_FRACTION_DIGITS - 1),
)


@given(numbers | wide)
def test_text_of_a_number_reads_back_and_is_canonical(number: Decimal) -> None:
    text = decimal_text(number)
    assert parse_decimal(text) == number
    assert decimal_text(parse_decimal(text)) == text
    assert "e" not in text.lower()
    assert text == "0" or not text.startswith("-0") or "." in text
    assert "." not in text or not text.endswith(("0", "."))


@given(numbers, st.integers(0, 18))
def test_equal_numbers_have_equal_text(number: Decimal, zeros: int) -> None:
    padded = format(number, "f")
    padded += ("" if "." in padded else ".") + "0" * zeros if zeros else ""
    assert decimal_text(parse_decimal(padded)) == decimal_text(number)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("007", "7"),
        ("-0", "0"),
        ("-0.000", "0"),
        ("0" * 50 + "1.5" + "0" * 50, "1.5"),
        (12, "12"),
        (Decimal("1.2E+3"), "1200"),
        (Decimal("1." + "0" * 40), "1"),
        ("9" * 20 + "." + "9" * 18, "9" * 20 + "." + "9" * 18),
    ],
)
def test_spellings_of_a_number(text: str | int | Decimal, number: str) -> None:
    assert decimal_text(parse_decimal(text)) == number


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "number_shape"),
        (" 5", "number_shape"),
        ("5\n", "number_shape"),
        ("1,000", "number_shape"),
        ("1_000", "number_shape"),
        ("+5", "number_shape"),
        (".5", "number_shape"),
        ("5.", "number_shape"),
        ("5 kg", "number_shape"),
        ("0x10", "number_shape"),
        ("１２", "number_shape"),  # full-width digits
        ("٣", "number_shape"),  # Arabic-Indic digit, which int() would read
        ("1e3", "number_shape"),
        ("1E999999999", "number_shape"),
        ("--5", "number_shape"),
        ("Freight Included in Commodity Cost", "number_shape"),
        ("NaN", "number_finite"),
        ("sNaN", "number_finite"),
        ("-Infinity", "number_finite"),
        (Decimal("NaN"), "number_finite"),
        (Decimal("-Infinity"), "number_finite"),
        (Decimal("1E+999999"), "number_digits"),
        (Decimal("1E-999999"), "number_digits"),
        ("1" * 21, "number_digits"),
        ("0." + "0" * 18 + "1", "number_digits"),
        ("9" * 100_000, "number_digits"),
        (10**20, "number_digits"),
        (1.5, "number_float"),
        (float("nan"), "number_float"),
        (True, "number_shape"),
        (None, "number_shape"),
        ([1], "number_shape"),
    ],
)
def test_what_is_no_number(text: str, code: str) -> None:
    assert refusal_code(lambda: parse_decimal(text)) == code


def test_a_huge_integer_is_refused_without_being_printed() -> None:
    assert refusal_code(parse_decimal, 10**100_000) == "number_digits"


@pytest.mark.parametrize("zero", ["0", "-0", "0E+50", "0E-50", "-0.000"])
def test_zero_has_one_text(zero: str) -> None:
    assert decimal_text(Decimal(zero)) == "0"


@pytest.mark.parametrize("text", ["NaN", "sNaN", "Infinity", "1E+20", "1E-19", "1E+999999"])
def test_a_number_outside_the_limits_has_no_text(text: str) -> None:
    assert refusal_code(decimal_text, Decimal(text)) in {"number_finite", "number_digits"}


def test_below_zero_only_where_allowed() -> None:
    assert refusal_code(lambda: parse_decimal("-0.5", negative=False)) == "number_negative"
    assert refusal_code(lambda: Quantity.parse("-1", "KGM")) == "number_negative"
    assert Quantity.parse("-1", "KGM", negative=True).amount == -1
    assert parse_decimal("-0", negative=False) == 0


def test_equal_quantities_are_equal_and_hash_alike() -> None:
    a, b = Quantity.parse("1.50", "kg"), Quantity(Decimal("1.5"), "KGM")
    assert a == b
    assert hash(a) == hash(b)
    assert str(a) == "1.5 KGM"


@given(st.integers(-(10**37), 10**37), st.integers(-(10**37), 10**37))
def test_sums_are_exact(a: int, b: int) -> None:
    first, second = (Quantity(Decimal(f"{n}E-18"), "KGM") for n in (a, b))
    total = first + second
    assert Fraction(total.amount) == Fraction(a + b, 10**18)
    assert total - second == first
    assert first + -first == Quantity(Decimal(0), "KGM")


def test_a_sum_that_outgrows_the_limits_is_refused() -> None:
    most = Quantity(Decimal("9" * 20), "KGM")
    assert refusal_code(lambda: most + Quantity(Decimal(1), "KGM")) == "number_digits"


def test_units_do_not_mix() -> None:
    kg, t = Quantity.parse("1", "KGM"), Quantity.parse("1", "TNE")
    assert refusal_code(lambda: kg + t) == "unit_differs"
    assert refusal_code(lambda: kg - t) == "unit_differs"
    assert str(kg + t.convert("KGM")) == "1001 KGM"


def test_conversion_is_exact_or_states_its_rounding() -> None:
    mu = Quantity.parse("1", "亩")
    assert refusal_code(lambda: mu.convert("m²")) == "number_inexact"
    assert str(mu.convert("m²", places=2)) == "666.67 MTK"
    assert str(Quantity.parse("3", "亩").convert("m²")) == "2000 MTK"
    assert str(Quantity.parse("2.5", "KWH").convert("MJ")) == "9 3B"
    assert refusal_code(lambda: Quantity.parse("1", "XCT").convert("H87")) == "unit_convert"
    assert refusal_code(lambda: Quantity.parse("1", "KGM").convert("LTR")) == "unit_convert"
    big = Quantity.parse("9" * 20, "TNE")
    assert refusal_code(lambda: big.convert("GRM")) == "number_digits"
    assert refusal_code(lambda: big.convert("GRM", places=0)) == "number_digits"


@given(wide)
def test_conversion_to_the_unit_itself_changes_nothing(number: Decimal) -> None:
    quantity = Quantity(number, "KGM")
    assert quantity.convert("kg") == quantity
