"""Rebuilding: every projection dropped and made again from the log, and proven to be the same.

The log is the only truth, so a projection may be thrown away at any time. With ``verify`` the bytes
before and after are compared: of a table the SHA-256 of its rows in primary-key order, of a sealed
segment that of its file.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from lianshu.app.mirroring import SEGMENTS, close_mirrors, remove_replica
from lianshu.flow.table import stored_columns
from lianshu.kernel.quantity import decimal_text
from lianshu.store.ddl import PROJECTED
from lianshu.store.projecting import without_cycles
from lianshu.store.store import Row

if TYPE_CHECKING:
    from lianshu.app.workspace import Workspace
    from lianshu.store.duckdb import DuckdbReader
    from lianshu.store.store import Store

_ENCODE = msgspec.json.Encoder().encode
_CHUNK = 2_000


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """One projection of one engine: rows, and SHA-256 (hex) before and after, empty if not asked for.

    ``before`` is also empty for what was not there before.
    """

    store: str
    name: str
    rows: int
    before: str
    after: str

    @property
    def identical(self) -> bool:
        """Whether nothing changed, as far as was asked."""
        return not self.before or self.before == self.after


@dataclass(frozen=True, slots=True)
class Report:
    """What was rebuilt: entries read, flow rows made in ``seconds``, and each projection."""

    entries: int
    flow_rows: int
    seconds: float
    parts: tuple[Rebuilt, ...]

    @property
    def identical(self) -> bool:
        """Whether every projection came out as it was."""
        return all(part.identical for part in self.parts)

    def table(self) -> tuple[tuple[str, ...], list[Row]]:
        """Column names and rows for a person."""
        rows: list[Row] = [
            (one.store, one.name, one.rows, one.after[:16], one.identical) for one in self.parts
        ]
        return ("store", "projection", "rows", "sha256", "identical"), rows


def rebuild(workspace: Workspace, *, verify: bool = False) -> Report:
    """Drop every projection and make it again from the log.

    Tables change in one transaction, so readers see the old ones until the new ones are whole.
    Segments are rebuilt where some were sealed; a replica is removed and made again by the next read.

    >>> import tempfile
    >>> from lianshu.app.workspace import init
    >>> with init(Path(tempfile.mkdtemp()) / "w") as w:
    ...     report = rebuild(w, verify=True)
    >>> report.entries, report.identical, [part.name for part in report.parts][:2]
    (0, True, ['supersession', 'flow'])
    """
    store = workspace.store
    entries = store.head().size
    before = _tables(store) if verify else {}
    start = time.perf_counter()
    with without_cycles():
        flow_rows = store.rebuild()
    seconds = time.perf_counter() - start
    after = _tables(store) if verify else {}
    tables = [
        Rebuilt(store.dialect, name, *_pair(before.get(name), after.get(name)))
        for name in PROJECTED
    ]
    close_mirrors(workspace)
    remove_replica(workspace.path)
    segments = _rebuild_segments(store, workspace.path / SEGMENTS)
    return Report(entries, flow_rows, seconds, (*tables, *segments))


def digest_projection(store: Store | DuckdbReader, name: str) -> tuple[int, str]:
    """Rows of a projection and the SHA-256 of their canonical bytes in primary-key order.

    Quantities are in their shortest form, so engines with the same rows have the same digest.
    """
    kinds = () if name == "supersession" else stored_columns(name)
    decimals = [n for n, (_, kind) in enumerate(kinds) if kind == "decimal"]
    digest = hashlib.sha256()
    count = 0
    rows = iter(store.projected_rows(name))
    while some := list(islice(rows, _CHUNK)):
        count += len(some)
        digest.update(b"".join(_bytes(row, decimals) for row in some))
    return count, digest.hexdigest()


def _bytes(row: Row, decimals: Iterable[int]) -> bytes:
    plain: Any = row
    for n in decimals:
        if isinstance(row[n], Decimal):
            plain = [*plain[:n], decimal_text(row[n]), *plain[n + 1 :]]
    return _ENCODE(plain) + b"\n"


def _tables(store: Store) -> dict[str, tuple[int, str]]:
    return {name: digest_projection(store, name) for name in PROJECTED}


def _pair(before: tuple[int, str] | None, after: tuple[int, str] | None) -> tuple[int, str, str]:
    rows, digest = after or (0, "")
    return rows, before[1] if before else "", digest


def _rebuild_segments(store: Store, folder: Path) -> list[Rebuilt]:
    """Drop and seal again; hashes of the files as they are on disk, not as a manifest says."""
    if not folder.is_dir():
        return []
    from lianshu.store.segments import drop, file_sha256, seal

    before = {path.name: file_sha256(path) for path in folder.glob("*.parquet")}
    drop(folder)
    sealed = seal(store, folder)
    files = [file for segment in sealed.segments for file in segment.files.values()]
    return [
        Rebuilt("segments", file.name, file.rows, before.get(file.name, ""), file.sha256)
        for file in files
    ]
