"""What the page of an order is built of: facts, four flows, lines, documents, and the drawer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from lianshu.flow.action import MOODS, actions
from lianshu.site import said
from lianshu.site.addresses import thing_address
from lianshu.site.components.blocks import Fact
from lianshu.site.components.evidence import Evidence
from lianshu.site.components.table import Cell, Column, Row, Table, pager_from
from lianshu.site.drawer import drawer
from lianshu.site.orders.listing import state_cell
from lianshu.site.orders.moments import steps
from lianshu.site.orders.order import MONEY_KINDS, Flow, Order
from lianshu.site.record_view import RecordView
from lianshu.site.texts import say, words_of
from lianshu.site.written import grouped

LINES_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class FlowNumber:
    """One of the four flows: what it is called, its amount, and the key of its evidence."""

    name: str
    value: str
    evidence: str = ""


def facts(view: RecordView, order: Order) -> list[Fact]:
    """Who, where, how, when, how much."""
    found = order.summary
    if found is None:
        return [Fact(say("orders.order"), order.id, "code")]
    names = view.names
    places = {line["from_place"]: "" for line in order.lines if line["from_place"]}
    modes = sorted({said.mode_words(line["mode"]) for line in order.lines if line["mode"]})
    agreed = min(
        (line["agreed"] for line in order.lines if line["agreed"] is not None), default=None
    )
    state = state_cell(found.state)
    return [
        *_linked(say("orders.supplier"), "party", found.suppliers.split("; "), view),
        *_linked(say("orders.customer"), "party", found.customers.split("; "), view),
        Fact(say("order.from_place"), "; ".join(names.place(key) for key in places)),
        Fact(say("orders.place"), "; ".join(names.place(key) for key in found.places)),
        Fact(say("order.mode"), ", ".join(modes)),
        Fact(say("order.agreed"), said.moment(agreed), "date"),
        Fact(say("orders.due"), said.moment(min(line["due"] for line in order.lines)), "date"),
        Fact(say("orders.last"), said.moment(found.last_us), "date"),
        Fact(say("orders.state"), state.value, tone=state.tone),
        Fact(
            say("orders.value"), f"{said.money(found.value)} {found.currency}", "number",
            evidence="promised",
        ),
    ]  # fmt: skip


def _linked(name: str, table: str, keys: Sequence[str], view: RecordView) -> list[Fact]:
    if len(keys) == 1 and keys[0]:
        return [Fact(name, view.names.of(table, keys[0]), address=thing_address(table, keys[0]))]
    return [Fact(name, "; ".join(view.names.of(table, key) for key in keys))]


def four_flows(order: Order) -> list[FlowNumber]:
    """Promise, goods, invoice, money, and what follows: receivable and financeable."""
    row, found = order.money, order.summary
    if row is None:
        return []
    currency = found.currency if found else ""
    return [
        FlowNumber(
            say(f"order.flow.{column}"),
            f"{said.money(row[column])} {currency}".strip(),
            column if order.money_entries(column) else "",
        )
        for column in MONEY_KINDS
    ]


def consistent_cell(consistent: bool) -> Cell:
    """Whether the flows of an order agree, as a badge."""
    tone = "good" if consistent else "bad"
    return Cell(say("order.consistent_yes" if consistent else "order.consistent_no"), tone=tone)


def lines_table(request: HttpRequest, view: RecordView, order: Order) -> Table:
    """The lines with promise beside delivery."""
    pager = pager_from(request, len(order.lines), LINES_AT_ONCE)
    shown = list(order.lines)[pager.start : pager.start + pager.size]
    currencies = {line["currency"] for line in order.lines}
    return Table(
        say("order.lines", None, count=grouped(len(order.lines))),
        (
            Column("line", say("order.line"), "code", header=True),
            Column("item", say("order.item")),
            Column("promised", say("order.promised"), "number"),
            Column("delivered", say("order.delivered"), "number"),
            Column("due", say("orders.due"), "date"),
            Column("last", say("orders.last"), "date"),
            Column("state", say("orders.state")),
            Column("days_late", say("orders.days_late"), "number"),
            Column("value", say("orders.value"), "number", unit=_only(currencies)),
        ),
        [_line_row(view, line, bool(_only(currencies))) for line in shown],
        pager=pager if pager.pages > 1 else None,
        empty=say("order.no_lines"),
    )


def _only(values: set[str]) -> str:
    return next(iter(values)) if len(values) == 1 else ""


def _line_row(view: RecordView, line: Any, one_currency: bool) -> Row:
    value = said.money(line["value"])
    return Row(
        (
            line["line"] or line["promise"],
            Cell(view.names.item(line["item"]), address=thing_address("item", line["item"])),
            said.quantity(line["promised"], line["unit"]),
            Cell(
                said.quantity(line["delivered"], line["unit"]),
                evidence=f"line:{line['promise']}",
            ),
            said.moment(line["due"]),
            said.moment(line["last"]),
            state_cell(line["state"]),
            said.days_words(line["days_late"]) if line["days_late"] else "",
            value if one_currency else f"{value} {line['currency']}",
        ),
        line["promise"],
        "bad" if line["state"] == "overdue" else "",
    )


def documents_table(order: Order) -> Table | None:
    """The documents that the flows name; None where they name none."""
    found: dict[str, list[Flow]] = {}
    for flow in order.flows:
        if flow.document:
            found.setdefault(flow.document, []).append(flow)
    if not found:
        return None
    rows = [
        Row(
            (
                document,
                ", ".join(dict.fromkeys(_use(flow) for flow in flows)),
                said.day(min(flow.time for flow in flows)),
                Cell(grouped(len(flows)), evidence=f"document:{document}"),
            )
        )
        for document, flows in found.items()
    ]
    return Table(
        say("order.documents"),
        (
            Column("document", say("order.document"), "code", header=True),
            Column("kind", say("order.document_kind")),
            Column("day", say("order.document_day"), "date"),
            Column("flows", say("order.document_flows"), "number"),
        ),
        rows,
    )


def _use(flow: Flow) -> str:
    """What a document is for: what it says happened, or that it promises or offers."""
    said_by = actions()[flow.action].title if flow.mood == "fact" else MOODS[flow.mood]
    return words_of(said_by)


def order_evidence(view: RecordView, order: Order, wanted: str) -> Evidence | None:
    """The drawer of a number of the page; None where the key names none."""
    kind, _, rest = wanted.partition(":")
    if wanted in MONEY_KINDS and order.money is not None:
        name, value = next((n.name, n.value) for n in four_flows(order) if n.evidence == wanted)
        method, seqs = say(f"order.method.{wanted}"), order.money_entries(wanted)
    elif kind == "line":
        line = next((line for line in order.lines if line["promise"] == rest), None)
        if line is None:
            return None
        name = say("order.line_name", None, line=line["line"] or rest)
        value = said.quantity(line["delivered"], line["unit"])
        method, seqs = say("order.method.line"), order.line_entries(rest)
    elif kind == "step":
        step = next((step for step in steps(order) if step.key == wanted), None)
        if step is None:
            return None
        name, value = say(f"order.step.{step.kind}"), step.day
        method, seqs = say("order.method.step"), sorted({flow.entry_seq for flow in step.flows})
    elif kind == "document" and rest:
        seqs = order.entries(lambda flow: flow.document == rest)
        name, value, method = say("order.document"), rest, say("order.method.document")
    else:
        return None
    return drawer(view, name, value, method, seqs) if seqs else None
