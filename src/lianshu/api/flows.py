"""Flows, things and orders: the projected record, as known at a moment and seen by a party."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Path, Query, Schema
from pydantic import Field, create_model

from lianshu.api.answering import (
    etag_of,
    json_answer,
    language_of,
    next_address,
    unchanged,
)
from lianshu.api.authentication import reading_scope
from lianshu.api.operation import About, add_operation
from lianshu.api.parameters import AsOfText, PageSize, QueryText
from lianshu.api.problem import not_found
from lianshu.api.readings import DECIMAL, ReadingScope
from lianshu.app.serving import current_workspace
from lianshu.app.workspace import Workspace
from lianshu.capability.relation import AsOf, Scope, with_relations
from lianshu.flow.action import MOODS, actions
from lianshu.flow.table import SQL_NAMES, THINGS, stored_columns
from lianshu.kernel.instant import format_instant
from lianshu.kernel.quantity import decimal_text
from lianshu.kernel.text import Text

TAG = "flows"
MOST_STEPS = 10_000
ThingTable = Literal["party", "place", "item", "lot", "recipe", "lane", "resource", "alias"]
Cursor = Annotated[
    str,
    Query("", pattern=r"^([0-9]{1,15}\.[0-9]{1,9})?$", description="SEQ.LINE, exclusive"),
]
_WIRE_NAMES = {sql: wire for wire, sql in SQL_NAMES.items()}
_JSON: dict[str, Any] = {
    "integer": int | None,
    "time": Annotated[str, Field(json_schema_extra={"format": "date-time"})] | None,
    "decimal": Annotated[str, Field(pattern=DECIMAL)] | None,
    "boolean": bool | None,
    "map": dict[str, str],
}

# What a reader of a part of the record may see of master data: what it wrote itself, and what its
# own flows name. ``flow`` here is already the reader's own.
_NAMED = {
    "party": "SELECT from_party FROM flow UNION SELECT to_party FROM flow",
    "place": "SELECT from_place FROM flow UNION SELECT to_place FROM flow",
    "item": "SELECT item FROM flow",
    "lot": "SELECT lot FROM flow",
}


def wire_columns(table: str) -> list[tuple[str, str]]:
    """(name on the wire, logical type) of a stored table.

    >>> ("order", "key") in wire_columns("flow")
    True
    """
    return [(_WIRE_NAMES.get(name, name), kind) for name, kind in stored_columns(table)]


def row_model(table: str) -> type[Schema]:
    """The JSON of a stored row: text is never null, times ISO 8601, decimals text."""
    fields: dict[str, Any] = {
        name: (_JSON.get(kind, str), ...) for name, kind in wire_columns(table)
    }
    return create_model(f"{table.capitalize()}Row", __base__=Schema, **fields)


def row_json(columns: Sequence[tuple[str, str]], row: Sequence[Any]) -> dict[str, Any]:
    """A stored row as JSON, by wire name."""
    return {name: _cell(kind, value) for (name, kind), value in zip(columns, row, strict=True)}


def _cell(kind: str, value: Any) -> Any:
    if kind == "map":
        return json.loads(value) if value else {}
    if value is None:
        return None
    if kind == "time":
        return format_instant(value)
    if kind == "decimal":
        return value if isinstance(value, str) else decimal_text(value)
    return bool(value) if kind == "boolean" else value


FlowRow = row_model("flow")
ThingRows: Any = row_model(THINGS[0])
for _name in THINGS[1:]:
    ThingRows = ThingRows | row_model(_name)


class Page(Schema):
    """What every page of rows says of itself."""

    as_of: int
    scope: ReadingScope
    next: str | None = None


class Flows(Page):
    """A page of flow rows in the order of the log."""

    flows: list[FlowRow]  # type: ignore[valid-type]


class Things(Page):
    """A page of things: the latest that is known of each, by key."""

    table: str
    things: list[ThingRows]


class Step(Schema):
    """One step of an order. ``stage``: promise, shipment, receipt, invoice, payment or the action.

    ``at`` is when it was agreed (promises) or happened; ``due`` is when a promise falls due.
    """

    at: str = Field(json_schema_extra={"format": "date-time"})
    due: str | None = Field(json_schema_extra={"format": "date-time"})
    stage: str
    title: str
    flow: FlowRow  # type: ignore[valid-type]


class Order(Schema):
    """The timeline of an order."""

    order: str
    as_of: int
    scope: ReadingScope
    steps: list[Step]


def add_flows(interface: NinjaAPI) -> None:
    """Flow rows, things, and an order's timeline."""
    add_operation(
        interface, "/flows", list_flows,
        About("list_flows", TAG, Text("流", "Flows"),
              Text("按订单、批次、主体或物品筛选的流；被更正的不列。",
                   "Flows by order, lot, party or item; what was corrected is left out.")),
        response=Flows,
    )  # fmt: skip
    add_operation(
        interface, "/things/{table}", list_things,
        About("list_things", TAG, Text("主数据", "Things"),
              Text("主体、地点、物品、批次等，各取所知的最新一行。",
                   "Parties, places, items, lots and so on: the latest that is known of each.")),
        response=Things,
    )  # fmt: skip
    add_operation(
        interface, "/orders/{path:order}", read_order,
        About("read_order", TAG, Text("订单时间线", "An order's timeline"),
              Text("约定、发运、收货、开票、付款，依发生先后。",
                   "Promise, shipment, receipt, invoice and payment, in the order they happened."),
              ("not-found",)),
        response=Order,
    )  # fmt: skip


