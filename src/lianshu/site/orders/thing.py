"""The page of one party, place, item, lot or other thing: what is known of it, its other codes, its orders."""

from __future__ import annotations

import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe

from lianshu.capability.exact import exact
from lianshu.flow.table import THINGS, Column, table
from lianshu.site import said
from lianshu.site.access import SIGNED_IN, permit
from lianshu.site.addresses import (
    entry_address,
    key_of,
    order_address,
    orders_address,
    thing_address,
)
from lianshu.site.components.blocks import Fact
from lianshu.site.components.table import Action, Cell, Row, Table
from lianshu.site.components.table import Column as ShownColumn
from lianshu.site.orders.entry import flow_row
from lianshu.site.orders.listing import state_cell
from lianshu.site.orders.order import all_lines, flows_where
from lianshu.site.page import render_page
from lianshu.site.record_view import RecordView, record_of
from lianshu.site.texts import say
from lianshu.site.written import grouped, percent

MOST = 20
# Columns of an order line in which a thing may stand, and what the list of orders calls it.
STANDS_IN = {
    "party": ("supplier", "customer"),
    "place": ("from_place", "to_place"),
    "item": ("item",),
}
IN_FLOW = {
    "party": "from_party = :key OR to_party = :key",
    "place": "from_place = :key OR to_place = :key",
    "item": "item = :key",
    "lot": "lot = :key",
}
PARENTS = {"party": "party", "place": "place", "parent": "place", "item": "item", "output": "item",
           "from_party": "party", "to_party": "party", "from_place": "place", "to_place": "place",
           "resource": "resource"}  # fmt: skip


@permit(SIGNED_IN)
@require_safe
def thing_page(request: HttpRequest, table_name: str, key: str) -> HttpResponseBase:
    """One thing, as far as this person may see it."""
    view = record_of(request)
    key = key_of(key, request.GET.get("id", ""))
    if view is None or table_name not in THINGS or table_name == "alias":
        raise Http404
    rows = described(view, table_name, key)
    used = _is_used(view, table_name, key)
    if not (rows if view.sees_all else used or view.scope.party == key) and not used:
        raise Http404
    known = rows[-1] if rows else {}
    lines = lines_of(view, table_name, key)
    return render_page(
        request,
        "lianshu/orders/thing.html",
        title=str(known.get("name") or key),
        lead=say(f"things.{table_name}"),
        crumbs=[(say(f"things.{table_name}"), "")],
        facts_shown=facts(view, table_name, key, known),
        numbers=numbers(lines),
        aliases=aliases_table(view, table_name, key),
        entries=[
            (f"#{grouped(row['entry_seq'])}", entry_address(row["entry_seq"])) for row in rows
        ],
        orders=orders_table(view, table_name, key, lines) if table_name in STANDS_IN else None,
        flows=flows_table(view, key) if table_name == "lot" else None,
    )


def described(view: RecordView, name: str, key: str) -> list[dict[str, Any]]:
    """Every description of a thing that is in force, oldest first."""
    columns = ("entry_seq", *(column.sql_name for column in table(name).columns))
    sql = (
        f"SELECT {', '.join(columns)} FROM {name}_row r WHERE id = :key AND NOT EXISTS "
        "(SELECT 1 FROM supersession s WHERE s.entry_seq = r.entry_seq) ORDER BY entry_seq"
    )
    found = view.workspace.store.query(sql, {"key": key})
    return [dict(zip(columns, row, strict=True)) for row in found]


def _is_used(view: RecordView, name: str, key: str) -> bool:
    where = IN_FLOW.get(name)
    if where is None:
        return False
    return bool(view.rows(f"SELECT 1 FROM flow WHERE {where} LIMIT 1", key=key))


def facts(view: RecordView, name: str, key: str, known: dict[str, Any]) -> list[Fact]:
    """What is known of it, in the order of the schema; its key even where nothing is."""
    if not known:
        return [Fact(say("things.key"), key, "code")]
    shown = []
    for column in table(name).columns:
        value = known[column.sql_name]
        if value in ("", None, "{}", 0):
            continue
        parent = PARENTS.get(column.name, "")
        shown.append(
            Fact(
                column.title,
                _written(view, column, value),
                "code" if column.name in ("id", "uscc", "gln", "lei", "gtin") else "text",
                address=thing_address(parent, str(value)) if parent else "",
            )
        )
    return shown


def _written(view: RecordView, column: Column, value: Any) -> str:
    parent = PARENTS.get(column.name)
    if parent:
        return view.names.of(parent, str(value))
    if column.type == "time":
        return said.moment(value)
    if column.type == "decimal":
        return f"{exact(value):,f}"
    if column.type == "boolean":
        return say("things.yes")
    if column.type == "map":
        return "; ".join(f"{k} {v}" for k, v in json.loads(value).items())
    if column.name == "lead_time_s":
        return say("things.days", None, days=said.days_words(value / 86_400))
    if column.name == "transport_mode":
        return said.mode_words(str(value))
    if column.name == "kind":
        return said.thing_kind_words(str(value))
    if column.name == "unit":
        return said.unit_words(str(value))
    return str(value)


