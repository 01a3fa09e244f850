"""Money: a whole number of minor units (分 for the renminbi) of one ISO 4217 currency.

Amounts are integers inside, so sums are exact and a fen is never lost or made: what cannot be divided
evenly is allocated by largest remainder. The minor units come from ``currencies.csv`` (ISO 4217:2015
list one: code, number of decimals, names).
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, Context, Decimal
from enum import Enum
from fractions import Fraction
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Final

from lianshu.kernel.quantity import parse_decimal
from lianshu.kernel.refusal import Refusal, Refused
from lianshu.kernel.text import Text

# A signed 64-bit integer, which is what every store holds.
MAX_MINOR: Final = 2**63 - 1

_WIDE: Final = Context(prec=120)
_LONGEST: Final = 20


class Rounding(Enum):
    """How a finer amount becomes whole minor units; the caller always states it."""

    HALF_EVEN = ROUND_HALF_EVEN
    HALF_UP = ROUND_HALF_UP
    DOWN = ROUND_DOWN
    UP = ROUND_UP


@dataclass(frozen=True, slots=True)
class Currency:
    """An ISO 4217 currency; ``digits`` is the number of decimals of its minor unit."""

    code: str
    digits: int
    name: Text


@cache
def currencies() -> Mapping[str, Currency]:
    """All currencies in use, and those that ended in 2025, by alphabetic code.

    >>> currencies()["CNY"].digits, currencies()["JPY"].digits, currencies()["KWD"].digits
    (2, 0, 3)
    """
    text = resources.files("lianshu.kernel").joinpath("currencies.csv").read_text("utf-8")
    rows = csv.DictReader(text.splitlines())
    table = {
        row["code"]: Currency(row["code"], int(row["digits"]), Text(row["zh"], row["en"]))
        for row in rows
    }
    return MappingProxyType(table)


def parse_currency(text: object, field: str = "currency") -> Currency:
    """The currency of an upper-case ISO 4217 code; raises ``Refused`` (``currency_unknown``).

    >>> parse_currency("CNY").name.zh
    '人民币元'
    """
    found = currencies().get(text) if isinstance(text, str) else None
    if found is None:
        shown = text[:_LONGEST] if isinstance(text, str) else type(text).__name__
        rule = Text(f"“{shown}”不是 ISO 4217 货币代码", f"{shown!r} is not an ISO 4217 code")
        remedy = Text("填写大写代码，如 CNY、USD", "write an upper-case code such as CNY or USD")
        raise Refused(Refusal(field, rule, remedy, code="currency_unknown"))
    return found


@dataclass(frozen=True, slots=True)
class Money:
    """``minor`` minor units (fen, cents) of ``currency``; below zero is a claim the other way.

    >>> Money.parse("3996", "CNY")
    Money(minor=399600, currency='CNY')
    >>> str(Money.parse("3996", "CNY") - Money(50, "CNY"))
    '3995.50 CNY'
    """

    minor: int
    currency: str

    def __post_init__(self) -> None:
        assert isinstance(self.minor, int), "minor units are whole"
        parse_currency(self.currency)
        if abs(self.minor) > MAX_MINOR:
            rule = Text("金额超出 64 位整数", "the amount exceeds a 64-bit integer")
            remedy = Text("核对金额与货币", "check the amount and the currency")
            raise Refused(Refusal("amount", rule, remedy, code="money_range"))

    @classmethod
    def parse(
        cls,
        amount: str | int | Decimal,
        currency: str,
        *,
        rounding: Rounding | None = None,
        field: str = "amount",
    ) -> Money:
        """Money from an amount in major units (yuan, dollars).

        More decimals than the minor unit has are refused (``money_digits``) unless ``rounding`` says
        what becomes of them. Source: ISO 4217:2015 §6.

        >>> Money.parse("0.125", "CNY", rounding=Rounding.HALF_EVEN).minor
        12
        >>> Money.parse("0.125", "CNY")
        Traceback (most recent call last):
        lianshu.kernel.refusal.Refused: amount: CNY has at most 2 decimals; state the rounding or \
