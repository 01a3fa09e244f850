"""A backup brings back the same record, and a wrong archive is refused."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest

from lianshu.app.keeping import backup, restore
from lianshu.app.workspace import init
from lianshu.app.workspace import open as open_workspace
from lianshu.kernel.refusal import Refused
from tests.workspaces import entry


def test_a_backup_restores_to_the_same_root(tmp_path: Path) -> None:
    archive = tmp_path / "w.tar.gz"
    with init(tmp_path / "w") as workspace:
        for n in range(5):
            workspace.post(entry(f"e{n}"))
        workspace.publish_checkpoint()
        assert backup(workspace, archive) == 5
        root = workspace.head().root
        workspace.post(entry("later"))
    assert archive.stat().st_mode & 0o077 == 0, "the archive holds the signing key"
    result = restore(archive, tmp_path / "back")
    assert (result.valid, result.size, result.root) == (True, 5, root)
    with open_workspace(tmp_path / "back") as back:
        assert back.post(entry("e0")).outcome == "exists"
        assert back.post(entry("new")).outcome == "accept"


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    with init(tmp_path / "w") as workspace:
        workspace.post(entry("e1"))
        backup(workspace, tmp_path / "a.tar.gz")
        with pytest.raises(Refused):
            backup(workspace, tmp_path / "a.tar.gz")
    with pytest.raises(Refused):
        restore(tmp_path / "a.tar.gz", tmp_path / "w")


@pytest.mark.parametrize("content", [b"", b"not a tar", b"\x1f\x8b\x08\x00broken"])
def test_a_file_that_is_no_backup_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.tar.gz"
    path.write_bytes(content)
    with pytest.raises(Refused):
        restore(path, tmp_path / "back")


def test_an_archive_cannot_write_outside_its_folder(tmp_path: Path) -> None:
    evil = tmp_path / "evil.txt"
    evil.write_text("x")
    path = tmp_path / "x.tar.gz"
    with tarfile.open(path, "w:gz") as tar:
        tar.add(evil, arcname="../outside.txt")
        tar.add(evil, arcname="workspace.json")
    with pytest.raises(Refused):
        restore(path, tmp_path / "back")
    assert not (tmp_path / "outside.txt").exists()
