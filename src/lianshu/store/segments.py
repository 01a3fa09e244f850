"""Segments: sealed Parquet files of the projections, for engines that read columns.

Every ``SEGMENT_ENTRIES`` entries of the log become one immutable file per projection, projected from
the log itself and named by its first and last entry. The same log gives the same bytes. The manifest
says what is sealed: rows, size and SHA-256 of each file, and the leaf of the last entry, so that
segments of another log, of another schema, or with a damaged file are made anew, never read.
Supersession is not sealed: a correction may arrive for any entry at any time.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from lianshu.flow.table import projections, stored_columns
from lianshu.store.extra import missing_extra
from lianshu.store.projecting import project_log, without_cycles
from lianshu.store.store import Row, Store

try:
    import pyarrow as pa
    import pyarrow.parquet as pq
except ModuleNotFoundError as error:
    raise missing_extra("pyarrow", "analytics") from error

SEGMENT_ENTRIES = 50_000
GROUP_ROWS = 20_000
MANIFEST = "manifest.json"
_DECIMAL = pa.decimal128(38, 18)
_TYPES = {"integer": pa.int64(), "time": pa.int64(), "boolean": pa.int64(), "decimal": _DECIMAL}


@dataclass(frozen=True, slots=True)
class SealedFile:
    """One Parquet file: its name in the folder, its rows, its bytes and their SHA-256 (hex)."""

    name: str
    rows: int
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Segment:
    """The sealed rows of the entries ``first`` to ``last``; ``leaf`` is that of the last (hex)."""

    first: int
    last: int
    leaf: str
    files: dict[str, SealedFile]


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a folder holds: segments in order without a gap, and the shape that they were made in."""

    shape: str
    segments: tuple[Segment, ...] = ()

    @property
    def sealed(self) -> int:
        """The last entry that is sealed, 0 for none."""
        return self.segments[-1].last if self.segments else 0

    def files(self, table: str) -> list[SealedFile]:
        """Files of one projection, in order."""
        return [one.files[table] for one in self.segments if table in one.files]


@dataclass(slots=True)
class Known:
    """Files whose bytes this process has compared with the manifest, by name, size and time."""

    files: set[tuple[str, int, int]] = field(default_factory=set)


def seal(
    store: Store, folder: Path, *, every: int = SEGMENT_ENTRIES, known: Known | None = None
) -> Manifest:
    """Seal every full run of ``every`` entries that is not sealed yet; the manifest of the folder.

    Sound segments stay; from the first that is not, all are made anew. Each file and then the
    manifest is on disk before this returns, and a crash on the way leaves the manifest before.
    """
    shape = _shape(every)
    size = store.head().size
    with _locked(folder), without_cycles():
        kept = _sound(read_manifest(folder, shape), store, folder, known or Known())
        before = len(kept.segments)
        segments = list(kept.segments)
        for first in range(kept.sealed + 1, size - every + 2, every):
            segments.append(_seal_one(store, folder, first, first + every - 1))
        manifest = Manifest(shape, tuple(segments))
        if len(segments) != before or not (folder / MANIFEST).exists():
            _write_manifest(folder, manifest)
        _sweep(folder, manifest)
    return manifest


def read_manifest(folder: Path, shape: str) -> Manifest:
    """The manifest of a folder; an empty one where there is none or it is of another shape."""
    try:
        found = json.loads((folder / MANIFEST).read_bytes())
        segments = tuple(
            Segment(
                one["first"],
                one["last"],
                one["leaf"],
                {name: SealedFile(**file) for name, file in one["files"].items()},
            )
            for one in found["segments"]
        )
    except (OSError, ValueError, KeyError, TypeError):
        return Manifest(shape)
    return Manifest(shape, segments if found["shape"] == shape else ())


def drop(folder: Path) -> None:
    """Drop every segment: without a manifest nothing is sealed, and ``seal`` makes all anew.

    The files stay until then for readers that have them open; new ones take their places whole.
    """
    with _locked(folder):
        (folder / MANIFEST).unlink(missing_ok=True)


def arrow_table(name: str, rows: Sequence[Row]) -> pa.Table:
    """Stored rows of a projection as columns: integers, text, and decimal128(38, 18) quantities.

    >>> arrow_table("item", []).schema.field("entry_seq").type
    DataType(int64)
    """
    schema = arrow_schema(name)
    columns: Any = zip(*rows, strict=True) if rows else [()] * len(schema)
    arrays = [
        # Decimals come as text or as Decimal, as the engine has them; text is cast in bulk.
        pa.array(column, pa.string()).cast(_DECIMAL)
        if one.type == _DECIMAL and not _has_decimal(column)
        else pa.array(column, one.type)
        for one, column in zip(schema, columns, strict=True)
    ]
    return pa.Table.from_arrays(arrays, schema=schema)


