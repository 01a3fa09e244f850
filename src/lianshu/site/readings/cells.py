"""The table of a reading as people read it: names for keys, rounded numbers, links, evidence."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from lianshu.app.result import Row as ReadRow
from lianshu.app.result import Table as ReadTable
from lianshu.capability.registry import Capability
from lianshu.capability.registry import Column as ReadColumn
from lianshu.kernel.quantity import decimal_text
from lianshu.site.addresses import order_address
from lianshu.site.components.table import Cell, Column, Row
from lianshu.site.readings.naming import Things, named
from lianshu.site.said import mode_words
from lianshu.site.said import moment as said_moment
from lianshu.site.texts import say
from lianshu.site.written import grouped, percent

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
KINDS = {"text": "text", "instant": "date", "boolean": "text"}
_MONEY_PLACES = 2
_RATIO_PLACES = 3


def shown_columns(capability: Capability) -> list[Column]:
    """The columns of the page's table; all can be sorted by, the first one heads its rows."""
    return [
        Column(
            column.name,
            column.title,
            KINDS.get(column.type, "number"),
            sortable=True,
            header=at == 0,
        )
        for at, column in enumerate(capability.columns)
    ]


def row_key(table: ReadTable, row: ReadRow) -> str:
    """What names a row in an address: a digest of its grain, so that it stays while others come.

    Sixteen hexadecimal digits; two of a million rows share one by chance once in 10^8 tables.
    """
    at = {name: n for n, name in enumerate(table.names)}
    grain = "\x1f".join(str(row[at[name]]) for name in table.capability.grain)
    return hashlib.sha256(grain.encode()).hexdigest()[:16]


def row_of_key(table: ReadTable, key: str) -> ReadRow | None:
    """The row of that key, or None."""
    return next((row for row in table.rows if row_key(table, row) == key), None)


def ordered(table: ReadTable, key: str, *, descending: bool) -> list[ReadRow]:
    """The rows sorted by a column; what has no value stands last either way."""
    if key not in table.names:
        return list(table.rows)
    at = table.names.index(key)
    having = [row for row in table.rows if row[at] is not None]
    lacking = [row for row in table.rows if row[at] is None]
    having.sort(key=lambda row: row[at], reverse=descending)
    return having + lacking


def first_order(capability: Capability) -> str:
    """How rows are sorted until somebody says otherwise: the largest first where a bar is drawn."""
    chart = capability.chart
    return f"-{chart.y}" if chart is not None and chart.kind == "bar" else ""


def moment(us: int) -> datetime:
    """An instant as a time of day."""
    return EPOCH + timedelta(microseconds=us)


def written(value: Any, kind: str, things: Things) -> object:
    """A value of a column type as the table component takes it.

    >>> written(0.5, "ratio", {}), written(Decimal("1E+1"), "quantity", {}), written(2.25, "days", {})
    ('50.0%', '10', '2.2')
    """
    if value is None:
        return None
    if kind == "text":
        return named(value, things)
    if kind == "instant":
        return said_moment(value)
    if kind == "boolean":
        return say("reading.yes" if value else "reading.no")
    return number_words(value, kind)


def number_words(value: Any, kind: str) -> str:
    """A number in the form of its column type: money to the hundredth, a ratio as it is read.

    >>> number_words(Decimal("1234.5"), "money"), number_words(0.0002, "ratio"), number_words(3, "integer")
    ('1,234.50', '0.02%', '3')
    """
    if kind == "ratio":
        return percent(value, 1 if abs(value) >= 0.001 or value == 0 else 2)
    if kind == "money":
        return grouped(value, _MONEY_PLACES)
    if kind == "days":
        return grouped(value, 1)
    return grouped(Decimal(decimal_text(value)) if isinstance(value, Decimal) else value)


def shown_rows(table: ReadTable, rows: Sequence[ReadRow], things: Things) -> list[Row]:
    """The rows of one page; the first number of each opens its evidence, or its last cell."""
    columns = table.columns
    numbers = [
        n for n, column in enumerate(columns) if KINDS.get(column.type, "number") == "number"
    ]
    chart = table.capability.chart
    wanted = [n for n in numbers if chart is not None and columns[n].name == chart.y]
    opens = (wanted or numbers or [len(columns) - 1])[0]
    return [
        Row(
            [
                shown_cell(
                    value, column, things, evidence=row_key(table, row) if n == opens else ""
                )
                for n, (value, column) in enumerate(zip(row, columns, strict=True))
            ]
        )
        for row in rows
    ]


def shown_cell(value: Any, column: ReadColumn, things: Things, *, evidence: str = "") -> Cell:
    """One cell; an order and a known thing link to their pages."""
    words = written(value, column.type, things)
    if column.name == "mode" and value:
        words = mode_words(value)
    address = note = tone = ""
    if column.type == "text" and value:
        thing = things.get(value)
        if column.name == "order":
            address = order_address(value)
        elif thing is not None:
            address = thing.address
            note = "" if value.endswith(thing.name) else value
    elif column.type == "boolean" and value is not None:
        tone = "good" if value else "quiet"
    return Cell(words, address=address, note=note, tone=tone, evidence=evidence)
