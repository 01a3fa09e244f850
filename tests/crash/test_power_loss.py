"""Power loss: with synchronous=FULL no acknowledged entry is ever lost; with NORMAL some are.

The store's own code runs, statement for statement, on a file system that remembers what was synced.
"""

from __future__ import annotations

import random
import sqlite3
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import apsw
import pytest

from lianshu.app.verifying import verify
from lianshu.app.workspace import Workspace, init
from lianshu.app.workspace import open as open_workspace
from lianshu.flow.wire import prepare
from lianshu.record.entry import Draft
from lianshu.store.sqlite import Connect, SqliteStore, tuned
from tests.crash.power import DATABASE, Disk, PowerVfs, connection, crashes
from tests.workspaces import entry

BATCHES = 60
CHECKPOINT_PAGES = 100  # so that a run has several checkpoints, and crashes within them
RUNS = 5
STATES = 1_000


@dataclass
class Run:
    """One run of a workspace on a disk that keeps its journal."""

    disk: Disk
    folder: Path
    before: bytes
    roots: dict[int, bytes]
    """Root by size, of every batch that was acknowledged or could have been."""
    flows: dict[int, int]


def power_connect(disk: Disk, synchronous: str) -> Connect:
    """How the store connects in these tests: same pragmas, another file system."""
    vfs = PowerVfs(disk)

    def connect(path: Path) -> sqlite3.Connection:
        made: sqlite3.Connection = connection(path, vfs)
        return tuned(made, synchronous=synchronous, checkpoint_pages=CHECKPOINT_PAGES)

    return connect


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str, Disk], Workspace]:
    """Make a workspace with the ordinary store, then open it on a disk that keeps its journal."""

    def open_on(name: str, synchronous: str, disk: Disk) -> Workspace:
        init(tmp_path / name).close()
        connect = power_connect(disk, synchronous)
        with monkeypatch.context() as patch:
            patch.setattr(
                "lianshu.app.workspace.open_store",
                lambda folder, *_: SqliteStore(folder / DATABASE, connect),
            )
            return open_workspace(tmp_path / name)

    return open_on


def batch_of(rng: random.Random, number: int) -> list[bytes]:
    """One to eight entries: most are new, some are sent again, some correct an older one."""
    made = []
    for k in range(rng.randrange(1, 9)):
        luck = rng.random()
        if luck < 0.1 and number:
            made.append(entry(f"b{rng.randrange(number)}-0"))
        elif luck < 0.2 and number:
            made.append(
                entry(f"b{number}-{k}", kind="correction", supersedes=f"b{rng.randrange(number)}-0")
            )
        else:
            made.append(entry(f"b{number}-{k}", source=f"party-{rng.randrange(9)}"))
    return made


def run(start: Callable[[str, str, Disk], Workspace], synchronous: str, seed: int) -> Run:
    """Post batches and write down each acknowledgement in the disk's journal."""
    rng = random.Random(seed)
    disk = Disk()
    workspace = start(f"{synchronous}-{seed}", synchronous, disk)
    before = (workspace.path / DATABASE).read_bytes()
    made = Run(disk, workspace.path, before, {}, {})
    flows = 0
    for number in range(BATCHES):
        batch = [prepare(Draft(n, one), number) for n, one in enumerate(batch_of(rng, number), 1)]
        for outcome in workspace.take(batch):
            flows += outcome.outcome == "accept"  # each entry has one flow
        head = workspace.store._db.execute(  # type: ignore[attr-defined]
            "SELECT size, root FROM checkpoint ORDER BY size DESC LIMIT 1"
        ).fetchone()
        disk.journal.append(("ack", "", head[0], b""))
        made.roots[head[0]] = bytes(head[1])
        made.flows[head[0]] = flows
    assert sum(act[:2] == ("sync", DATABASE) for act in disk.journal) >= 3, "no checkpoint ran"
    return made


def found(done: Run, acknowledged: int, files: dict[str, bytes]) -> str:
    """What the ordinary program finds on the disk after the power came back."""
    for name, data in files.items():
        (done.folder / name).write_bytes(data)
    (done.folder / "record.db-shm").unlink(missing_ok=True)
    with open_workspace(done.folder) as workspace:
        head = workspace.head()
        if not verify(workspace).valid:
            return "invalid"
        if head.size < acknowledged:
            return "lost"
        if head.size and head.root != done.roots.get(head.size):
            return "a part of a batch"
        count = workspace.store.query("SELECT COUNT(*) FROM flow_row")[0][0]
        return "whole" if count == done.flows.get(head.size, 0) else "flows missing"


def fates(
    start: Callable[[str, str, Disk], Workspace], synchronous: str, states: int, rng: random.Random
) -> Counter[str]:
    counted: Counter[str] = Counter()
    for _ in range(RUNS):
        done = run(start, synchronous, rng.randrange(2**32))
        for acknowledged, files in crashes(done.disk, done.before, states // RUNS, rng):
            counted[found(done, acknowledged, files)] += 1
    return counted


@pytest.mark.slow
def test_a_power_cut_loses_no_acknowledged_entry(
    start: Callable[[str, str, Disk], Workspace], rng: random.Random
) -> None:
    assert fates(start, "FULL", STATES, rng) == {"whole": STATES}


@pytest.mark.slow
def test_the_same_disk_loses_entries_with_synchronous_normal(
    start: Callable[[str, str, Disk], Workspace], rng: random.Random
) -> None:
    """The proof that the test above can fail, and why FULL is not an option."""
    counted = fates(start, "NORMAL", 200, rng)
    print(counted)
    assert counted["lost"] > 100
    assert set(counted) <= {"lost", "whole"}, "a commit is lost whole, never damaged"


def test_a_disk_that_fills_at_any_write_leaves_whole_batches(
    start: Callable[[str, str, Disk], Workspace], rng: random.Random
) -> None:
    disk = Disk()
    workspace = start("full", "FULL", disk)
    refused = 0
    for number in range(60):
        disk.writes_left = rng.randrange(30)
        drafts = [prepare(Draft(k, entry(f"e{number}-{k}")), 0) for k in range(3)]
        try:
            answers = {one.outcome for one in workspace.take(drafts)}
        except apsw.FullError:
            refused += 1
            disk.writes_left = -1
            answers = {one.outcome for one in workspace.take(drafts)}
            # apsw also raises for a checkpoint after the commit, which SQLite itself lets pass: then
            # the whole batch is there. Never a part of it.
            assert answers in ({"accept"}, {"exists"})
        disk.writes_left = -1
        assert len(answers) == 1
    workspace.close()
    assert refused > 10
    with open_workspace(workspace.path) as again:
        assert again.head().size == 180
        assert verify(again).valid
