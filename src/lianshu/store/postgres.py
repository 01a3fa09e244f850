"""PostgreSQL: the record on a server, for many workers. One schema per workspace.

Writers of all processes take turns behind an advisory lock of the schema, held to the end of the
transaction; the UNIQUE constraints stay the guard, and a writer that they stop decides its batch
anew. ``synchronous_commit`` is on, so an acknowledged batch is on the server's disk.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from lianshu.flow.wire import Prepared
from lianshu.kernel.refusal import Refusal, Refused
from lianshu.kernel.text import Text
from lianshu.record.entry import Entry
from lianshu.record.merkle import Frontier
from lianshu.record.outcome import Outcome
from lianshu.store import ddl
from lianshu.store.dialect import say
from lianshu.store.extra import missing_extra
from lianshu.store.placing import Placed, ids_of, place
from lianshu.store.projecting import project_log
from lianshu.store.replaying import Checkpoint, checkpoint_rows
from lianshu.store.store import Head, Row, Sign, entry_of, overflow_refusal

try:
    import psycopg
    from psycopg import Connection
except ModuleNotFoundError as error:
    raise missing_extra("psycopg", "postgres") from error

PAGE = 2_000
TRIES = 3
CONNECT_S = 10
_SCHEMA = re.compile(r"[a-z_][a-z0-9_]{0,62}")
_COPY_TYPES = {"integer": "int8", "time": "int8", "boolean": "int8", "bytes": "bytea"}
_LOG_COLUMNS = ", ".join(name for name, _, _ in ddl.LOG_TABLES["entry"])

T = TypeVar("T")


class PostgresStore:
    """The record in one schema of a PostgreSQL database.

    ``dsn`` is a libpq address, ``schema`` a name of lower-case letters, digits and underscores.
    Raises ``Refused`` (field ``LIANSHU_DSN``) where the server cannot be reached; a connection that
    a restart of the server has broken is replaced without a word.
    """

    dialect = "postgres"

    def __init__(self, dsn: str, schema: str) -> None:
        assert _SCHEMA.fullmatch(schema), f"not a schema name: {schema}"
        self.dsn = dsn
        self.schema = schema
        self._idle: list[Connection[Row]] = []
        self._guard = threading.Lock()
        self._process = os.getpid()
        self._closed = False
        self._do(self._create)

    def close(self) -> None:
        """Close every connection."""
        with self._guard:
            idle, self._idle, self._closed = self._idle, [], True
        for db in idle:
            db.close()

    def erase(self) -> None:
        """Drop the schema with all it holds: only for mirrors, which can be made again."""
        self._do(lambda db: db.execute(f"DROP SCHEMA IF EXISTS {self.schema} CASCADE".encode()))

    def query(self, sql: str, binds: Mapping[str, Any] | None = None) -> list[Row]:
        """Rows of a portable query."""
        given = binds or {}
        said = say("postgres", sql)
        values = {name: _bindable(name, given[name]) for name in said.binds}

        def run(db: Connection[Row]) -> list[Row]:
            # Values are put in by the client: a bare text parameter has no type on the server.
            with psycopg.ClientCursor(db) as cursor:
                return cursor.execute(said.text.encode(), values).fetchall()

        try:
            return self._do(run)
        except psycopg.errors.NumericValueOutOfRange as error:
            raise Refused(overflow_refusal()) from error

    def append(self, batch: Sequence[Prepared | Refusal], sign: Sign, now_us: int) -> list[Outcome]:
        """Take a batch in one transaction: decided, logged, projected and signed together."""

        def run(db: Connection[Row]) -> list[Outcome]:
            with db.transaction():
                self._lock(db)
                size, frontier = _frontier(db)
                known = _known(db, ids_of(batch))
                placed = place(batch, known, _corrected(db, known, batch), size, now_us)
                _write(db, placed)
                if placed.entries:
                    frontier.extend(placed.leaves)
                    root = frontier.root()
                    note = sign(frontier.size, root, now_us)
                    row = (frontier.size, root, now_us, note, frontier.to_bytes())
                    db.execute(ddl.insert("checkpoint", 5, "%s").encode(), row)
            return placed.outcomes

        return self._do(run)

    def append_verbatim(self, placed: Placed, checkpoints: Sequence[Checkpoint]) -> bool:
        """Write another log's rows as they stand; see ``replaying.Mirror``."""

        def run(db: Connection[Row]) -> bool:
            with db.transaction():
                self._lock(db)
                size, frontier = _frontier(db)
                if placed.entries and placed.entries[0][0] != size + 1:
                    return False
                rows = checkpoint_rows(frontier, placed.entries, checkpoints)
                _write(db, placed)
                _copy(db, "checkpoint", _log_types("checkpoint"), rows)
            return True

        return self._do(run)

    def head(self) -> Head:
        """Where the log ends."""
        rows = self.query("SELECT size, root, note FROM checkpoint ORDER BY size DESC LIMIT 1")
        return Head(*rows[0]) if rows else Head(0, Frontier().root(), "")

    def log_rows(self, start: int = 1, stop: int | None = None) -> Iterator[Row]:
        """Raw log rows in order of seq, read in pages: the log only grows, so pages agree."""
        end = self.head().size + 1 if stop is None else stop
        sql = f"SELECT {_LOG_COLUMNS} FROM entry WHERE seq >= :start AND seq < :stop ORDER BY seq"
        for at in range(start, end, PAGE):
            rows = self.query(sql, {"start": at, "stop": min(at + PAGE, end)})
            if not rows:
                return
            yield from rows

    def entries(self, start: int = 1, stop: int | None = None) -> Iterator[Entry]:
        """Entries in order of seq."""
        return (entry_of(row) for row in self.log_rows(start, stop))

    def find(self, entry_id: str) -> int:
        """Sequence number of an entry id, or 0."""
        if "\0" in entry_id:
            return 0
        rows = self.query("SELECT seq FROM entry WHERE id = :id", {"id": entry_id})
        return int(rows[0][0]) if rows else 0

    def checkpoints(self) -> list[Checkpoint]:
        """Every signed checkpoint, oldest first."""
        sql = "SELECT size, root, time_us, note FROM checkpoint ORDER BY size"
        return [(size, root, time_us, note) for size, root, time_us, note in self.query(sql)]

    def leaves(self, start: int, stop: int) -> list[bytes]:
        """Leaf hashes of start <= seq < stop."""
        sql = "SELECT leaf FROM entry WHERE seq >= :start AND seq < :stop ORDER BY seq"
        return [row[0] for row in self.query(sql, {"start": start, "stop": stop})]

    def rebuild(self) -> int:
        """Drop every projection and make it again from the log, in one transaction."""

        def run(db: Connection[Row]) -> int:
            flows = 0
            with db.transaction():
                self._lock(db)
                size, _ = _frontier(db)
                for statement in ddl.drop_projections() + ddl.projection_ddl("postgres"):
                    db.execute(statement.encode())
                # The log is read on another connection; the lock keeps it as it is.
                for placed in project_log(self.log_rows(1, size + 1), self.find):
                    flows += len(placed.rows["flow"])
                    _write(db, placed)
            return flows

        return self._do(run)

    def projected_rows(self, table: str) -> Iterator[Row]:
        """Every row of a projection, in primary-key order."""
        assert table in ddl.PROJECTED, table
        key = "entry_seq" if table == "supersession" else "entry_seq, line"
        name = ddl.stored_name(table)
        bind = ":seq" if table == "supersession" else ":seq, :line"
        sql = f"SELECT * FROM {name} WHERE ({key}) > ({bind}) ORDER BY {key} LIMIT {PAGE}"
        seq, line = 0, 0
        while rows := self.query(sql, {"seq": seq, "line": line}):
            yield from rows
            seq, line = rows[-1][:2]

    def _create(self, db: Connection[Row]) -> None:
        """Make the schema and its tables, unless they are there."""
        present = "SELECT to_regclass(%s) IS NOT NULL"
        if _one(db, present, (f"{self.schema}.supersession",))[0]:
            return
        with db.transaction():
            self._lock(db)
            db.execute(f"CREATE SCHEMA IF NOT EXISTS {self.schema}".encode())
            for statement in ddl.log_ddl("postgres") + ddl.projection_ddl("postgres"):
                db.execute(statement.encode())

    def _lock(self, db: Connection[Row]) -> None:
        """One writer of this schema at a time, until the transaction ends."""
        db.execute(b"SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (self.schema,))

    # --- connections --------------------------------------------------------------------------------

    def _do(self, work: Callable[[Connection[Row]], T]) -> T:
        """Run ``work`` on a connection of its own; again on a new one where the old one was broken.

        Repeating is safe: a batch whose commit went unheard is met again as ``exists``.
        """
        for left in reversed(range(TRIES)):
            db = self._borrow()
            try:
                done = work(db)
            except psycopg.errors.UniqueViolation:
                self._give_back(db)
                if not left:
                    raise
            except psycopg.OperationalError as error:
                broken = db.broken
                self._give_back(db)
                if not left or not broken:
                    raise _refused(error) from error
                self._forget_idle()
            except BaseException:
                self._give_back(db)
                raise
            else:
                self._give_back(db)
                return done
        raise AssertionError("the last try returns or raises")

    def _borrow(self) -> Connection[Row]:
        with self._guard:
            if self._process != os.getpid():  # connections do not survive a fork
                self._idle, self._process = [], os.getpid()
            if self._idle:
                return self._idle.pop()
        try:
            db = psycopg.connect(self.dsn, autocommit=True, connect_timeout=CONNECT_S)
            db.execute(f"SET search_path TO {self.schema}".encode())
            db.execute(b"SET synchronous_commit TO on")
        except (psycopg.OperationalError, psycopg.ProgrammingError) as error:
            raise _refused(error) from error
        return db

    def _give_back(self, db: Connection[Row]) -> None:
        with self._guard:
            if not db.broken and not db.closed and not self._closed:
                self._idle.append(db)
                return
        db.close()

    def _forget_idle(self) -> None:
        with self._guard:
            idle, self._idle = self._idle, []
        for db in idle:
            db.close()


def _bindable(name: str, value: Any) -> Any:
    """A value to compare with; no text in the record holds NUL, so asking for one is a mistake."""
    if isinstance(value, str) and "\0" in value:
        rule = Text("文本不得含 NUL 字符", "no text holds the character NUL")
        raise Refused(Refusal(name, rule, Text("删去它", "remove it"), code="nul"))
    return value


def _refused(error: psycopg.Error) -> Refused:
    said = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    return Refused(
        Refusal(
            "LIANSHU_DSN",
            Text(f"PostgreSQL 没有应答：{said}", f"PostgreSQL does not answer: {said}"),
            Text(
                "启动服务器，核对地址、用户与权限",
                "start the server and check the address, the user and its rights",
            ),
            code="server",
        )
    )


def _one(db: Connection[Row], sql: str, values: Sequence[Any] = ()) -> Row:
    row = db.execute(sql.encode(), values).fetchone()
    assert row is not None, sql
    return row


def _frontier(db: Connection[Row]) -> tuple[int, Frontier]:
    sql = b"SELECT size, frontier FROM checkpoint ORDER BY size DESC LIMIT 1"
    row = db.execute(sql).fetchone()
    return (row[0], Frontier.from_bytes(row[1])) if row else (0, Frontier())


def _known(db: Connection[Row], ids: list[str]) -> dict[str, tuple[int, bytes]]:
    rows = db.execute(b"SELECT id, seq, digest FROM entry WHERE id = ANY(%s)", (ids,))
    return {id_: (seq, digest) for id_, seq, digest in rows}


def _corrected(
    db: Connection[Row],
    known: Mapping[str, tuple[int, bytes]],
    batch: Sequence[Prepared | Refusal],
) -> dict[int, int]:
    named = {one.log_row[8] for one in batch if isinstance(one, Prepared) and one.log_row[8]}
    seqs = [known[name][0] for name in named if name in known]
    if not seqs:
        return {}
    rows = db.execute(
        b"SELECT entry_seq, by_seq FROM supersession WHERE entry_seq = ANY(%s)", (seqs,)
    )
    return dict(rows.fetchall())


def _log_types(table: str) -> list[str]:
    return [_COPY_TYPES.get(kind, "text") for _, kind, _ in ddl.LOG_TABLES[table]]


def _write(db: Connection[Row], placed: Placed) -> None:
    _copy(db, "entry", _log_types("entry"), placed.entries)
    for name, rows in placed.rows.items():
        # As text a quantity goes through without becoming an object here.
        _copy(db, ddl.stored_name(name), None, rows)
    _copy(db, "supersession", ["int8", "int8"], placed.supersessions)
    if placed.refusals:
        statement = ddl.insert("refusal", 7, "%s") + " ON CONFLICT DO NOTHING"
        with db.cursor() as cursor:
            cursor.executemany(statement.encode(), placed.refusals)


def _copy(
    db: Connection[Row], table: str, types: Sequence[str] | None, rows: Sequence[Row]
) -> None:
    """COPY whole rows: binary where the types are given, else as text."""
    if not rows:
        return
    form = " (FORMAT BINARY)" if types else ""
    with db.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN{form}".encode()) as copy:
        if types:
            copy.set_types(types)
        for row in rows:
            copy.write_row(row)
