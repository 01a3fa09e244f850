"""The schema as data: every table and column of the record's projection, read from ``schema/*.csv``.

One row of a CSV gives a column its type, unit, need, default, meaning and source. Validation
(``flow.wire``), DDL (the stores) and the reference pages are all made from it, so a column is
declared in exactly one place.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lianshu.kernel.text import Text

SCHEMA = Path(__file__).parent / "schema"
THINGS = ("party", "place", "item", "lot", "recipe", "lane", "resource", "alias")
SQL_NAMES = {"order": "order_id"}  # the one column whose term is an SQL keyword everywhere


@dataclass(frozen=True, slots=True)
class Column:
    """One column: ``type`` is text, key, decimal, integer, time, boolean, map, mood or action."""

    name: str
    type: str
    unit: str
    required: bool
    title: Text
    meaning: str
    meaning_zh: str
    source: str

    @property
    def sql_name(self) -> str:
        """The name in a database table."""
        return SQL_NAMES.get(self.name, self.name)


@dataclass(frozen=True, slots=True)
class Table:
    """One table: a name and its columns in order."""

    name: str
    columns: tuple[Column, ...]

    def names(self) -> tuple[str, ...]:
        """Column names as they stand on the wire."""
        return tuple(column.name for column in self.columns)


@cache
def table(name: str) -> Table:
    """The table of that name.

    >>> table("flow").names()[:4]
    ('id', 'mood', 'action', 'time')
    """
    with (SCHEMA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        columns = tuple(
            Column(
                name=row["column"],
                type=row["type"],
                unit=row["unit"],
                required=row["required"] == "yes",
                title=Text(row["zh"], row["en"]),
                meaning=row["meaning"],
                meaning_zh=row["meaning_zh"],
                source=row["source"],
            )
            for row in csv.DictReader(file)
        )
    return Table(name, columns)


def stored_columns(name: str) -> tuple[tuple[str, str], ...]:
    """(column, logical type) of the stored projection of a table, in order.

    A stored row starts with the entry that it came from, so that every number opens to its entries.

    >>> stored_columns("party")[:3]
    (('entry_seq', 'integer'), ('line', 'integer'), ('id', 'key'))
    """
    own = tuple((column.sql_name, column.type) for column in table(name).columns)
    head = (("entry_seq", "integer"), ("line", "integer"))
    return head + own + ((("stream", "text"),) if name == "flow" else ())


def projections() -> tuple[str, ...]:
    """Names of every projected table: the flow and the things."""
    return ("flow", *THINGS)
