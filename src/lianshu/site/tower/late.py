"""Late orders of the last twelve months, the most valuable first."""

from __future__ import annotations

from lianshu.site import said
from lianshu.site.addresses import order_address, orders_address
from lianshu.site.components.table import Action, Cell, Column, Row, Table
from lianshu.site.orders.listing import (
    GROUPED_STATES,
    NOT_ON_TIME,
    OrderSummary,
    orders,
    state_cell,
)
from lianshu.site.record_view import RecordView
from lianshu.site.texts import say
from lianshu.site.tower.span import Span

MOST = 10


def late_orders(view: RecordView, span: Span) -> list[OrderSummary]:
    """Orders with a line that came late or is overdue, due in the twelve months; most valuable first."""
    start, end = span.window
    late = [o for o in orders(view) if o.has_line(GROUPED_STATES[NOT_ON_TIME], start, end)]
    return sorted(late, key=lambda o: (-o.late_value, o.order))


def late_table(view: RecordView, span: Span) -> Table:
    """The first ten of them, and the way to all."""
    late = late_orders(view, span)
    first, last = span.window_days
    everything = orders_address(state="not_on_time", from_=first, to=last, sort="-late_value")
    return Table(
        say("tower.late_orders", None, count=len(late), window=span.window_label()),
        (
            Column("order", say("orders.order"), "code", header=True),
            Column("late_value", say("orders.late_value"), "number", unit=_currency(late)),
            Column("days_late", say("orders.days_late"), "number"),
            Column("state", say("orders.state")),
            Column("due", say("orders.due"), "date"),
            Column("supplier", say("orders.supplier")),
            Column("place", say("orders.place")),
            Column("late_lines", say("orders.late_lines"), "number"),
        ),
        [_row(view, one, bool(_currency(late))) for one in late[:MOST]],
        actions=(Action(say("tower.all_late"), everything),) if late else (),
        empty=say("tower.no_late"),
        empty_hint=say("tower.no_late_hint"),
    )


def _currency(late: list[OrderSummary]) -> str:
    found = {one.currency for one in late}
    return found.pop() if len(found) == 1 else ""


def _row(view: RecordView, one: OrderSummary, one_currency: bool) -> Row:
    value = said.money(one.late_value)
    return Row(
        (
            Cell(one.order, address=order_address(one.order)),
            value if one_currency else f"{value} {one.currency}",
            said.days_words(one.days_late),
            state_cell(one.state),
            said.day(one.due_us),
            Cell(view.names.parties(one.suppliers)),
            Cell("; ".join(view.names.place(key) for key in one.places)),
            f"{one.late_lines} / {one.lines}",
        ),
        one.order,
        "bad" if one.state == "overdue" else "",
    )
