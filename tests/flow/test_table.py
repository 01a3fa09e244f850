"""The schema is data: DDL, validation and the reference pages say the same of every column."""

from __future__ import annotations

import csv
import json
import re
import sqlite3
from typing import Any

import msgspec
import pytest

from lianshu.flow import wire
from lianshu.flow.action import MOODS, actions
from lianshu.flow.table import SCHEMA, SQL_NAMES, THINGS, projections, stored_columns, table
from lianshu.kernel.refusal import Refusal
from lianshu.record.entry import Draft
from lianshu.store.ddl import TYPES, projection_ddl, stored_name
from tests.conftest import ROOT

TYPES_KNOWN = {"text", "key", "decimal", "integer", "time", "boolean", "map", "mood", "action"}
GOOD: dict[str, Any] = {
    "text": "some words", "key": "K-1", "decimal": "1.50", "integer": 7, "time": "2026-03-01T00:00:00Z",
    "boolean": True, "map": {"a": "1 kg"}, "mood": "fact", "action": "transfer",
}  # fmt: skip
BAD: dict[str, list[Any]] = {
    "text": [7, None, ["x"]], "key": [7, "k" * 201], "decimal": ["1e3", "NaN", "1,5", True, 1.5],
    "integer": ["7", 7.5, 2**53 + 1], "time": ["2026-03-01", "2026-03-01T00:00:00", "soon", True],
    "boolean": ["yes", 1], "map": [{"a": 1}, "x"], "mood": ["maybe", 1], "action": ["sell", 1],
}  # fmt: skip
CELLS = [(name, column) for name in projections() for column in table(name).columns]


def whole(name: str) -> dict[str, Any]:
    """A row of a table with every column filled in."""
    row = {column.name: GOOD[column.type] for column in table(name).columns}
    return row | ({"unit": "KGM"} if name == "flow" else {})


def read(name: str, row: dict[str, Any]) -> wire.Prepared | Refusal:
    parts = {"flows": [row]} if name == "flow" else {"things": [{"table": name, **row}]}
    return wire.prepare(Draft(1, json.dumps({"id": "e", "kind": "master", **parts}).encode()), 0)


@pytest.mark.parametrize("name", projections())
def test_every_column_is_described_in_both_languages(name: str) -> None:
    names = [column.name for column in table(name).columns]
    assert len(set(names)) == len(names)
    for column in table(name).columns:
        assert column.type in TYPES_KNOWN
        assert column.title.zh
        assert column.title.en
        assert column.meaning
        assert column.meaning_zh


def test_every_schema_file_is_a_table() -> None:
    assert {path.stem for path in SCHEMA.glob("*.csv")} == {"flow", *THINGS}
    with (SCHEMA / "flow.csv").open(encoding="utf-8", newline="") as file:
        assert [row["column"] for row in csv.DictReader(file)] == list(table("flow").names())


@pytest.mark.parametrize("name", projections())
def test_the_database_has_the_columns_of_the_schema(name: str) -> None:
    database = sqlite3.connect(":memory:")
    for statement in projection_ddl("sqlite"):
        database.execute(statement)
    found = database.execute(f"PRAGMA table_info({stored_name(name)})").fetchall()
    database.close()
    wanted = [(column, TYPES["sqlite"].get(kind, "TEXT")) for column, kind in stored_columns(name)]
    assert [(row[1], row[2]) for row in found] == wanted
    assert [row[1] for row in found if row[5]] == ["entry_seq", "line"]


@pytest.mark.parametrize("dialect", ["postgres", "duckdb"])
def test_every_dialect_declares_the_same_columns(dialect: str) -> None:
    text = "\n".join(projection_ddl(dialect))
    for name in projections():
        body = re.search(rf"EXISTS {stored_name(name)} \((.*?), PRIMARY KEY", text)
        assert body, name
        columns = [part.split()[0] for part in re.split(r", (?![0-9])", body[1])]
        assert columns == [column for column, _ in stored_columns(name)]


@pytest.mark.parametrize("name", projections())
def test_a_row_with_every_column_is_taken_and_stored_in_order(name: str) -> None:
    row = whole(name)
    done = read(name, row)
    assert isinstance(done, wire.Prepared), done
    stored = done.flows[0] if name == "flow" else done.things[0][1]
    own = [column for column, _ in stored_columns(name)][2:]
    assert len(stored) == len(own)
    by_name = dict(zip(own, stored, strict=True))
    for column in table(name).columns:
        value = by_name[SQL_NAMES.get(column.name, column.name)]
        wanted = {
            "decimal": "1.5",
            "time": 1_772_323_200_000_000,
            "map": '{"a":"1 kg"}',
            "boolean": 1,
        }
        expected = wanted.get(column.type, row[column.name])
        assert value == expected, column.name


@pytest.mark.parametrize("name", projections())
def test_only_required_columns_are_required(name: str) -> None:
    needed = {column.name for column in table(name).columns if column.required}
    least = {key: value for key, value in whole(name).items() if key in needed}
    assert isinstance(read(name, least), wire.Prepared)
    for column in sorted(needed):
        refusal = read(name, {key: value for key, value in least.items() if key != column})
        assert isinstance(refusal, Refusal), column
        assert column in refusal.sentence("en")


@pytest.mark.parametrize(("name", "column"), CELLS, ids=[f"{n}.{c.name}" for n, c in CELLS])
def test_every_bad_cell_is_refused_by_its_name(name: str, column: Any) -> None:
    for bad in BAD[column.type]:
        refusal = read(name, whole(name) | {column.name: bad})
        assert isinstance(refusal, Refusal), (column.name, bad)
        assert column.name in refusal.field, refusal
        assert refusal.line == 1
        assert refusal.rule.zh
        assert refusal.remedy.en


@pytest.mark.parametrize("name", projections())
def test_an_unknown_column_is_refused_by_name(name: str) -> None:
    refusal = read(name, whole(name) | {"colour": "green"})
    assert isinstance(refusal, Refusal)
    assert "colour" in refusal.sentence("en")


def test_the_typed_decoder_knows_each_column_and_no_other() -> None:
    assert msgspec.structs.fields(wire.Flow)
    names = [field.name for field in msgspec.structs.fields(wire.Flow)]
    assert names == list(table("flow").names())


def test_actions_have_effects_within_their_range() -> None:
    for name, action in actions().items():
        assert name == action.name
        assert action.onhand_from in (-1, 0), "what leaves a place makes less of it"
        assert action.onhand_to in (0, 1)
        assert action.owner_from in (-1, 0)
        assert action.owner_to in (0, 1)
        assert action.stream in {"goods", "money", "service", "information", "emission", "claim"}
        assert action.meaning
        assert action.meaning_zh
        assert action.source
    assert list(MOODS) == ["fact", "promise", "plan", "forecast", "offer", "scenario"]


def test_the_reference_page_names_every_column() -> None:
    text = (ROOT / "docs" / "reference" / "schema.md").read_text(encoding="utf-8")
    for name in projections():
        for column in table(name).columns:
            assert f"`{column.name}`" in text, (name, column.name)
