"""Readings: each registered capability as an endpoint of its own, made from its declaration."""

from __future__ import annotations

import inspect
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Query, Schema
from pydantic import Field, create_model

from lianshu.api.answering import (
    MOST_ROWS,
    etag_of,
    json_answer,
    language_of,
    next_address,
    unchanged,
)
from lianshu.api.authentication import reading_scope
from lianshu.api.operation import About, add_operation
from lianshu.app.result import Table, plain_value
from lianshu.app.serving import current_workspace
from lianshu.capability.registry import Capability, Column, capabilities
from lianshu.kernel.text import Text

TAG = "readings"
MOST_EVIDENCED, EVIDENCED = 100, 20  # evidence is a query for each row
LONGEST_MOMENT, LONGEST_ARGUMENT = 64, 300
DECIMAL = r"^-?[0-9]+(\.[0-9]+)?$"

# The JSON of each column type; quantities and money are text, as a JSON number is not exact.
JSON_TYPES: dict[str, Any] = {
    "text": str,
    "quantity": Annotated[str, Field(pattern=DECIMAL)],
    "money": Annotated[str, Field(pattern=DECIMAL)],
    "integer": int,
    "ratio": float,
    "days": float,
    "boolean": bool,
    "instant": Annotated[str, Field(json_schema_extra={"format": "date-time"})],
}


class ReadingQuery(Schema):
    """What may be asked of every reading."""

    as_of: str | None = Field(
        None,
        max_length=LONGEST_MOMENT,
        description="当时所知：条目序号或 ISO 8601 时间 / as known then: an entry number or an ISO 8601 time",
    )
    since: str | None = Field(
        None,
        max_length=LONGEST_MOMENT,
        description="只计此后发生的事实 / only facts from this time on (ISO 8601 with offset)",
    )
    until: str | None = Field(
        None,
        max_length=LONGEST_MOMENT,
        description="只计此前发生的事实 / only facts up to this time (ISO 8601 with offset)",
    )
    store: Literal["", "sqlite", "duckdb", "postgres"] = Field(
        "", description="用哪个引擎读，空为记录所在 / engine to read with; empty: the record's own"
    )
    evidence: bool = Field(
        default=False,
        description=f"附每行所据的条目序号，此时每页至多 {MOST_EVIDENCED} 行 / with the entry numbers "
        f"behind each row; then at most {MOST_EVIDENCED} rows a page",
    )
    page: int = Field(1, ge=1, le=1_000_000, description="页码，从 1 起 / page, from 1")
    limit: int | None = Field(
        None, ge=1, le=MOST_ROWS,
        description=f"每页行数，缺省 {MOST_ROWS}（附证据时 {EVIDENCED}） / rows a page, "
        f"{MOST_ROWS} if not said ({EVIDENCED} with evidence)",
    )  # fmt: skip


RESERVED = frozenset(ReadingQuery.model_fields)


class ReadingScope(Schema):
    """Whose flows a reading was made from; an empty party is the whole record."""

    party: str


class ColumnAbout(Schema):
    """A column of a reading."""

    name: str
    type: str
    title: str


class ParameterAbout(Schema):
    """A parameter of a reading."""

    name: str
    title: str
    default: str


class CapabilityAbout(Schema):
    """A reading: what it means and how to ask for it."""

    key: str
    area: str
    title: str
    meaning: str
    unit: str
    reference: str
    columns: list[ColumnAbout]
    parameters: list[ParameterAbout]
    href: str


class Capabilities(Schema):
    """Every reading that this server offers."""

    capabilities: list[CapabilityAbout]


def add_readings(interface: NinjaAPI) -> None:
    """The list of capabilities, and an endpoint for each of them."""
    add_operation(
        interface,
        "/capabilities",
        list_capabilities,
        About(
            "list_capabilities",
            TAG,
            Text("能力清单", "Capabilities"),
            Text("此服务器提供的全部能力。", "Every reading that this server offers."),
        ),
        response=Capabilities,
    )
    for capability in capabilities().values():
        add_reading(interface, capability)


def list_capabilities(request: HttpRequest) -> HttpResponse:
    """Every capability in the language asked for."""
    language = language_of(request)
    rows = [_about(capability, language) for capability in capabilities().values()]
    return json_answer(request, {"capabilities": rows})


def _about(capability: Capability, language: str) -> dict[str, Any]:
    return {
        "key": capability.key,
        "area": capability.area,
        "title": capability.title.in_language(language),
        "meaning": capability.meaning.in_language(language),
        "unit": capability.unit.in_language(language),
        "reference": capability.reference,
        "columns": [
            {"name": c.name, "type": c.type, "title": c.title.in_language(language)}
            for c in capability.columns
        ],
        "parameters": [
            {
                "name": p.name,
                "title": p.title.in_language(language),
                "default": p.default,
                "choices": p.choices,
            }
            for p in capability.parameters
        ],
        "href": f"/api/v1/capabilities/{capability.key}",
    }


