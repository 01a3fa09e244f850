"""SQLite: the default store. WAL, synchronous=FULL, one writer.

With synchronous=NORMAL a power cut loses acknowledged commits (tests/crash shows it), so FULL is
not an option but the promise itself.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

from lianshu.flow.wire import Prepared
from lianshu.kernel.quantity import EXACT, decimal_text
from lianshu.kernel.refusal import Refusal, Refused
from lianshu.kernel.text import Text
from lianshu.record.entry import Entry
from lianshu.record.merkle import Frontier
from lianshu.record.outcome import Outcome
from lianshu.store import ddl
from lianshu.store.placing import Placed, ids_of, place
from lianshu.store.projecting import project_log
from lianshu.store.replaying import Checkpoint, checkpoint_rows
from lianshu.store.store import Head, Row, Sign, entry_of, overflow_refusal

BUSY_S = 30.0
PAGE_BYTES = 16_384  # a fifth less work per row than SQLite's 4,096 (docs/benchmarks.md)
CHECKPOINT_PAGES = 4_000  # 64 MB of WAL: pages that change often are copied to the main file once
Connect = Callable[[Path], sqlite3.Connection]
_LOG_COLUMNS = ", ".join(name for name, _, _ in ddl.LOG_TABLES["entry"])


class ExactSum:
    """Aggregate ``exact_sum(sign, qty)``: the exact decimal sum of sign x qty, as text."""

    def __init__(self) -> None:
        self.total = Decimal(0)

    def step(self, sign: int | None, qty: str | None) -> None:
        """Add one row; SQL NULL adds nothing."""
        if sign and qty is not None:
            number = Decimal(qty)
            # copy_negate: the operator would round to the 28 digits of the default context.
            self.total = EXACT.add(self.total, number if sign > 0 else number.copy_negate())

    def finalize(self) -> str:
        """Canonical text of the sum."""
        return decimal_text(self.total)


def connect(path: Path) -> sqlite3.Connection:
    """A connection with the pragmas that durability needs."""
    connection = sqlite3.connect(
        path, timeout=BUSY_S, isolation_level=None, check_same_thread=False
    )
    connection.create_aggregate("exact_sum", 2, ExactSum)  # type: ignore[arg-type]
    return tuned(connection)


def tuned(
    connection: sqlite3.Connection,
    *,
    synchronous: str = "FULL",
    checkpoint_pages: int = CHECKPOINT_PAGES,
) -> sqlite3.Connection:
    """The same connection with the store's pragmas.

    Only the power-loss test says anything but ``FULL``, to show what that would lose.
    """
    # Holds for a file that is still empty; an older one keeps the page size that it has.
    connection.execute(f"PRAGMA page_size={PAGE_BYTES}")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute(f"PRAGMA synchronous={synchronous}")
    connection.execute(f"PRAGMA wal_autocheckpoint={checkpoint_pages}")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA temp_store=MEMORY")
    connection.execute("PRAGMA cache_size=-65536")
    return connection


# What the machine, not the program, did wrong: SQLite's primary result code, rule and remedy.
_FAULTS = {
    sqlite3.SQLITE_FULL: (
        "disk_full",
        Text("磁盘已满，这一批没有写入", "the disk is full and nothing of this batch was written"),
        Text("腾出空间后重新提交；此前接受的条目完好",
             "free some space and send it again; what was accepted before is safe"),
    ),
    sqlite3.SQLITE_IOERR: (
        "disk_error",
        Text("磁盘读写失败，这一批没有写入", "the disk failed and nothing of this batch was written"),
        Text("检查磁盘空间、配额与系统日志后重新提交",
             "check space, quota and the system's log, then send it again"),
    ),
    sqlite3.SQLITE_BUSY: (
        "busy",
        Text("另一个程序一直在写入", "another program has been writing all the time"),
        Text("待其结束后重试", "try again when it has finished"),
    ),
    sqlite3.SQLITE_READONLY: (
        "readonly",
        Text("文件只读", "the file may not be written"),
        Text("检查文件与文件夹的权限", "check the rights of the file and its folder"),
    ),
    sqlite3.SQLITE_CANTOPEN: (
        "unopened",
        Text("文件打不开", "the file cannot be opened"),
        Text("检查文件与文件夹的权限", "check the rights of the file and its folder"),
    ),
    sqlite3.SQLITE_CORRUPT: (
        "damaged",
        Text("文件已损坏", "the file is damaged"),
        Text("运行 lianshu verify，再由备份恢复", "run lianshu verify and restore a backup"),
    ),
    sqlite3.SQLITE_NOTADB: (
        "damaged",
        Text("文件不是数据库", "the file is not a database"),
        Text("由备份恢复", "restore a backup"),
    ),
}  # fmt: skip


@contextmanager
def _refusing(path: Path) -> Iterator[None]:
    """Say what the disk or another writer did as a refusal; a fault of the program stays itself."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code not in _FAULTS:
            raise
        name, rule, remedy = _FAULTS[code]
        raise Refused(Refusal(path.name, rule, remedy, code=name)) from error


