"""Tamper evidence: a thousand drawn changes to a captured workspace, each found and located."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from lianshu.app.verifying import Finding, verify
from lianshu.app.workspace import init
from lianshu.app.workspace import open as open_workspace
from lianshu.flow.wire import prepare
from lianshu.kernel.refusal import Refused
from lianshu.record.entry import Draft
from tests.fuzz.tampering import AGAINST_KEPT, TAMPERINGS, Log, Tampering, cut_tail
from tests.workspaces import entry

ENTRIES = 120
COUNT = 1_000
RAW = 400


@pytest.fixture
def log(tmp_path: Path, rng: random.Random) -> Log:
    """A captured workspace of some batches, one of them with corrections, checkpoint published."""
    ends: list[int] = []
    with init(tmp_path / "original") as workspace:
        while workspace.head().size < ENTRIES:
            size = workspace.head().size
            batch = [entry(f"e{size + k}", source=f"p{k}") for k in range(rng.randint(1, 9))]
            if len(ends) == 5:
                batch.append(entry(f"c{size}", kind="correction", supersedes="e0"))
            workspace.take([prepare(Draft(n, one), size) for n, one in enumerate(batch, 1)])
            ends.append(workspace.head().size)
        workspace.publish_checkpoint()
        origin = workspace.origin
    return Log(tmp_path / "touched", ends[-1], tuple(ends), origin)


def fresh(log: Log) -> None:
    """Put the untouched workspace in the place of the touched one."""
    shutil.rmtree(log.folder, ignore_errors=True)
    shutil.copytree(log.folder.with_name("original"), log.folder)


def findings(log: Log, kept: Sequence[str] = ()) -> list[Finding]:
    """What verify finds; a file that cannot even be opened counts as found at its start."""
    try:
        with open_workspace(log.folder) as workspace:
            return verify(workspace, kept=kept).findings
    except Refused as refused:
        return [Finding(0, refused.refusals[0].rule)]


def missed(log: Log, rng: random.Random, drawn: dict[Tampering, int], count: int) -> list[str]:
    """Tamperings that were not found, or not where they are."""
    fresh(log)
    kept = [(log.folder / "checkpoint").read_text(encoding="utf-8")]
    wrong: list[str] = []
    tally: Counter[str] = Counter()
    for number, tamper in enumerate(rng.choices(list(drawn), list(drawn.values()), k=count)):
        fresh(log)
        place = tamper(log, rng)
        found = findings(log, kept if drawn is AGAINST_KEPT else ())
        tally[tamper.__name__] += 1
        # The first finding is what a person is shown.
        if not found or found[0].seq not in place:
            wrong.append(f"{number}: {tamper.__name__} at {place}: {found}")
    print(dict(tally))
    return wrong


def test_the_untouched_workspace_is_valid(log: Log) -> None:
    fresh(log)
    assert findings(log) == []


@pytest.mark.slow
def test_every_tampering_is_found_and_located(log: Log, rng: random.Random) -> None:
    assert missed(log, rng, TAMPERINGS, COUNT) == []


@pytest.mark.slow
def test_a_kept_checkpoint_finds_what_the_workspace_cannot(log: Log, rng: random.Random) -> None:
    assert missed(log, rng, AGAINST_KEPT, 60) == []


def test_a_stolen_key_alone_is_not_found_without_a_kept_checkpoint(
    log: Log, rng: random.Random
) -> None:
    """Why checkpoints are to be kept by others; and that the test above tests something."""
    fresh(log)
    place = cut_tail(log, rng)
    (log.folder / "checkpoint").unlink()
    with sqlite3.connect(log.folder / "record.db") as db:
        db.execute("DELETE FROM checkpoint WHERE size>=?", (place.start,))
        end = max((one for one in log.ends if one < place.start), default=0)
        db.execute("DELETE FROM entry WHERE seq>?", (end,))
    db.close()
    assert findings(log) == []


def content(path: Path) -> list[object] | None:
    """Every row of the log as the engine reads it, or None where it cannot."""
    db = sqlite3.connect(path)
    try:
        return [
            db.execute(f"SELECT {columns} FROM {name} NOT INDEXED ORDER BY {key}").fetchall()
            # Of the frontiers only the last is ever read again, and verify looks at it.
            for name, key, columns in (
                ("entry", "seq", "*"),
                ("checkpoint", "size", "size, root, time_us, note"),
            )
        ]
    except (sqlite3.Error, UnicodeDecodeError):
        return None
    finally:
        db.close()


@pytest.mark.slow
def test_a_flipped_bit_of_the_file_is_found_or_outside_the_log(
    log: Log, rng: random.Random
) -> None:
    fresh(log)
    original = content(log.folder / "record.db")
    data = (log.folder / "record.db").read_bytes()
    tally: Counter[str] = Counter()
    for _ in range(RAW):
        fresh(log)
        # A tenth in the file's first page, where the engine keeps what the rest hangs on.
        at = rng.randrange(16_384 if rng.random() < 0.1 else len(data))
        bit = bytes([data[at] ^ (1 << rng.randrange(8))])
        (log.folder / "record.db").write_bytes(data[:at] + bit + data[at + 1 :])
        found = findings(log)
        outside = content(log.folder / "record.db") == original
        assert found or outside, f"byte {at}"
        tally["found" if found else "outside the log"] += 1
    print(dict(tally))
    assert tally["found"] > RAW / 20