def add_reading(interface: NinjaAPI, capability: Capability) -> None:
    """The endpoint of one capability: its parameters in the query, its columns in the answer."""
    names = [parameter.name for parameter in capability.parameters]
    taken = RESERVED & set(names)
    assert not taken, f"{capability.key}: every reading already has the parameters {sorted(taken)}"
    meaning = Text(
        f"{capability.meaning.zh}（单位：{capability.unit.zh}；依据：{capability.reference}）",
        f"{capability.meaning.en} (unit: {capability.unit.en}; source: {capability.reference})",
    )
    add_operation(
        interface,
        f"/capabilities/{capability.key}",
        _reading_view(capability),
        About(f"run_{capability.key}", TAG, capability.title, meaning, ("unavailable",)),
        response=answer_model(capability),
        extra=_PAGED,
    )


_PAGED = {
    "responses": {
        200: {
            "headers": {
                "ETag": {
                    "schema": {"type": "string"},
                    "description": "entry number it was read at",
                },
                "Link": {"schema": {"type": "string"}, "description": 'rel="next": the next page'},
            }
        },
        304: {"description": "Not Modified"},
    }
}


def query_model(capability: Capability) -> type[Schema]:
    """The query of a capability: what every reading takes, and its own parameters."""
    own: dict[str, Any] = {
        p.name: (
            str,
            Field(
                p.default,
                max_length=LONGEST_ARGUMENT,
                description=f"{p.described.zh} / {p.described.en}",
            ),
        )
        for p in capability.parameters
    }
    return create_model(f"{capability.key}_query", __base__=ReadingQuery, **own)


def answer_model(capability: Capability) -> type[Schema]:
    """The answer of a capability: ``rows`` are arrays whose places are typed by its columns."""
    cells = tuple(_cell(column, column.name in capability.grain) for column in capability.columns)
    row: Any = tuple.__class_getitem__(cells)
    key: Any = Literal[capability.key]
    fields: dict[str, Any] = {
        "key": (key, ...),
        "as_of": (int, Field(description="条目序号 / entry number that it was read at")),
        "scope": (ReadingScope, ...),
        "columns": (list[str], ...),
        "rows": (list[row], ...),
        "total": (int, Field(description="全部行数 / rows in all")),
        "page": (int, ...),
        "limit": (int, ...),
        "evidence": (
            list[list[int]] | None,
            Field(None, description="每行所据的条目 / entry numbers behind each row"),
        ),
        "next": (str | None, Field(None, description="下一页 / address of the next page")),
    }
    return create_model(f"Reading_{capability.key}", __base__=Schema, **fields)


def _cell(column: Column, needed: bool) -> Any:
    kind = JSON_TYPES[column.type]
    about = Field(title=column.name, description=f"{column.title.zh} / {column.title.en}")
    typed: Any = kind if needed else kind | None
    return Annotated[typed, about]


def _reading_view(capability: Capability) -> Any:
    def view(request: HttpRequest, query: Any) -> HttpResponse:
        return run(request, capability, query)

    asked: Any = Annotated[query_model(capability), Query(...)]  # type: ignore[type-arg]
    parameter = inspect.Parameter
    place = parameter.POSITIONAL_OR_KEYWORD
    view.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [
            parameter("request", place, annotation=HttpRequest),
            parameter("query", place, annotation=asked),
        ]
    )
    view.__name__ = f"run_{capability.key}"
    return view


def run(request: HttpRequest, capability: Capability, query: Any) -> HttpResponse:
    """One page of a reading, or 304 where the caller has it already."""
    scope = reading_scope(request)
    workspace = current_workspace()
    seq = workspace.as_of_seq(query.as_of)
    etag = etag_of(request, seq, scope)
    if (same := unchanged(request, etag)) is not None:
        return same
    arguments = {p.name: getattr(query, p.name) for p in capability.parameters}
    table = workspace.run(
        capability.key, store=query.store, as_of=seq, since=query.since, until=query.until,
        scope=scope, **arguments,
    )  # fmt: skip
    limit = _limit(query)
    start = (query.page - 1) * limit
    body = {
        "key": capability.key,
        "as_of": table.as_of,
        "scope": {"party": scope.party},
        "columns": table.names,
        "rows": _plain(table, start, limit),
        "total": len(table.rows),
        "page": query.page,
        "limit": limit,
    }
    if query.evidence:
        body["evidence"] = [table.evidence(row) for row in table.rows[start : start + limit]]
    # The next page is of the same moment, whatever is captured meanwhile.
    following = None
    if start + limit < len(table.rows):
        following = {"as_of": seq, "page": query.page + 1, "limit": limit}
        body["next"] = next_address(request, following)
    return json_answer(request, body, etag=etag, following=following)


def _limit(query: Any) -> int:
    if query.evidence:
        return min(query.limit or EVIDENCED, MOST_EVIDENCED)
    return int(query.limit or MOST_ROWS)


def _plain(table: Table, start: int, limit: int) -> list[list[Any]]:
    kinds = [column.type for column in table.columns]
    return [
        [plain_value(value, kind) for value, kind in zip(row, kinds, strict=True)]
        for row in table.rows[start : start + limit]
    ]
