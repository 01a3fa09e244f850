"""Exact numbers out of a store, whatever type its driver gives them."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

from lianshu.kernel.quantity import EXACT

_ONE = Decimal(1)


def exact(value: Any) -> Decimal:
    """A decimal column's value as ``Decimal``; SQL NULL is zero.

    >>> exact("2.50"), exact("30.0"), exact(None)
    (Decimal('2.5'), Decimal('30'), Decimal('0'))
    """
    number = Decimal(0) if value is None else Decimal(value)
    if not number:
        return Decimal(0)
    # One form for one value, so that engines that pad with zeros answer alike.
    number = EXACT.normalize(number)
    return number if number.as_tuple().exponent <= 0 else EXACT.quantize(number, _ONE)  # type: ignore[operator]


def ratio(numerator: Fraction | Decimal | int, denominator: Fraction | Decimal | int) -> float:
    """The correctly rounded quotient of two exact numbers; zero over zero is zero.

    >>> ratio(1, 3)
    0.3333333333333333
    """
    if not denominator:
        return 0.0
    return float(Fraction(numerator) / Fraction(denominator))


def decimal_of(number: Fraction) -> Decimal:
    """A fraction as an exact decimal, rounded half-even at 18 decimals where it does not end.

    >>> decimal_of(Fraction(5, 4))
    Decimal('1.25')
    """
    scaled = number * 10**18
    return exact(EXACT.scaleb(Decimal(round(scaled)), -18))
