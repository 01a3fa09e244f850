"""Keeping: one archive file that a workspace can be brought back from, and the way back."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tarfile
import tempfile
from pathlib import Path

from lianshu.app.verifying import Verification, verify
from lianshu.app.workspace import Workspace
from lianshu.app.workspace import open as open_workspace
from lianshu.kernel.refusal import Refusal, Refused
from lianshu.kernel.text import Text

MEMBERS = ("workspace.json", "keys/log.pem", "checkpoint", "record.db", "site.db")
DATABASES = ("record.db", "site.db")


def backup(workspace: Workspace, archive: Path) -> int:
    """Write a consistent archive while the workspace is in use; the number of entries in it.

    Holds the signing key, so it is made readable by its owner alone. Refused where the file exists.
    """
    if archive.exists():
        raise _refused(archive, "文件已存在", "the file exists", "另取文件名", "use another name")
    with tempfile.TemporaryDirectory(dir=archive.parent) as scratch:
        folder = Path(scratch)
        for name in MEMBERS:
            source = workspace.path / name
            if not source.exists() or name in DATABASES:
                continue
            (folder / name).parent.mkdir(exist_ok=True)
            shutil.copy2(source, folder / name)
        _copy_databases(workspace, folder)
        part = archive.with_name(f".{archive.name}.part")
        with tarfile.open(part, "w:gz") as tar:
            for name in MEMBERS:
                if (folder / name).exists():
                    tar.add(folder / name, arcname=name)
        part.chmod(0o600)
        with part.open("rb") as file:
            os.fsync(file.fileno())
        part.replace(archive)
    return workspace.head().size


def _copy_databases(workspace: Workspace, folder: Path) -> None:
    for name in DATABASES:
        source = workspace.path / name
        if source.exists():
            with sqlite3.connect(source) as live, sqlite3.connect(folder / name) as copy:
                live.backup(copy)
            live.close()
            copy.close()
    if workspace.store.dialect != "sqlite":
        from lianshu.app.mirroring import replicate
        from lianshu.store.sqlite import SqliteStore

        target = SqliteStore(folder / "record.db")
        replicate(workspace.store, target)
        target.close()


def restore(archive: Path, folder: Path) -> Verification:
    """Unpack an archive into a new folder and verify it; refused where the folder is not empty.

    The folder appears only when everything is in it.
    """
    if folder.exists() and any(folder.iterdir()):
        raise _refused(
            folder,
            "文件夹不是空的",
            "the folder is not empty",
            "另选文件夹",
            "choose another folder",
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        whole = Path(scratch) / "workspace"
        _unpack(archive, whole)
        with open_workspace(whole) as workspace:
            result = verify(workspace)
        whole.replace(folder)
    return result


def _unpack(archive: Path, folder: Path) -> None:
    try:
        with tarfile.open(archive, "r:gz") as tar:
            members = [m for m in tar.getmembers() if m.name in MEMBERS and m.isfile()]
            if "workspace.json" not in {m.name for m in members}:
                raise _refused(archive, "不是链枢备份", "it is not a Lianshu backup",
                               "核对文件", "check the file")  # fmt: skip
            tar.extractall(folder, members=members, filter="data")
    except (tarfile.TarError, OSError, EOFError) as error:
        raise _refused(archive, f"读不出备份（{error}）", f"the backup cannot be read ({error})",
                       "核对文件", "check the file") from None  # fmt: skip


def _refused(path: Path, zh: str, en: str, remedy_zh: str, remedy_en: str) -> Refused:
    return Refused(Refusal(str(path), Text(zh, en), Text(remedy_zh, remedy_en), code="archive"))
