from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianshu.kernel.money import (
    MAX_MINOR,
    Money,
    Rounding,
    currencies,
    parse_currency,
)
from tests.kernel.refusals import refusal_code

minors = st.integers(-MAX_MINOR, MAX_MINOR)


@given(minors, st.sampled_from(sorted(currencies())))
def test_amount_reads_back(minor: int, currency: str) -> None:
    money = Money(minor, currency)
    assert Money.parse(money.amount, currency) == money
    assert Money.parse(str(money).split(" ")[0], currency) == money


@given(
    minors,
    st.lists(st.integers(0, 10**6) | st.decimals(0, 10**6, places=4), min_size=1, max_size=30),
)
def test_allocation_loses_nothing_and_is_fair(minor: int, weights: list[Decimal | int]) -> None:
    money = Money(minor, "CNY")
    if not any(weights):
        assert refusal_code(lambda: money.allocate(weights)) == "money_weights"
        return
    parts = money.allocate(weights)
    assert sum(part.minor for part in parts) == minor
    total = sum(Fraction(weight) for weight in weights)
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part.minor - Fraction(weight) * minor / total) < 1
        assert weight or not part.minor


def test_allocation_gives_ties_to_the_earlier_part() -> None:
    assert [p.minor for p in Money(-5, "CNY").allocate([1, 1])] == [-3, -2]


@pytest.mark.parametrize("weights", [[], [0], [1, -1], [Decimal("NaN")], [Decimal("Infinity"), 1]])
def test_weights_that_allocate_nothing(weights: list[Decimal | int]) -> None:
    assert refusal_code(lambda: Money(1, "CNY").allocate(weights)) == "money_weights"


@pytest.mark.parametrize(
    ("amount", "currency", "code"),
    [
        ("0.001", "CNY", "money_digits"),
        ("0.5", "JPY", "money_digits"),
        ("0.0005", "KWD", "money_digits"),
        ("1", "cny", "currency_unknown"),
        ("1", "RMB", "currency_unknown"),
        ("1", "", "currency_unknown"),
        ("¥1", "CNY", "number_shape"),
        ("1,000.00", "CNY", "number_shape"),
        ("NaN", "CNY", "number_finite"),
        ("99999999999999999999", "CNY", "money_range"),
        (0.1, "CNY", "number_float"),
        (" 1", "CNY", "number_shape"),
        ("１", "CNY", "number_shape"),
    ],
)
def test_what_is_no_money(amount: str, currency: str, code: str) -> None:
    assert refusal_code(lambda: Money.parse(amount, currency)) == code


@pytest.mark.parametrize(
    ("amount", "rounding", "minor"),
    [
        ("0.125", Rounding.HALF_EVEN, 12),
        ("0.125", Rounding.HALF_UP, 13),
        ("-0.125", Rounding.HALF_UP, -13),
        ("0.129", Rounding.DOWN, 12),
        ("0.121", Rounding.UP, 13),
        ("0.12", Rounding.UP, 12),
    ],
)
def test_stated_rounding(amount: str, rounding: Rounding, minor: int) -> None:
    assert Money.parse(amount, "CNY", rounding=rounding).minor == minor


@given(
    st.integers(-(10**12), 10**12),
    st.fractions(-1000, 1000, max_denominator=10**6),
    st.sampled_from(list(Rounding)),
)
def test_product_is_the_exact_one_rounded(minor: int, factor: Fraction, rounding: Rounding) -> None:
    exact = factor * minor
    result = Money(minor, "CNY").multiply(factor, rounding).minor
    assert abs(result - exact) < 1
    if rounding in {Rounding.HALF_EVEN, Rounding.HALF_UP}:
        assert abs(result - exact) <= Fraction(1, 2)
    if rounding is Rounding.HALF_EVEN:
        assert result == round(exact)
    if rounding is Rounding.DOWN:
        assert abs(result) <= abs(exact)
    if rounding is Rounding.UP:
        assert abs(result) >= abs(exact)


def test_currencies_do_not_mix() -> None:
    yuan, dollar = Money(1, "CNY"), Money(1, "USD")
    for call in (lambda: yuan + dollar, lambda: yuan - dollar, lambda: yuan < dollar):
        assert refusal_code(call) == "currency_differs"
    assert yuan != dollar


def test_sums_stay_in_range() -> None:
    assert refusal_code(lambda: Money(MAX_MINOR, "CNY") + Money(1, "CNY")) == "money_range"
    assert (Money(3, "CNY") - Money(5, "CNY")).minor == -2
    assert -Money(3, "CNY") == Money(-3, "CNY")
    assert Money(3, "CNY") <= Money(3, "CNY")


def test_currency_table() -> None:
    assert len(currencies()) >= 150
    assert {c.digits for c in currencies().values()} == {0, 2, 3}
    assert all(c.name.zh and c.name.en for c in currencies().values())
    assert parse_currency("USD").digits == 2
    assert refusal_code(lambda: parse_currency(10**9999)) == "currency_unknown"