def arrow_schema(name: str) -> pa.Schema:
    """Column names and types of a projection (or of supersession) in a segment."""
    if name == "supersession":
        return pa.schema([("entry_seq", pa.int64()), ("by_seq", pa.int64())])
    return pa.schema(
        [(column, _TYPES.get(kind, pa.string())) for column, kind in stored_columns(name)]
    )


def _has_decimal(column: Sequence[Any]) -> bool:
    first = next((value for value in column if value is not None), None)
    return first is not None and not isinstance(first, str)


def _shape(every: int) -> str:
    """A digest of everything besides the log that decides a segment's bytes."""
    columns = {name: stored_columns(name) for name in projections()}
    parts = [every, GROUP_ROWS, pa.__version__, columns]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _sound(manifest: Manifest, store: Store, folder: Path, known: Known) -> Manifest:
    """The leading segments that are of this log and whose files are what was written."""
    segments = list(manifest.segments)
    # A log that differs from this one (an older backup put back) differs to its end.
    while segments and not _is_of_log(segments[-1], store):
        segments.pop()
    for n, one in enumerate(segments):
        if not all(_is_sound(folder / file.name, file, known) for file in one.files.values()):
            del segments[n:]
            break
    return Manifest(manifest.shape, tuple(segments))


def _is_of_log(segment: Segment, store: Store) -> bool:
    leaf = store.leaves(segment.last, segment.last + 1)
    return bool(leaf) and bytes(leaf[0]).hex() == segment.leaf


def _is_sound(path: Path, file: SealedFile, known: Known) -> bool:
    try:
        about = path.stat()
    except OSError:
        return False
    mark = (file.sha256, about.st_size, about.st_mtime_ns)
    if mark not in known.files:
        if about.st_size != file.size or file_sha256(path) != file.sha256:
            return False
        known.files.add(mark)
    return True


def _seal_one(store: Store, folder: Path, first: int, last: int) -> Segment:
    """Project the entries ``first`` to ``last`` into one file per table that has rows."""
    tables: dict[str, _TableFile] = {}
    try:
        for placed in project_log(store.log_rows(first, last + 1), _nothing):
            for name, rows in placed.rows.items():
                if rows and name not in tables:
                    tables[name] = _TableFile(folder, name, f"{first:012d}-{last:012d}")
                if rows:
                    tables[name].add(rows)
        files = {name: table.finish() for name, table in sorted(tables.items())}
    finally:
        for table in tables.values():
            table.abandon()
    leaf = store.leaves(last, last + 1)[0]
    return Segment(first, last, bytes(leaf).hex(), files)


def _nothing(_: str) -> int:
    """Supersessions are not sealed, so no target is looked up."""
    return 0


class _TableFile:
    """A Parquet file in the making; row groups are cut by rows alone, so bytes do not depend on batches."""

    def __init__(self, folder: Path, table: str, span: str) -> None:
        self._table = table
        self._path = folder / f"{table}-{span}.parquet"
        self._part = folder / f".{self._path.name}.part"
        self._rows: list[Row] = []
        self._count = 0
        self._file = self._part.open("wb")
        self._writer = pq.ParquetWriter(
            self._file,
            arrow_schema(table),
            compression="zstd",
            compression_level=1,
            write_page_checksum=True,
        )

    def add(self, rows: list[Row]) -> None:
        self._rows += rows
        while len(self._rows) >= GROUP_ROWS:
            self._flush(self._rows[:GROUP_ROWS])
            del self._rows[:GROUP_ROWS]

    def _flush(self, rows: list[Row]) -> None:
        self._writer.write_table(arrow_table(self._table, rows), row_group_size=GROUP_ROWS)
        self._count += len(rows)

    def finish(self) -> SealedFile:
        if self._rows:
            self._flush(self._rows)
        self._writer.close()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        digest, size = file_sha256(self._part), self._part.stat().st_size
        self._part.replace(self._path)
        return SealedFile(self._path.name, self._count, size, digest)

    def abandon(self) -> None:
        """After ``finish`` nothing is left to do."""
        if not self._file.closed:
            self._writer.close()
            self._file.close()
            self._part.unlink(missing_ok=True)


def file_sha256(path: Path) -> str:
    """SHA-256 of a file's bytes, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write_manifest(folder: Path, manifest: Manifest) -> None:
    # The files' own names first: a manifest never names what a power cut can take away.
    _sync_folder(folder)
    about = {"shape": manifest.shape, "segments": [asdict(one) for one in manifest.segments]}
    part = folder / f".{MANIFEST}.part"
    with part.open("wb") as file:
        file.write(json.dumps(about, indent=1).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())
    part.replace(folder / MANIFEST)
    _sync_folder(folder)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sweep(folder: Path, manifest: Manifest) -> None:
    """Remove files that no manifest names: what a crash or another shape left behind."""
    named = {file.name for one in manifest.segments for file in one.files.values()}
    for path in folder.iterdir():
        if path.name.endswith((".parquet", ".parquet.part")) and path.name not in named:
            path.unlink()


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """One process at a time seals in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
