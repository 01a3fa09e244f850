"""Verify finds and locates what was done to a log behind our back."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from lianshu.app.verifying import verify
from lianshu.app.workspace import Workspace, init
from lianshu.app.workspace import open as open_workspace
from tests.workspaces import entry

SIZE = 40


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with init(tmp_path / "w") as made:
        for n in range(SIZE):
            assert made.post(entry(f"e{n + 1}")).outcome == "accept"
        made.publish_checkpoint()
        yield made


def tamper(workspace: Workspace, *statements: str) -> None:
    with sqlite3.connect(workspace.path / "record.db") as db:
        for statement in statements:
            db.execute(statement)
    db.close()


def test_a_whole_log_is_valid_and_prints_its_root(workspace: Workspace) -> None:
    result = verify(workspace, meaning=True)
    assert result.valid
    assert (result.size, result.root) == (SIZE, workspace.head().root)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entry SET payload = CAST(replace(payload, 'leaf', 'laef') AS BLOB) WHERE seq = 7",
        "UPDATE entry SET source = 'mill' WHERE seq = 7",
        "UPDATE entry SET received_us = received_us + 1 WHERE seq = 7",
        "UPDATE entry SET digest = zeroblob(32) WHERE seq = 7",
        "UPDATE entry SET leaf = zeroblob(32) WHERE seq = 7",
        "UPDATE entry SET payload = 'text' WHERE seq = 7",
        "DELETE FROM entry WHERE seq = 7",
    ],
)
def test_a_changed_entry_is_named(workspace: Workspace, statement: str) -> None:
    tamper(workspace, statement)
    result = verify(workspace)
    assert [finding.seq for finding in result.findings] == [7]


def test_swapped_entries_are_found_at_the_first(workspace: Workspace) -> None:
    tamper(
        workspace,
        "UPDATE entry SET seq = -1 WHERE seq = 5",
        "UPDATE entry SET seq = 5 WHERE seq = 9",
        "UPDATE entry SET seq = 9 WHERE seq = -1",
    )
    finding = verify(workspace).findings[0]
    assert finding.seq <= 5


def test_a_cut_tail_is_found_by_the_checkpoint_file(workspace: Workspace) -> None:
    tamper(workspace, "DELETE FROM entry WHERE seq > 30", "DELETE FROM checkpoint WHERE size > 30")
    finding = verify(workspace).findings[0]
    assert finding.seq == 31


def test_a_cut_tail_is_found_by_a_kept_checkpoint(workspace: Workspace) -> None:
    kept = workspace.head().note
    tamper(workspace, "DELETE FROM entry WHERE seq > 30", "DELETE FROM checkpoint WHERE size > 30")
    (workspace.path / "checkpoint").unlink()
    assert verify(workspace).valid, "nothing inside can tell, which is why others keep checkpoints"
    assert verify(workspace, kept=[kept]).findings[0].seq == 31


def test_unsigned_entries_are_found(workspace: Workspace) -> None:
    tamper(workspace, "DELETE FROM checkpoint WHERE size > 38")
    (workspace.path / "checkpoint").unlink()
    assert verify(workspace).findings[0].seq == 39


def test_a_log_rewritten_and_signed_by_another_is_found(
    workspace: Workspace, tmp_path: Path
) -> None:
    note = workspace.head().note
    with init(tmp_path / "forged") as forged:
        for n in range(SIZE):
            forged.post(entry(f"e{n + 1}", source="forger"))
    forged_db = (tmp_path / "forged" / "record.db").read_bytes()
    workspace.close()
    for name in ("record.db-wal", "record.db-shm"):
        (workspace.path / name).unlink(missing_ok=True)
    (workspace.path / "record.db").write_bytes(forged_db)
    with open_workspace(workspace.path) as opened:
        assert not verify(opened, kept=[note]).valid


def test_meaning_finds_a_digest_that_was_never_right(workspace: Workspace) -> None:
    assert verify(workspace, meaning=True).valid
