"""What was delivered in twelve months, added up by supplier and by lane.

The same numbers as the readings ``spend`` and ``lane_spend`` between two days (a test holds them
equal), from one remembered reading of all deliveries, so that another period costs no other reading.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from lianshu.kernel.quantity import EXACT
from lianshu.site.record_view import RecordView
from lianshu.site.tower.span import Span

Delivered = tuple[int, str, str, str, Decimal]  # time, supplier, place, currency, value


def delivered(view: RecordView, span: Span, currency: str) -> list[Delivered]:
    """Deliveries of the twelve months in one currency; the customer stands where no place was named."""

    def make() -> list[Delivered]:
        return [
            (row["time"], row["supplier"], row["place"] or row["customer"], row["currency"], row["value"])
            for row in view.run("deliveries").dicts()
        ]  # fmt: skip

    start, end = span.window
    return [
        one for one in view.kept("delivered", make) if one[3] == currency and start <= one[0] < end
    ]


def by_supplier(view: RecordView, span: Span, currency: str) -> dict[str, Decimal]:
    """Spend by supplier, the largest first."""
    sums: dict[str, Decimal] = {}
    for _, supplier, _, _, value in delivered(view, span, currency):
        sums[supplier] = EXACT.add(sums.get(supplier, Decimal(0)), value)
    return dict(sorted(sums.items(), key=lambda pair: (-pair[1], pair[0])))


def by_lane(view: RecordView, span: Span, currency: str) -> dict[tuple[str, str], Decimal]:
    """Spend by supplier and place."""
    sums: dict[tuple[str, str], Decimal] = {}
    for _, supplier, place, _, value in delivered(view, span, currency):
        sums[supplier, place] = EXACT.add(sums.get((supplier, place), Decimal(0)), value)
    return {pair: value for pair, value in sums.items() if value}


def shares(amounts: dict[str, Decimal]) -> list[float]:
    """Each amount as a share of all, in the order given; nothing where all is nothing.

    >>> shares({"a": Decimal(3), "b": Decimal(1)})
    [0.75, 0.25]
    """
    total = sum((Fraction(value) for value in amounts.values()), Fraction(0))
    return [float(Fraction(value) / total) for value in amounts.values()] if total else []


def hhi(parts: list[float]) -> float:
    """The Herfindahl-Hirschman index of shares that add up to one.

    >>> hhi([0.5, 0.5])
    0.5
    """
    return sum(share * share for share in parts)
