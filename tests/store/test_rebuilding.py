"""Rebuild: every projection comes out of the log as it was, and damage to one is undone and told."""

from __future__ import annotations

from pathlib import Path

import pytest

from lianshu.app.rebuilding import digest_projection, rebuild
from lianshu.app.workspace import Workspace
from lianshu.kernel.refusal import Refused
from lianshu.store import segments
from lianshu.store.ddl import PROJECTED
from tests.conformance.records import new_workspace, prepared, produce, take, tamper

ENTRIES = 40


def fill(workspace: Workspace) -> None:
    entries = [produce(f"e{n}", f"{n}.5", f"L{n % 4}") for n in range(ENTRIES)]
    for n in range(3, ENTRIES, 5):
        entries[n] |= {"kind": "correction", "supersedes": f"e{n - 1}"}
        entries[n]["things"] = [
            {"table": "place", "id": "mill", "latitude": "-1.50", "name": str(n)}
        ]
    take(workspace, prepared(entries), batch=9)


@pytest.mark.parametrize("home", ["sqlite", "postgres"])
def test_a_rebuild_is_byte_identical(
    home: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    if home == "postgres":
        monkeypatch.setenv("LIANSHU_DSN", request.getfixturevalue("postgres_dsn"))
    monkeypatch.setattr(segments, "GROUP_ROWS", 7)
    with new_workspace(tmp_path / "w") as workspace:
        assert workspace.store.dialect == home
        fill(workspace)
        segments.seal(workspace.store, workspace.path / "segments")
        before = workspace.run("stock").rows
        report = rebuild(workspace, verify=True)
        assert report.identical
        assert (report.entries, report.flow_rows) == (ENTRIES, ENTRIES)
        named = {part.name: part for part in report.parts if part.store == home}
        assert set(named) == set(PROJECTED)
        assert named["supersession"].rows == named["place"].rows == len(range(3, ENTRIES, 5))
        assert all(len(part.before) == 64 for part in named.values())
        assert workspace.run("stock").rows == before


def test_sealed_files_are_rebuilt_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segments, "SEGMENT_ENTRIES", 10)
    monkeypatch.setattr(segments.seal, "__kwdefaults__", {"every": 10, "known": None})
    with new_workspace(tmp_path / "w") as workspace:
        fill(workspace)
        folder = workspace.path / "segments"
        segments.seal(workspace.store, folder, every=10)
        sound = {path.name: path.read_bytes() for path in folder.glob("*.parquet")}
        assert len(sound) == 8
        assert rebuild(workspace, verify=True).identical
        name = min(sound)
        (folder / name).write_bytes(sound[name][:-1] + b"?")
        report = rebuild(workspace, verify=True)
        assert [part.name for part in report.parts if not part.identical] == [name]
        assert {path.name: path.read_bytes() for path in folder.glob("*.parquet")} == sound


def test_a_changed_projection_is_told_and_undone(tmp_path: Path) -> None:
    with new_workspace(tmp_path / "w") as workspace:
        fill(workspace)
        sound = digest_projection(workspace.store, "flow")
        tamper(workspace, "UPDATE flow_row SET qty = '1000' WHERE entry_seq = 7")
        report = rebuild(workspace, verify=True)
        assert [part.name for part in report.parts if not part.identical] == ["flow"]
        assert digest_projection(workspace.store, "flow") == sound
        names, rows = report.table()
        assert len(rows) == len(report.parts) and len(rows[0]) == len(names)


def test_a_log_that_no_longer_validates_is_not_projected(tmp_path: Path) -> None:
    with new_workspace(tmp_path / "w") as workspace:
        fill(workspace)
        sound = digest_projection(workspace.store, "flow")
        tamper(workspace, "UPDATE entry SET payload = CAST('{}' AS BLOB) WHERE seq = 5")
        with pytest.raises(Refused, match="entry 5 is no longer valid; run lianshu verify"):
            rebuild(workspace)
        assert digest_projection(workspace.store, "flow") == sound
