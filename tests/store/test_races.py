"""Processes that race for the same ids: one accept each, one log without a gap, and a root that holds."""

from __future__ import annotations

import multiprocessing
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from lianshu.app.rebuilding import rebuild
from lianshu.app.verifying import verify
from lianshu.app.workspace import Workspace
from lianshu.record.merkle import root_of
from tests.conformance.records import new_workspace
from tests.store.racing import race

PROCESSES = 4


@pytest.mark.parametrize("home", ["sqlite", "postgres"])
@pytest.mark.parametrize("ids", [25, pytest.param(400, marks=pytest.mark.slow)])
def test_racing_processes(
    home: str, ids: int, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    dsn = str(request.getfixturevalue("postgres_dsn")) if home == "postgres" else ""
    folder = tmp_path / "w"
    new_workspace(folder).close()
    spawn = multiprocessing.get_context("spawn")
    with spawn.Manager() as manager, ProcessPoolExecutor(PROCESSES, mp_context=spawn) as pool:
        barrier = manager.Barrier(PROCESSES)
        work = [pool.submit(race, folder, dsn, n, ids, barrier) for n in range(PROCESSES)]  # type: ignore[arg-type]
        answers = [done.result(timeout=240) for done in work]
    with Workspace(folder, dsn=dsn) as workspace:
        assert workspace.store.dialect == home
        check(workspace, answers, ids)


def check(workspace: Workspace, answers: list[list[tuple[str, str, int]]], ids: int) -> None:
    accepted = Counter(id_ for some in answers for id_, outcome, _ in some if outcome == "accept")
    assert len(accepted) == 2 * ids
    assert set(accepted.values()) == {1}
    places: dict[str, set[int]] = {}
    for some in answers:
        assert {outcome for _, outcome, _ in some} <= {"accept", "exists", "conflict"}
        for id_, outcome, seq in some:
            places.setdefault(id_, set()).add(seq)
            assert outcome != "conflict" or id_.startswith("other:")
    assert all(len(found) == 1 for found in places.values()), "every answer names the one entry"
    losers = Counter(id_ for some in answers for id_, outcome, _ in some if outcome == "conflict")
    assert set(losers.values()) == {2 * (PROCESSES - 1)}
    log = list(workspace.store.entries())
    assert [entry.seq for entry in log] == list(range(1, 2 * ids + 1))
    assert {entry.id: {entry.seq} for entry in log} == places
    head = workspace.head()
    assert head.root == root_of(workspace.store.leaves(1, head.size + 1))
    assert verify(workspace).valid
    kept = workspace.store.query("SELECT COUNT(*) FROM refusal WHERE outcome = 'conflict'")
    assert kept == [(ids * (PROCESSES - 1),)]
    assert rebuild(workspace, verify=True).identical
