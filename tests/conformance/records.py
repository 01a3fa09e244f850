"""Records to read on every engine: made from flow CSV or from entries, with a clock that repeats."""

from __future__ import annotations

import itertools
import json
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from lianshu.app.result import Table
from lianshu.app.workspace import Workspace, init
from lianshu.capability.registry import Capability
from lianshu.exchange.flows_csv import read_flows_csv
from lianshu.flow.wire import Prepared, prepare
from lianshu.kernel.refusal import Refusal
from lianshu.record.entry import Draft
from lianshu.record.outcome import ACCEPT, Outcome

Batch = Sequence[Prepared | Refusal]


def new_workspace(folder: Path, dsn: str = "") -> Workspace:
    """A workspace whose clock counts microseconds from 1, mirrored to ``dsn`` where it is given."""
    ticks = itertools.count(1)
    workspace = init(folder, clock=lambda: next(ticks))
    workspace.dsn = dsn
    return workspace


def take_csv(workspace: Workspace, flows: bytes, *, batch: int = 500) -> list[Outcome]:
    """Capture flow CSV; every line must be accepted."""
    drafts = read_flows_csv(flows)
    lines = [one if isinstance(one, Refusal) else prepare(one, workspace.clock()) for one in drafts]
    outcomes = take(workspace, lines, batch=batch)
    assert [one for one in outcomes if one.outcome != ACCEPT] == []
    return outcomes


def take(workspace: Workspace, lines: Batch, *, batch: int = 500) -> list[Outcome]:
    """Capture in batches of that size."""
    starts = range(0, len(lines), batch)
    return [one for at in starts for one in workspace.take(lines[at : at + batch])]


def prepared(entries: Iterable[dict[str, Any]]) -> list[Prepared | Refusal]:
    """Entries as dictionaries, ready to be taken."""
    return [prepare(Draft(n, json.dumps(one).encode()), n) for n, one in enumerate(entries, 1)]


def produce(id_: str, qty: str = "1", lot: str = "L1", **more: Any) -> dict[str, Any]:
    """The smallest entry with a flow."""
    flow = {"mood": "fact", "action": "produce", "time": 0, "item": "tea", "lot": lot}
    flow |= {"qty": qty, "unit": "KGM", "to_place": "mill"}
    return {"id": id_, "kind": "event", "flows": [flow], **more}


def tamper(workspace: Workspace, sql: str) -> None:
    """Change the SQLite file behind the store's back."""
    with closing(sqlite3.connect(workspace.path / "record.db")) as db, db:
        assert db.execute(sql).rowcount == 1


def assert_rows(capability: Capability, found: Iterable[Any], expected: Iterable[Any]) -> None:
    """Rows equal whatever their order: ratios and days within 1e-9, all else exactly."""
    names = [column.name for column in capability.columns]
    grain = [names.index(name) for name in capability.grain]
    ordered = [
        sorted((tuple(row) for row in rows), key=lambda row: [str(row[n]) for n in grain])
        for rows in (found, expected)
    ]
    loose = [
        [tuple(_loose(value) for value in row) for row in rows] if rows is ordered[1] else rows
        for rows in ordered
    ]
    assert loose[0] == loose[1], capability.key


def _loose(value: Any) -> Any:
    return pytest.approx(value, rel=1e-9, abs=1e-9) if isinstance(value, float) else value


def assert_same(left: Table, right: Table) -> None:
    """Two engines' answers: the same rows, of the same types, from the same entries."""
    assert left.rows == right.rows, left.capability.key
    assert _types(left) == _types(right), left.capability.key
    for row in left.rows[:5]:
        assert left.evidence(row) == right.evidence(row), (left.capability.key, row)


def _types(table: Table) -> list[list[type]]:
    return [[Decimal if isinstance(v, Decimal) else type(v) for v in row] for row in table.rows]