class SqliteStore:
    """The record in one SQLite file."""

    dialect = "sqlite"

    def __init__(self, path: Path, connect: Connect = connect) -> None:
        self.path = path
        self._connect = connect
        self._writing = threading.Lock()
        self._mine = threading.local()
        self._readers: list[sqlite3.Connection] = []
        with _refusing(path):
            self._db = connect(path)
            self._create()

    def _create(self) -> None:
        found = self._db.execute("SELECT 1 FROM sqlite_master WHERE name='supersession'").fetchone()
        if not found:
            self._db.execute("BEGIN IMMEDIATE")
            for statement in ddl.log_ddl("sqlite") + ddl.projection_ddl("sqlite"):
                self._db.execute(statement)
            self._db.execute("COMMIT")

    def close(self) -> None:
        """Close the file."""
        for reader in self._readers:
            reader.close()
        self._db.close()

    @property
    def _reader(self) -> sqlite3.Connection:
        """This thread's own connection, so that it never sees another thread's open transaction."""
        reader: sqlite3.Connection | None = getattr(self._mine, "reader", None)
        if reader is None:
            reader = self._mine.reader = self._connect(self.path)
            reader.execute("PRAGMA query_only=ON")
            self._readers.append(reader)
        return reader

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """One writer at a time: of this process by the lock, of all by BEGIN IMMEDIATE.

        Raises ``Refused``, with nothing written, where the disk or another writer does not let it.
        """
        with self._writing, _refusing(self.path):
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise

    def query(self, sql: str, binds: Mapping[str, Any] | None = None) -> list[Row]:
        """Rows of a portable query."""
        try:
            return self._reader.execute(sql, dict(binds or {})).fetchall()
        except sqlite3.OperationalError as error:
            if "finalize" not in str(error):
                raise
            raise Refused(overflow_refusal()) from error  # all that ExactSum can raise

    def stream(self, sql: str, binds: Mapping[str, Any] | None = None) -> Iterator[Row]:
        """Rows of a portable query as they come, for a reading that keeps none of them."""
        return iter(self._reader.execute(sql, dict(binds or {})))

    def append(self, batch: Sequence[Prepared | Refusal], sign: Sign, now_us: int) -> list[Outcome]:
        """Take a batch in one transaction: decided, logged, projected and signed together."""
        with self._transaction():
            size, frontier = self._frontier()
            known = self._known(ids_of(batch))
            corrected = self._corrected(known, batch)
            placed = place(batch, known, corrected, size, now_us)
            self._write(placed)
            if placed.entries:
                frontier.extend(placed.leaves)
                root = frontier.root()
                note = sign(frontier.size, root, now_us)
                row = (frontier.size, root, now_us, note, frontier.to_bytes())
                self._db.execute(ddl.insert("checkpoint", 5), row)
        return placed.outcomes

    def append_verbatim(self, placed: Placed, checkpoints: Sequence[Checkpoint]) -> bool:
        """Write another log's rows as they stand; see ``replaying.Mirror``."""
        with self._transaction():
            size, frontier = self._frontier()
            next_one = not placed.entries or placed.entries[0][0] == size + 1
            if next_one:
                rows = checkpoint_rows(frontier, placed.entries, checkpoints)
                self._write(placed)
                self._db.executemany(ddl.insert("checkpoint", 5), rows)
        return next_one

    def _write(self, placed: Placed) -> None:
        run = self._db.executemany
        if placed.entries:
            run(ddl.insert("entry", 12), placed.entries)
        for name, rows in placed.rows.items():
            if rows:
                run(ddl.insert(ddl.stored_name(name), len(rows[0])), rows)
        if placed.supersessions:
            run(ddl.insert("supersession", 2), placed.supersessions)
        if placed.refusals:
            statement = ddl.insert("refusal", 7).replace("INSERT", "INSERT OR IGNORE")
            run(statement, placed.refusals)

    def _frontier(self) -> tuple[int, Frontier]:
        row = self._db.execute(
            "SELECT size, frontier FROM checkpoint ORDER BY size DESC LIMIT 1"
        ).fetchone()
        return (row[0], Frontier.from_bytes(row[1])) if row else (0, Frontier())

    def _known(self, ids: list[str]) -> dict[str, tuple[int, bytes]]:
        found: dict[str, tuple[int, bytes]] = {}
        for start in range(0, len(ids), 500):
            some = ids[start : start + 500]
            marks = ",".join("?" * len(some))
            for id_, seq, digest in self._db.execute(
                f"SELECT id, seq, digest FROM entry WHERE id IN ({marks})", some
            ):
                found[id_] = (seq, digest)
        return found

    def _corrected(
        self, known: Mapping[str, tuple[int, bytes]], batch: Sequence[Prepared | Refusal]
    ) -> dict[int, int]:
        named = {one.log_row[8] for one in batch if isinstance(one, Prepared) and one.log_row[8]}
        seqs = [known[name][0] for name in named if name in known]
        return {
            row[0]: row[1]
            for seq in seqs
            for row in self._db.execute("SELECT * FROM supersession WHERE entry_seq=?", (seq,))
        }

    def head(self) -> Head:
        """Where the log ends."""
        row = self._reader.execute(
            "SELECT size, root, note FROM checkpoint ORDER BY size DESC LIMIT 1"
        ).fetchone()
        return Head(*row) if row else Head(0, Frontier().root(), "")

    def log_rows(self, start: int = 1, stop: int | None = None) -> Iterator[Row]:
        """Raw log rows in order of seq."""
        return iter(
            self._reader.execute(
                f"SELECT {_LOG_COLUMNS} FROM entry WHERE seq >= ? AND seq < ? ORDER BY seq",
                (start, stop if stop is not None else 2**62),
            )
        )

    def entries(self, start: int = 1, stop: int | None = None) -> Iterator[Entry]:
        """Entries in order of seq."""
        return (entry_of(row) for row in self.log_rows(start, stop))

    def find(self, entry_id: str) -> int:
        """Sequence number of an entry id, or 0."""
        row = self._reader.execute("SELECT seq FROM entry WHERE id=?", (entry_id,)).fetchone()
        return int(row[0]) if row else 0

    def checkpoints(self) -> list[tuple[int, bytes, int, str]]:
        """Every signed checkpoint, oldest first."""
        return self._reader.execute(
            "SELECT size, root, time_us, note FROM checkpoint ORDER BY size"
        ).fetchall()

    def leaves(self, start: int, stop: int) -> list[bytes]:
        """Leaf hashes of start <= seq < stop."""
        rows = self._reader.execute(
            "SELECT leaf FROM entry WHERE seq >= ? AND seq < ? ORDER BY seq", (start, stop)
        )
        return [row[0] for row in rows]

    def rebuild(self) -> int:
        """Drop every projection and make it again from the log, in one transaction."""
        with self._transaction():
            for statement in ddl.drop_projections() + ddl.projection_ddl("sqlite"):
                self._db.execute(statement)
            flows = 0
            for placed in project_log(self.log_rows(), self.find):
                flows += len(placed.rows["flow"])
                self._write(placed)
        return flows

    def projected_rows(self, table: str) -> Iterator[Row]:
        """Every row of a projection, in primary-key order."""
        assert table in ddl.PROJECTED, table
        order = "entry_seq" if table == "supersession" else "entry_seq, line"
        return iter(
            self._reader.execute(f"SELECT * FROM {ddl.stored_name(table)} ORDER BY {order}")
        )
