"""Order lines: each promised line beside what was delivered on it, for the readings about orders."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from lianshu.capability.exact import exact
from lianshu.capability.relation import Read
from lianshu.capability.valuation import promised_prices
from lianshu.kernel.instant import DAY_US
from lianshu.kernel.period import Grain, Period
from lianshu.kernel.refusal import Refusal, Refused
from lianshu.kernel.text import Text

LINES = """
    SELECT id, order_id, order_line, item, qty, due_us, agreed_us, from_party, to_party,
           from_place, to_place, transport_mode, delivered, last_us
    FROM order_line
"""


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One promised line. Quantities in the line's unit, times in microseconds UTC.

    ``last_us`` is the last delivery, None if nothing came; ``value`` the promised money (exact).
    """

    id: str
    order: str
    line: str
    item: str
    promised: Decimal
    due_us: int
    agreed_us: int | None
    supplier: str
    customer: str
    from_place: str
    to_place: str
    mode: str
    delivered: Decimal
    last_us: int | None
    value: Fraction
    currency: str

    @property
    def in_full(self) -> bool:
        """Whether all of it came."""
        return self.delivered >= self.promised

    @property
    def on_time(self) -> bool:
        """Whether the last of it came by the promised time."""
        return self.last_us is not None and self.last_us <= self.due_us

    @property
    def lane(self) -> str:
        """Where from and where to."""
        return f"{self.from_place or self.supplier} → {self.to_place or self.customer}"

    def is_due(self, now_us: int) -> bool:
        """Whether it can be judged: delivered in full, or due by ``now_us``."""
        return self.in_full or self.due_us <= now_us

    def days_late(self, now_us: int) -> float:
        """Days after the promised time, of the last delivery or, while open, of ``now_us``."""
        until = self.last_us if self.in_full and self.last_us is not None else now_us
        return max(0.0, (until - self.due_us) / DAY_US)


def order_lines(read: Read) -> list[OrderLine]:
    """Every promised goods line that was known. Needs the relations ``flow`` and ``order_line``."""
    by_promise, by_order = promised_prices(read)
    lines = []
    for row in read.rows(LINES):
        price, currency = by_promise.get(row[0]) or by_order.get(row[1]) or (Fraction(0), "")
        promised = exact(row[4])
        lines.append(
            OrderLine(
                id=row[0], order=row[1], line=row[2], item=row[3], promised=promised,
                due_us=row[5], agreed_us=row[6], supplier=row[7], customer=row[8],
                from_place=row[9], to_place=row[10], mode=row[11],
                delivered=exact(row[12]), last_us=row[13],
                value=Fraction(promised) * price, currency=currency,
            )
        )  # fmt: skip
    return lines


def line_entries(read: Read, promises: Collection[str]) -> list[int]:
    """Entry numbers of order lines (flow ids of their promises) and of what was delivered on them."""
    found = read.rows(
        "SELECT id, fulfils, entry_seq FROM flow "
        "WHERE action = 'transfer' AND stream = 'goods' AND mood IN ('promise', 'fact')"
    )
    return [seq for id_, fulfils, seq in found if id_ in promises or fulfils in promises]


def latest_fact_us(read: Read) -> int:
    """Time of the latest fact: what a reading takes as the present, since it may not read the clock."""
    latest = read.rows("SELECT MAX(time) FROM flow WHERE mood = 'fact'")[0][0]
    return latest if latest is not None else 0


GROUPS: dict[str, Callable[[OrderLine], str]] = {
    "month": lambda line: str(Period.at(line.due_us, Grain.MONTH)),
    "quarter": lambda line: str(Period.at(line.due_us, Grain.QUARTER)),
    "year": lambda line: str(Period.at(line.due_us, Grain.YEAR)),
    "supplier": lambda line: line.supplier,
    "customer": lambda line: line.customer,
    "item": lambda line: line.item,
    "lane": lambda line: line.lane,
    "mode": lambda line: line.mode,
    "all": lambda _: "all",
}


def group_of(name: str) -> Callable[[OrderLine], str]:
    """How to group lines: by the month, quarter or year they are due, or by who, what or where.

    >>> group_of("supplier") is GROUPS["supplier"]
    True
    """
    if name not in GROUPS:
        known = ", ".join(GROUPS)
        raise Refused(
            Refusal(
                "by",
                Text(f"不能按 {name} 分组", f"cannot group by {name}"),
                Text(f"可用：{known}", f"use one of {known}"),
                code="by",
            )
        )
    return GROUPS[name]