def lines_of(view: RecordView, name: str, key: str) -> list[dict[str, Any]]:
    """The order lines in which it stands, the latest due first."""
    columns = STANDS_IN.get(name, ())

    def make() -> list[dict[str, Any]]:
        found = [line for line in all_lines(view) if any(line[c] == key for c in columns)]
        return sorted(found, key=lambda line: (-line["due"], line["promise"]))

    return view.kept("lines of", make, name, key) if columns else []


def numbers(lines: list[dict[str, Any]]) -> list[Fact]:
    """How many lines, how many of those due on time, worth how much in each currency."""
    if not lines:
        return []
    due = [line for line in lines if line["state"] != "open"]
    on_time = sum(line["state"] == "on_time" for line in due)
    worth: dict[str, Any] = {}
    for line in lines:
        worth[line["currency"]] = worth.get(line["currency"], 0) + line["value"]
    rate = (
        f"{percent(on_time / len(due))} ({grouped(on_time)} / {grouped(len(due))})" if due else ""
    )
    money = "; ".join(f"{said.money(amount)} {currency}" for currency, amount in worth.items())
    return [
        Fact(say("things.lines"), len(lines), "number"),
        Fact(say("tower.on_time"), rate, "number"),
        Fact(say("orders.value"), money, "number"),
    ]


def orders_table(view: RecordView, name: str, key: str, lines: list[dict[str, Any]]) -> Table:
    """The latest order lines in which it stands, and the way to all its orders."""
    word = view.names.of(name, key)
    named = {"party": "supplier", "place": "place"}.get(name)
    if name == "party" and not any(line["supplier"] == key for line in lines):
        named = "customer"
    actions = (
        (Action(say("things.all_orders"), orders_address(**{named: word})),)
        if named and lines
        else ()
    )
    return Table(
        say("things.orders", None, shown=grouped(min(MOST, len(lines))), count=grouped(len(lines))),
        (
            ShownColumn("order", say("orders.order"), "code", header=True),
            ShownColumn("item", say("order.item")),
            ShownColumn("supplier", say("orders.supplier")),
            ShownColumn("place", say("orders.place")),
            ShownColumn("promised", say("order.promised"), "number"),
            ShownColumn("due", say("orders.due"), "date"),
            ShownColumn("state", say("orders.state")),
            ShownColumn("value", say("orders.value"), "number"),
        ),
        [
            Row(
                (
                    Cell(
                        line["order"], address=order_address(line["order"]) if line["order"] else ""
                    ),
                    view.names.item(line["item"]),
                    view.names.party(line["supplier"]),
                    view.names.of("party", view.names.place(line["to_place"] or line["customer"])),
                    said.quantity(line["promised"], line["unit"]),
                    said.day(line["due"]),
                    state_cell(line["state"]),
                    f"{said.money(line['value'])} {line['currency']}",
                )
            )
            for line in lines[:MOST]
        ],
        actions=actions,
        empty=say("things.no_orders"),
    )


def aliases_table(view: RecordView, name: str, key: str) -> Table | None:
    """Its other codes; None where it has none."""
    rows = view.rows(
        "SELECT scheme, value, entry_seq FROM alias WHERE thing_table = :name AND thing = :key "
        "ORDER BY scheme, value",
        ("alias",), name=name, key=key,
    )  # fmt: skip
    if not rows:
        return None
    return Table(
        say("things.aliases"),
        (
            ShownColumn("scheme", say("things.scheme"), header=True),
            ShownColumn("value", say("things.value"), "code"),
            ShownColumn("entry", say("things.entry")),
        ),
        [Row((scheme, value, Cell(f"#{grouped(seq)}", address=entry_address(seq)))) for scheme, value, seq in rows],
    )  # fmt: skip


def flows_table(view: RecordView, lot: str) -> Table:
    """What happened to a lot, by time."""
    flows = flows_where(view, "lot = :lot AND lot <> ''", lot=lot)
    return Table(
        say("things.lot_flows", None, count=grouped(len(flows))),
        (
            ShownColumn("mood", say("entries.flow_mood"), header=True),
            ShownColumn("time", say("entries.flow_time"), "date"),
            ShownColumn("qty", say("entries.flow_qty"), "number"),
            ShownColumn("item", say("order.item")),
            ShownColumn("from", say("entries.flow_from")),
            ShownColumn("to", say("entries.flow_to")),
            ShownColumn("order", say("orders.order"), "code"),
            ShownColumn("document", say("order.document"), "code"),
        ),
        [flow_row(view, flow) for flow in flows],
    )
