"""The first page of one party of the chain: its own promises, or for a bank what may be financed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from lianshu.kernel.quantity import EXACT
from lianshu.site import said
from lianshu.site.addresses import order_address, orders_address
from lianshu.site.components.table import Action, Cell, Column, Row, Table
from lianshu.site.components.tile import Tile
from lianshu.site.orders.listing import STATES, UNFINISHED, OrderSummary, orders, state_cell
from lianshu.site.orders.order_parts import consistent_cell
from lianshu.site.record_view import RecordView
from lianshu.site.texts import say
from lianshu.site.tower.indicators import Indicator, indicators
from lianshu.site.tower.span import Span
from lianshu.site.written import grouped

MOST = 20
# The three numbers of a party's own service; spend and concentration are the buyer's.
OWN_TILES = ("on_time", "perfect", "lead_time", "late_value", "backlog")


def own_indicators(view: RecordView, span: Span) -> list[Indicator]:
    """The tiles of one party."""
    return [each for each in indicators(view, span) if each.tile.evidence in ("", *OWN_TILES)]


def own_table(view: RecordView) -> Table:
    """Orders still open or late, the overdue and short first, then the next to fall due, then those that came late."""
    waiting = [one for one in orders(view) if one.state != "on_time"]
    waiting.sort(key=_urgency)
    everything = orders_address(state=UNFINISHED)
    return Table(
        say("tower.own_orders", None, count=grouped(len(waiting))),
        (
            Column("order", say("orders.order"), "code", header=True),
            Column("state", say("orders.state")),
            Column("due", say("orders.due"), "date"),
            Column("days_late", say("orders.days_late"), "number"),
            Column("counterpart", say("orders.counterpart")),
            Column("place", say("orders.place")),
            Column("value", say("orders.value"), "number"),
        ),
        [_own_row(view, one) for one in waiting[:MOST]],
        actions=(
            Action(say("tower.all_unfinished"), everything),
            Action(say("tower.all_orders"), orders_address()),
        ),
        empty=say("tower.no_own"),
        empty_hint=say("tower.no_own_hint"),
        empty_actions=(Action(say("tower.all_orders"), orders_address(), primary=True),),
    )


def _urgency(one: OrderSummary) -> tuple[int, int, str]:
    rank = {"overdue": 0, "short": 1, "open": 2, "late": 3}[one.state]
    return rank, -one.due_us if one.state == "late" else one.due_us, one.order


def _own_row(view: RecordView, one: OrderSummary) -> Row:
    assert one.state in STATES, one.state
    return Row(
        (
            Cell(one.order, address=order_address(one.order)),
            state_cell(one.state),
            said.day(one.due_us),
            said.days_words(one.days_late) if one.days_late else "",
            _counterpart(view, one),
            "; ".join(view.names.place(key) for key in one.places),
            f"{said.money(one.value)} {one.currency}",
        ),
        one.order,
        "bad" if one.state == "overdue" else "",
    )


def _counterpart(view: RecordView, one: OrderSummary) -> str:
    keys = {*one.suppliers.split("; "), *one.customers.split("; ")} - {view.scope.party, ""}
    return "; ".join(sorted(view.names.party(key) for key in keys))


def receivables(view: RecordView) -> tuple[list[Tile], Table]:
    """What a bank may see: receivables and what of them is invoiced and unpaid, order by order."""
    rows = view.run("four_flows").dicts()
    open_rows = [row for row in rows if row["receivable"] or row["financeable"]]
    open_rows.sort(key=lambda row: (-row["financeable"], -row["receivable"], row["order"]))
    odd = sum(not row["consistent"] for row in rows)
    tiles = [
        Tile(say("tower.receivable"), _sum(rows, "receivable"), instead=_orders_said(open_rows)),
        Tile(say("tower.financeable"), _sum(rows, "financeable"), instead=say("tower.financeable_note")),
        Tile(say("tower.inconsistent"), grouped(odd), say("tower.orders_unit"), instead=say("tower.inconsistent_note")),
    ]  # fmt: skip
    names = ("goods", "invoiced", "paid", "receivable", "financeable")
    table = Table(
        say("tower.receivables"),
        (
            Column("order", say("orders.order"), "code", header=True),
            *(Column(name, say(f"order.flow.{name}"), "number") for name in names),
            Column("consistent", say("order.consistent")),
        ),
        [
            Row(
                (
                    Cell(row["order"], address=order_address(row["order"])),
                    *(said.money(row[name]) for name in names),
                    consistent_cell(row["consistent"]),
                ),
                row["order"],
            )
            for row in open_rows[:MOST]
        ],
        empty=say("tower.no_receivables"),
        empty_hint=say("tower.no_receivables_hint"),
    )
    return tiles, table


def _sum(rows: list[dict[str, Any]], column: str) -> str:
    total = Decimal(0)
    for row in rows:
        total = EXACT.add(total, row[column])
    return said.short_money(total)


def _orders_said(rows: list[dict[str, Any]]) -> str:
    return say("tower.in_orders", None, count=grouped(len(rows)))
