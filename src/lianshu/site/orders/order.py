"""One order: its lines, its four flows, its documents and the entries behind each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from lianshu.capability.exact import exact
from lianshu.site.orders.listing import OrderSummary, summary
from lianshu.site.record_view import RecordView

LATEST = "SELECT MAX(time) FROM flow WHERE mood = 'fact'"
PAID = "SELECT 1 FROM flow WHERE mood = 'fact' AND action = 'pay' LIMIT 1"
FLOWS = """
    SELECT entry_seq, line, id, mood, action, time, agreed, item, lot, qty, unit, from_party, to_party,
           from_place, to_place, order_id, order_line, fulfils, reciprocal, document, transport_mode, stream
    FROM flow WHERE {where} ORDER BY time, entry_seq, line
"""


@dataclass(frozen=True, slots=True)
class Flow:
    """One flow row; times in microseconds UTC, ``qty`` exact in ``unit``."""

    entry_seq: int
    line: int
    id: str
    mood: str
    action: str
    time: int
    agreed: int | None
    item: str
    lot: str
    qty: Decimal
    unit: str
    from_party: str
    to_party: str
    from_place: str
    to_place: str
    order: str
    order_line: str
    fulfils: str
    reciprocal: str
    document: str
    mode: str
    stream: str

    @property
    def is_money(self) -> bool:
        """Whether money flows."""
        return self.item == self.unit


def flows_where(view: RecordView, where: str, **binds: Any) -> list[Flow]:
    """The flows of this person's view that meet a condition, by time."""
    rows = view.rows(FLOWS.format(where=where), **binds)
    return [_flow(row) for row in rows]


def _flow(row: Sequence[Any]) -> Flow:
    values = list(row)
    values[9] = exact(values[9])
    return Flow(*values)


@dataclass(frozen=True, slots=True)
class Order:
    """Everything that the page of an order draws."""

    id: str
    flows: Sequence[Flow]
    lines: Sequence[Mapping[str, Any]]
    money: Mapping[str, Any] | None
    now_us: int
    has_payments: bool

    @property
    def summary(self) -> OrderSummary | None:
        """What its lines say together; None where nothing was promised."""
        return summary(self.id, self.lines) if self.lines else None

    def entries(self, keep: Callable[[Flow], bool]) -> list[int]:
        """Numbers of the entries of some flows, ascending."""
        return sorted({flow.entry_seq for flow in self.flows if keep(flow)})

    def line_entries(self, promise: str) -> list[int]:
        """Numbers of the entries behind one line: promise, price, deliveries."""
        return self.entries(lambda f: promise in (f.id, f.fulfils, f.reciprocal))

    def money_entries(self, column: str) -> list[int]:
        """Numbers of the entries behind one of the four flows, or behind what follows from them."""
        kinds = MONEY_KINDS[column]
        return self.entries(lambda flow: kind_of(flow) in kinds)


# Which flows stand behind which number of the reading ``four_flows``.
MONEY_KINDS: Mapping[str, frozenset[str]] = {
    "promised": frozenset({"price"}),
    "goods": frozenset({"delivery", "promise", "price"}),
    "invoiced": frozenset({"invoice"}),
    "paid": frozenset({"pay"}),
    "receivable": frozenset({"delivery", "promise", "price", "pay"}),
    "financeable": frozenset({"delivery", "promise", "price", "invoice", "pay"}),
}


def kind_of(flow: Flow) -> str:
    """What a flow is to its order: promise, price, delivery, or its mood and action."""
    if flow.mood == "promise" and flow.action == "transfer":
        return "price" if flow.is_money else "promise"
    if flow.mood == "fact" and flow.action == "transfer" and not flow.is_money:
        return "delivery"
    return flow.action if flow.mood == "fact" else flow.mood


def order_of(view: RecordView, order: str) -> Order | None:
    """The order of that number in this person's view; None where no flow names it."""
    flows = flows_where(view, "order_id = :order AND order_id <> ''", order=order)
    if not flows:
        return None
    return Order(
        order,
        flows,
        lines_by_order(view).get(order, []),
        _money(view).get(order),
        view.kept("latest", lambda: view.rows(LATEST)[0][0]) or 0,
        view.kept("has payments", lambda: bool(view.rows(PAID))),
    )


def all_lines(view: RecordView) -> list[dict[str, Any]]:
    """Rows of the reading ``order_lines``."""
    return view.kept("lines", lambda: view.run("order_lines").dicts())


def lines_by_order(view: RecordView) -> dict[str, list[dict[str, Any]]]:
    """Rows of the reading ``order_lines`` by order."""
    return view.kept("lines by order", lambda: _by(all_lines(view), "order"))


def _money(view: RecordView) -> dict[str, dict[str, Any]]:
    def make() -> dict[str, dict[str, Any]]:
        return {row["order"]: row for row in view.run("four_flows").dicts()}

    return view.kept("money by order", make)


def _by(rows: Iterable[dict[str, Any]], column: str) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row[column], []).append(row)
    return found
