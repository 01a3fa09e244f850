"""Capturing a file: an outcome for each line, alike in one process and in two."""

from __future__ import annotations

from pathlib import Path

import pytest

from lianshu.app import capturing
from lianshu.app.capturing import capture
from lianshu.app.workspace import init
from lianshu.kernel.refusal import Refused
from lianshu.record.outcome import Outcome
from tests.workspaces import entry


def outcomes_of(folder: Path, path: Path) -> list[tuple[int, str]]:
    found: list[Outcome] = []
    with init(folder) as workspace:
        capture(workspace, path, "entries", on_outcome=found.append)
    return [(one.line, one.outcome) for one in found]


def test_two_processes_answer_as_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [entry(f"e{n % 50}", source="farm" if n < 60 else "mill") for n in range(120)]
    lines[3] = b'{"id": "broken'
    path = tmp_path / "entries.ndjson"
    path.write_bytes(b"\n".join(lines))
    alone = outcomes_of(tmp_path / "alone", path)
    monkeypatch.setattr(capturing, "BESIDE_BYTES", 0)
    monkeypatch.setattr("lianshu.app.preparing.CHUNK", 7)
    beside = outcomes_of(tmp_path / "beside", path)
    assert alone == beside
    assert {name for _, name in alone} == {"accept", "exists", "conflict", "reject"}
    assert alone[3] == (4, "reject")


def test_a_file_that_cannot_be_read_is_refused_as_a_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "flows.csv"
    path.write_bytes(b"colour,shape\nred,round\n")
    for size in (capturing.BESIDE_BYTES, 0):
        monkeypatch.setattr(capturing, "BESIDE_BYTES", size)
        with init(tmp_path / f"w{size}") as workspace:
            with pytest.raises(Refused) as refused:
                capture(workspace, path, "flows")
            assert "colour" in str(refused.value)
            assert workspace.head().size == 0


def test_capturing_again_adds_nothing(tmp_path: Path) -> None:
    path = tmp_path / "entries.ndjson"
    path.write_bytes(b"\n".join(entry(f"e{n}") for n in range(20)))
    with init(tmp_path / "w") as workspace:
        assert capture(workspace, path).summary()["accept"] == 20
        root = workspace.head().root
        assert capture(workspace, path).summary()["exists"] == 20
        assert workspace.head().root == root