write whole minor units
        """
        kind = parse_currency(currency)
        exact = _WIDE.scaleb(parse_decimal(amount, field), kind.digits)
        whole = exact.to_integral_value(rounding=(rounding or Rounding.DOWN).value)
        if rounding is None and whole != exact:
            rule = Text(
                f"{kind.code} 至多 {kind.digits} 位小数",
                f"{kind.code} has at most {kind.digits} decimals",
            )
            remedy = Text(
                "说明舍入方式或写到最小单位", "state the rounding or write whole minor units"
            )
            raise Refused(Refusal(field, rule, remedy, code="money_digits"))
        return cls(int(whole), kind.code)

    @property
    def amount(self) -> Decimal:
        """The amount in major units, with the currency's own number of decimals."""
        return Decimal(self.minor).scaleb(-currencies()[self.currency].digits, _WIDE)

    def multiply(self, factor: Decimal | int | Fraction, rounding: Rounding) -> Money:
        """The money times an exact factor, rounded as stated.

        >>> Money(1000, "CNY").multiply(Decimal("0.0435"), Rounding.HALF_UP)
        Money(minor=44, currency='CNY')
        """
        exact = Fraction(factor) * self.minor
        floor = exact.numerator // exact.denominator
        rest = exact - floor
        # A quarter, half or three quarters stands for the rest: rounding looks at nothing finer.
        stand_in = (rest > 0) + (rest >= Fraction(1, 2)) + (rest > Fraction(1, 2))
        near = _WIDE.add(Decimal(floor), Decimal(stand_in) / 4)
        return Money(int(near.to_integral_value(rounding=rounding.value)), self.currency)

    def allocate(self, weights: Sequence[Decimal | int]) -> tuple[Money, ...]:
        """Parts in proportion to the weights, whose sum is exactly this money.

        Largest remainder (Hamilton); equal remainders go to the earlier part. Weights are finite, not
        negative, and not all zero (``money_weights``).

        >>> [part.minor for part in Money(100, "CNY").allocate([1, 1, 1])]
        [34, 33, 33]
        """
        if not weights or any(not Decimal(w).is_finite() or w < 0 for w in weights):
            raise _bad_weights()
        shares = [Fraction(weight) for weight in weights]
        total = sum(shares)
        if not total:
            raise _bad_weights()
        sign = -1 if self.minor < 0 else 1
        exact = [share * abs(self.minor) / total for share in shares]
        parts = [part.numerator // part.denominator for part in exact]
        order = sorted(range(len(parts)), key=lambda i: (parts[i] - exact[i], i))
        for index in order[: abs(self.minor) - sum(parts)]:
            parts[index] += 1
        return tuple(Money(sign * part, self.currency) for part in parts)

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same_currency(other).minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same_currency(other).minor, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._same_currency(other).minor

    def __le__(self, other: Money) -> bool:
        return self.minor <= self._same_currency(other).minor

    def __str__(self) -> str:
        return f"{self.amount:f} {self.currency}"

    def _same_currency(self, other: Money) -> Money:
        if other.currency != self.currency:
            rule = Text(
                f"不同货币不能相加减或比较：{self.currency} 与 {other.currency}",
                f"{self.currency} and {other.currency} neither add nor compare",
            )
            remedy = Text("先按注明日期的汇率折算", "convert one of them at a dated rate first")
            raise Refused(Refusal("currency", rule, remedy, code="currency_differs"))
        return other


def _bad_weights() -> Refused:
    rule = Text("分摊权重须非负且不全为零", "weights are finite, not negative and not all zero")
    remedy = Text("核对分摊依据", "check what the allocation is based on")
    return Refused(Refusal("weights", rule, remedy, code="money_weights"))
