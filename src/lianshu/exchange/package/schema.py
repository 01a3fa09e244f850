"""The chain package's tables, read from ``tables/*.csv``: one row declares one column.

Template, validation, error workbook and ``datapackage.json`` are all made from it. Types are always
explicit, and identifiers are text, so a leading zero or an 18-digit code survives any reader.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from lianshu.kernel.text import Text

TABLES: Final = (
    "parties", "places", "items", "lots", "resources", "recipes", "lanes", "stock",
    "orders", "shipments", "receipts", "invoices", "payments", "demand",
)  # fmt: skip
"""In the order in which they are read: a table refers only to itself and to those before it."""

TITLES: Final = {
    "parties": Text("主体", "Parties"),
    "places": Text("地点", "Places"),
    "items": Text("物品", "Items"),
    "lots": Text("批次", "Lots"),
    "resources": Text("资源", "Resources"),
    "recipes": Text("配方", "Recipes"),
    "lanes": Text("线路", "Lanes"),
    "stock": Text("期初库存", "Opening stock"),
    "orders": Text("订单", "Orders"),
    "shipments": Text("发货", "Shipments"),
    "receipts": Text("收货", "Receipts"),
    "invoices": Text("发票", "Invoices"),
    "payments": Text("付款", "Payments"),
    "demand": Text("需求预测", "Demand"),
}
_FOLDER: Final = Path(__file__).parent / "tables"

# Type of a column -> Frictionless field type. Only numbers are numbers: an amount read as a binary
# float would no longer be exact, so decimals are declared as text with a pattern.
_FRICTIONLESS: Final = {"integer": "integer", "boolean": "boolean"}
_DECIMAL_PATTERN: Final = r"[0-9]{1,20}(\.[0-9]{1,18})?"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: type is id, text, decimal, choice, boolean, unit, currency, date_or_time,
    deadline, latitude, longitude, or an identifier with check digits (uscc, gln, gtin, lei).
    """

    name: str
    type: str
    required: bool
    key: bool
    references: str
    choices: tuple[str, ...]
    title: Text
    meaning: Text
    example: str


@dataclass(frozen=True, slots=True)
class TableSchema:
    """One table: its columns in order; those marked as key are together unique."""

    name: str
    columns: tuple[Column, ...]

    @property
    def key(self) -> tuple[str, ...]:
        """Names of the key columns."""
        return tuple(column.name for column in self.columns if column.key)

    def column(self, name: str) -> Column:
        """The column of that name or Chinese title; raises ``KeyError``."""
        for column in self.columns:
            if name in (column.name, column.title.zh):
                return column
        raise KeyError(name)


@cache
def schema(name: str) -> TableSchema:
    """The table of that name.

    >>> schema("orders").key
    ('order', 'line')
    >>> schema("orders").column("数量").name
    'qty'
    """
    with (_FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        columns = tuple(
            Column(
                name=row["column"],
                type=row["type"],
                required=row["required"] == "yes",
                key=row["key"] == "yes",
                references=row["references"],
                choices=tuple(row["choices"].split()),
                title=Text(row["zh"], row["en"]),
                meaning=Text(row["meaning_zh"], row["meaning_en"]),
                example=row["example"],
            )
            for row in csv.DictReader(file)
        )
    return TableSchema(name, columns)


def table_named(title: str) -> str:
    """The table that a sheet or file name means, or an empty text.

    >>> table_named("orders"), table_named("订单"), table_named("Sheet1")
    ('orders', 'orders', '')
    """
    word = title.strip().lower()
    return next((n for n in TABLES if word in (n, TITLES[n].zh)), "")


def datapackage() -> dict[str, Any]:
    """The Frictionless Data Package descriptor of a package folder.

    Source: Data Package and Tabular Data Package v1 (specs.frictionlessdata.io).

    >>> fields = {f["name"]: f["type"] for f in datapackage()["resources"][0]["schema"]["fields"]}
    >>> fields["id"], fields["uscc"]
    ('string', 'string')
    """
    return {
        "profile": "tabular-data-package",
        "name": "lianshu-chain",
        "title": "链包 Chain package",
        "resources": [_resource(schema(name)) for name in TABLES],
    }


def _resource(table: TableSchema) -> dict[str, Any]:
    foreign = [
        {
            "fields": column.name,
            "reference": {
                "resource": column.references,
                "fields": schema(column.references).key[0],
            },
        }
        for column in table.columns
        # A line of an order is found by two columns; both are checked by the reader.
        if column.references and column.name != "order_line"
    ]
    return {
        "profile": "tabular-data-resource",
        "name": table.name,
        "title": f"{TITLES[table.name].zh} {TITLES[table.name].en}",
        "path": f"{table.name}.csv",
        "encoding": "utf-8",
        "schema": {
            "fields": [_field(column) for column in table.columns],
            "primaryKey": list(table.key),
            "foreignKeys": foreign,
            "missingValues": [""],
        },
    }


def _field(column: Column) -> dict[str, Any]:
    constraints: dict[str, Any] = {"required": True} if column.required else {}
    if column.choices:
        constraints["enum"] = list(column.choices)
    if column.type == "decimal":
        constraints["pattern"] = _DECIMAL_PATTERN
    field: dict[str, Any] = {
        "name": column.name,
        "type": _FRICTIONLESS.get(column.type, "string"),
        "title": f"{column.title.zh} {column.title.en}",
        "description": f"{column.meaning.zh} / {column.meaning.en}",
        "example": column.example,
    }
    if column.type == "boolean":
        field |= {"trueValues": ["yes"], "falseValues": ["no"]}
    return field | ({"constraints": constraints} if constraints else {})