def list_flows(
    request: HttpRequest,
    *,
    order: QueryText = "",
    lot: QueryText = "",
    party: QueryText = "",
    item: QueryText = "",
    as_of: AsOfText = "",
    after: Cursor = "",
    limit: PageSize = 100,
) -> HttpResponse:
    """One page of flow rows."""
    scope = reading_scope(request)
    workspace = current_workspace()
    seq = workspace.as_of_seq(as_of)
    etag = etag_of(request, seq, scope)
    if (same := unchanged(request, etag)) is not None:
        return same
    filters = {"order": order, "lot": lot, "party": party, "item": item}
    rows = flow_rows(workspace, AsOf(seq, scope=scope), filters, after=after, limit=limit + 1)
    following = None
    if len(rows) > limit:
        last = rows[limit - 1]
        following = {"after": f"{last['entry_seq']}.{last['line']}", "as_of": seq}
    body = {
        "as_of": seq,
        "scope": {"party": scope.party},
        "flows": rows[:limit],
        "next": next_address(request, following) if following else None,
    }
    return json_answer(request, body, etag=etag, following=following)


def flow_rows(
    workspace: Workspace, at: AsOf, filters: Mapping[str, str], *, after: str = "", limit: int
) -> list[dict[str, Any]]:
    """Flow rows that match every filter that is not empty, in the order of the log."""
    columns = {
        "order": "order_id = :order",
        "lot": "lot = :lot",
        "item": "item = :item",
        "party": "(from_party = :party OR to_party = :party)",
    }
    # Only what is asked stands in the text, so that the engine may use its index.
    wanted = {name: value for name, value in filters.items() if value}
    conditions = [columns[name] for name in wanted]
    binds: dict[str, Any] = {**at.binds(), **wanted, "limit": limit}
    if after:
        binds["seq"], binds["line"] = (int(part) for part in after.split("."))
        conditions.append("(entry_seq > :seq OR (entry_seq = :seq AND line > :line))")
    where = " AND ".join(conditions) or "1 = 1"
    sql = f"SELECT * FROM flow WHERE {where} ORDER BY entry_seq, line LIMIT :limit"
    names = wire_columns("flow")
    rows = workspace.store.query(with_relations(["flow"], sql), binds)
    return [row_json(names, row) for row in rows]


def list_things(
    request: HttpRequest,
    table: Annotated[ThingTable, Path(...)],
    as_of: AsOfText = "",
    after: QueryText = "",
    limit: PageSize = 100,
) -> HttpResponse:
    """One page of things of a table."""
    scope = reading_scope(request)
    workspace = current_workspace()
    seq = workspace.as_of_seq(as_of)
    etag = etag_of(request, seq, scope)
    if (same := unchanged(request, etag)) is not None:
        return same
    binds = {**AsOf(seq, scope=scope).binds(), "after": after, "limit": limit + 1}
    rows = workspace.store.query(_things_sql(table, scope), binds)
    columns = wire_columns(table)
    things = [row_json(columns, row) for row in rows[:limit]]
    following = {"after": things[-1]["id"], "as_of": seq} if len(rows) > limit else None
    body = {
        "as_of": seq,
        "scope": {"party": scope.party},
        "table": table,
        "things": things,
        "next": next_address(request, following) if following else None,
    }
    return json_answer(request, body, etag=etag, following=following)


def _things_sql(table: str, scope: Scope) -> str:
    seen = ""
    if scope.party:
        wrote = (
            f"EXISTS (SELECT 1 FROM entry e WHERE e.seq = {table}.entry_seq AND e.source = :reader)"
        )
        named = f" OR id IN ({_NAMED[table]})" if table in _NAMED else ""
        seen = f" AND ({wrote}{named})"
    sql = f"SELECT * FROM {table} WHERE id > :after{seen} ORDER BY id LIMIT :limit"
    return with_relations(["flow", table] if scope.party else [table], sql)


def read_order(
    request: HttpRequest,
    order: Annotated[str, Path(..., max_length=300, description="订单号 / order number")],
    as_of: AsOfText = "",
) -> HttpResponse:
    """The steps of one order, 404 where no flow that the caller may see names it."""
    scope = reading_scope(request)
    workspace = current_workspace()
    seq = workspace.as_of_seq(as_of)
    etag = etag_of(request, seq, scope)
    if (same := unchanged(request, etag)) is not None:
        return same
    rows = flow_rows(workspace, AsOf(seq, scope=scope), {"order": order}, limit=MOST_STEPS)
    if not rows or not order:
        raise not_found(
            Text(f"没有订单 {order}，或它不涉及您", f"there is no order {order} of yours")
        )
    language = language_of(request)
    steps = sorted((step_json(row, language) for row in rows), key=lambda step: step["at"])
    body = {"order": order, "as_of": seq, "scope": {"party": scope.party}, "steps": steps}
    return json_answer(request, body, etag=etag)


_STAGES = {"move": "shipment", "pickup": "shipment", "transferCustody": "shipment",
           "invoice": "invoice", "pay": "payment"}  # fmt: skip


def step_json(row: Mapping[str, Any], language: str) -> dict[str, Any]:
    """A flow row as a step of its order's timeline."""
    action, mood = row["action"], row["mood"]
    promised = mood != "fact"
    stage = _STAGES.get(action, "receipt" if action == "transfer" else action)
    if action == "transfer" and row["stream"] == "money":
        stage = "payment"
    title = f"{MOODS[mood].in_language(language)} · {actions()[action].title.in_language(language)}"
    return {
        "at": (row["agreed"] or row["time"]) if promised else row["time"],
        "due": row["time"] if promised else None,
        "stage": mood if promised else stage,
        "title": title,
        "flow": row,
    }
