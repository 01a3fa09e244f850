"""The schema and the actions as tables for people, from the data that makes the database."""

from __future__ import annotations

from dataclasses import dataclass

from lianshu.flow.action import Action, actions
from lianshu.flow.table import Column as FlowColumn
from lianshu.flow.table import projections, table
from lianshu.kernel.text import Text
from lianshu.site.components.table import Cell, Column, Row, Table
from lianshu.site.texts import dictionary, say


@dataclass(frozen=True, slots=True)
class SchemaTable:
    """One table of the record with an anchor on the page."""

    name: str
    title: Text
    table: Table


def schema_tables() -> list[SchemaTable]:
    """The flow table and the tables of things."""
    return [schema_table(name) for name in projections()]


def schema_table(name: str) -> SchemaTable:
    """One table: its columns with type, unit, need, meaning and source."""
    columns = [
        Column("column", say("schema.column"), "code", header=True),
        Column("title", say("schema.title")),
        Column("type", say("schema.type"), "code"),
        Column("unit", say("schema.unit")),
        Column("required", say("schema.required")),
        Column("meaning", say("schema.meaning")),
        Column("source", say("schema.source")),
    ]
    title = dictionary()[f"table.{name}"]
    rows = [column_row(name, column) for column in table(name).columns]
    caption = Text(f"{title.zh}（{name}）", f"{title.en} ({name})")
    return SchemaTable(name, title, Table(caption, columns, rows))


def column_row(name: str, column: FlowColumn) -> Row:
    """One column in words."""
    need = Cell(say("schema.needed"), tone="info") if column.required else None
    meaning = Text(column.meaning_zh, column.meaning)
    return Row([column.name, column.title, column.type, column.unit, need, meaning, column.source])


def actions_table() -> Table:
    """Every action with its effects."""
    columns = [
        Column("action", say("schema.action"), "code", header=True),
        Column("title", say("schema.title")),
        Column("stream", say("schema.stream")),
        Column("onhand", say("schema.onhand"), "code"),
        Column("owner", say("schema.owner"), "code"),
        Column("account", say("schema.account")),
        Column("lineage", say("schema.lineage")),
        Column("meaning", say("schema.meaning")),
        Column("source", say("schema.source")),
    ]
    rows = [action_row(action) for action in actions().values()]
    return Table(say("schema.actions"), columns, rows)


def action_row(action: Action) -> Row:
    """One action in words."""
    return Row(
        [
            action.name,
            action.title,
            say(f"stream.{action.stream}") if action.stream else None,
            effect(action.onhand_from, action.onhand_to),
            effect(action.owner_from, action.owner_to),
            say(f"account.{action.account}") if action.account else None,
            say(f"lineage.{action.lineage}") if action.lineage else None,
            Text(action.meaning_zh, action.meaning),
            action.source,
        ]
    )


def effect(source: int, target: int) -> str | None:
    """An effect on the two sides of a flow; None where it has none.

    >>> effect(-1, 1), effect(0, 0)
    ('− → +', None)
    """
    sign = {-1: "−", 0: "0", 1: "+"}
    return f"{sign[source]} → {sign[target]}" if source or target else None
