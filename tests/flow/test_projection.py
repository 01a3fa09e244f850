"""The flow table as it was known: nothing known later shows, a correction replaces, things have a latest row."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from lianshu.app.workspace import Workspace, init
from lianshu.capability.relation import AsOf, with_relations
from lianshu.kernel.instant import DAY_US

FLOW = {"mood": "fact", "action": "raise", "item": "tea", "unit": "KGM", "to_place": "mill"}


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with init(tmp_path / "w") as made:
        yield made


def say(workspace: Workspace, id_: str, qty: str = "", day: int = 1, **changes: Any) -> int:
    """Post an entry with one raise of tea, or with none; the number that it got."""
    flows = [FLOW | {"id": f"F-{id_}", "qty": qty, "time": day * DAY_US}] if qty else []
    entry = {"id": id_, "kind": "event", "flows": flows} | changes
    outcome = workspace.post(json.dumps(entry).encode())
    assert outcome.outcome == "accept", outcome
    return outcome.seq


def rows(workspace: Workspace, relation: str, columns: str, at: AsOf) -> list[tuple[Any, ...]]:
    sql = with_relations([relation], f"SELECT {columns} FROM {relation} ORDER BY entry_seq, line")
    return workspace.store.query(sql, at.binds())


def stock(workspace: Workspace, **when: Any) -> Decimal:
    return sum((row[3] for row in workspace.run("stock", **when).rows), Decimal(0))


def test_a_late_fact_does_not_rewrite_what_was_known(workspace: Workspace) -> None:
    say(workspace, "a", "5", day=10)
    say(workspace, "late", "3", day=1)
    assert stock(workspace, as_of=1) == 5
    assert stock(workspace, as_of=2) == 8
    assert stock(workspace, as_of=2, until="1970-01-02T00:00:00Z") == 3
    assert stock(workspace, as_of=1, until="1970-01-02T00:00:00Z") == 0


def test_a_correction_replaces_from_when_it_was_known(workspace: Workspace) -> None:
    say(workspace, "a", "5")
    say(workspace, "b", "4", kind="correction", supersedes="a")
    say(workspace, "c", "3", kind="correction", supersedes="b")
    assert [stock(workspace, as_of=seq) for seq in (0, 1, 2, 3)] == [0, 5, 4, 3]
    assert rows(workspace, "flow", "id, qty", AsOf(3)) == [("F-c", "3")]


def test_a_correction_that_says_nothing_takes_back(workspace: Workspace) -> None:
    say(workspace, "a", "5")
    say(workspace, "b", kind="correction", supersedes="a")
    assert [stock(workspace, as_of=seq) for seq in (1, 2)] == [5, 0]


def test_a_correction_may_be_of_another_table(workspace: Workspace) -> None:
    say(workspace, "a", things=[{"table": "party", "id": "mill", "name": "Mil"}])
    say(
        workspace, "b", kind="correction", supersedes="a", things=[{"table": "place", "id": "mill"}]
    )
    assert rows(workspace, "party", "id, name", AsOf(1)) == [("mill", "Mil")]
    assert rows(workspace, "party", "id, name", AsOf(2)) == []
    assert rows(workspace, "place", "id", AsOf(2)) == [("mill",)]


def test_the_latest_row_of_a_thing_stands_and_an_earlier_one_comes_back(
    workspace: Workspace,
) -> None:
    say(workspace, "a", things=[{"table": "party", "id": "mill", "name": "Old"}])
    say(workspace, "b", things=[{"table": "party", "id": "mill", "name": "New"}])
    assert rows(workspace, "party", "name", AsOf(1)) == [("Old",)]
    assert rows(workspace, "party", "name", AsOf(2)) == [("New",)]
    say(workspace, "c", kind="correction", supersedes="b")
    assert rows(workspace, "party", "name", AsOf(3)) == [("Old",)]
    assert rows(workspace, "party", "name", AsOf(2)) == [("New",)]


def test_every_naming_of_a_code_stays_readable(workspace: Workspace) -> None:
    alias = {"table": "alias", "id": "own:7", "scheme": "own", "value": "7", "thing_table": "party"}
    say(workspace, "a", things=[alias | {"thing": "mill"}])
    say(workspace, "b", things=[alias | {"thing": "shop"}])
    assert rows(workspace, "alias", "thing", AsOf(2)) == [("shop",)]
    assert rows(workspace, "said_alias", "thing", AsOf(2)) == [("mill",), ("shop",)]
    assert rows(workspace, "said_alias", "thing", AsOf(1)) == [("mill",)]


def test_a_row_keeps_the_entry_and_line_that_it_is_from(workspace: Workspace) -> None:
    flows: list[dict[str, Any]] = [dict(FLOW, qty=str(n), time=n) for n in (1, 2, 3)]
    say(workspace, "a", flows=flows)
    assert rows(workspace, "flow", "entry_seq, line, id, qty", AsOf(1)) == [
        (1, 0, "a", "1"),
        (1, 1, "a/1", "2"),
        (1, 2, "a/2", "3"),
    ]


def test_any_moment_reads_as_if_the_log_ended_there(tmp_path: Path, rng: random.Random) -> None:
    """As of entry n, a long record answers like one that never heard what came after n."""
    told: list[tuple[str, str, int, dict[str, Any]]] = []
    open_ids: list[str] = []
    for n in range(40):
        changes: dict[str, Any] = {}
        if open_ids and rng.random() < 0.3:
            target = open_ids.pop(rng.randrange(len(open_ids)))
            changes = {"kind": "correction", "supersedes": target}
        told.append((f"e{n}", str(rng.randrange(1, 50)), rng.randrange(1, 20), changes))
        open_ids.append(f"e{n}")
    with init(tmp_path / "long") as whole:
        for id_, qty, day, changes in told:
            say(whole, id_, qty, day, **changes)
        for size in rng.sample(range(1, 40), 5):
            with init(tmp_path / f"short{size}") as short:
                for id_, qty, day, changes in told[:size]:
                    say(short, id_, qty, day, **changes)
                assert stock(whole, as_of=size) == stock(short)
                columns = "entry_seq, id, qty, time"
                assert rows(whole, "flow", columns, AsOf(size)) == rows(
                    short, "flow", columns, AsOf(size)
                )
