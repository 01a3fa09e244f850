"""A disk that loses its power: what was written and not yet synced survives sector by sector, by chance.

SQLite runs on a virtual file system (apsw) that passes everything through to real files and keeps a
journal of writes, syncs and truncations beside them. From the journal the disk can be shown as it
would be had the power gone at any moment: every synced byte is there, and each 512-byte sector
written since the last sync of its file is there or not with probability one half.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import apsw

SECTOR = 512
DATABASE = "record.db"
WAL = "record.db-wal"


@dataclass
class Disk:
    """The journal of one run: (what, file, offset or size, bytes), in order."""

    journal: list[tuple[str, str, int, bytes]] = field(default_factory=list)
    writes_left: int = -1
    """How many writes succeed before the disk is full; negative: it never is."""

    def note(self, what: str, path: str, at: int = 0, data: bytes = b"") -> None:
        """Write one act down; acts on files that do not outlive a crash are left out."""
        name = Path(path).name
        if name in (DATABASE, WAL):
            self.journal.append((what, name, at, data))

    def spend(self) -> None:
        """Count a write, or be full."""
        if self.writes_left == 0:
            raise apsw.FullError("the disk is full")
        if self.writes_left > 0:
            self.writes_left -= 1


class PowerVfs(apsw.VFS):
    """The system's own files, with every act written down in a ``Disk``."""

    def __init__(self, disk: Disk) -> None:
        self.disk = disk
        self.vfs_name = f"power-{id(disk)}"
        super().__init__(self.vfs_name, "")

    def xOpen(self, name: Any, flags: list[int]) -> PowerFile:  # noqa: N802 - SQLite's name
        """Open a file of which we keep the journal."""
        return PowerFile(self.disk, name, flags)


class PowerFile(apsw.VFSFile):
    """One open file."""

    def __init__(self, disk: Disk, name: Any, flags: list[int]) -> None:
        self.disk = disk
        self.path = name.filename() if isinstance(name, apsw.URIFilename) else (name or "")
        super().__init__("", name, flags)

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802
        """Write, but not yet durably."""
        self.disk.spend()
        self.disk.note("write", self.path, offset, bytes(data))
        super().xWrite(data, offset)

    def xSync(self, flags: int) -> None:  # noqa: N802
        """Make everything written so far durable. The real file needs no sync: nobody cuts its power."""
        self.disk.note("sync", self.path)

    def xTruncate(self, size: int) -> None:  # noqa: N802
        """Cut the file; no more durable than a write."""
        self.disk.note("truncate", self.path, size)
        super().xTruncate(size)


class PowerConnection(apsw.Connection):
    """A connection on that file system, which answers the calls that the store makes of sqlite3's."""

    def __init__(self, path: Path, vfs: PowerVfs) -> None:
        super().__init__(str(path), vfs=vfs.vfs_name)
        # Such a file system has no shared memory, so the WAL index is kept in the process; what is
        # written to the files, and when it is synced, is the same.
        self.execute("PRAGMA locking_mode=EXCLUSIVE")


@dataclass
class _File:
    durable: bytearray
    pending: list[tuple[str, int, bytes]] = field(default_factory=list)

    def sync(self) -> None:
        for what, at, data in self.pending:
            _apply(self.durable, what, at, data)
        self.pending.clear()

    def survivor(self, rng: random.Random) -> bytes:
        """The file as it may be found after the power went now."""
        image = bytearray(self.durable)
        for what, at, data in self.pending:
            if what == "truncate":
                if rng.random() < 0.5:
                    _apply(image, what, at, data)
                continue
            for start in range(0, len(data), SECTOR):
                if rng.random() < 0.5:
                    _apply(image, what, at + start, data[start : start + SECTOR])
        return bytes(image)


def _apply(image: bytearray, what: str, at: int, data: bytes) -> None:
    if what == "truncate":
        del image[at:]
        return
    if len(image) < at:
        image.extend(bytes(at - len(image)))
    image[at : at + len(data)] = data


def crashes(
    disk: Disk, before: bytes, count: int, rng: random.Random
) -> Iterator[tuple[int, dict[str, bytes]]]:
    """``count`` moments at which the power went: acknowledgements until then, and the files found.

    ``before`` is the database file, durable, as it was when the journal began.
    """
    moments = [n for n, act in enumerate(disk.journal) if act[0] != "ack"]
    chosen = sorted(rng.choices(moments, k=count))
    files = {DATABASE: _File(bytearray(before)), WAL: _File(bytearray())}
    acknowledged = 0
    at = 0
    for moment in chosen:
        for what, name, where, data in disk.journal[at : moment + 1]:
            if what == "ack":
                acknowledged = where
            elif what == "sync":
                files[name].sync()
            else:
                files[name].pending.append((what, where, data))
        at = moment + 1
        yield acknowledged, {name: file.survivor(rng) for name, file in files.items()}


def connection(path: Path, vfs: PowerVfs) -> Any:
    """A ``PowerConnection``, typed as what the store takes."""
    return cast(Any, PowerConnection(path, vfs))
