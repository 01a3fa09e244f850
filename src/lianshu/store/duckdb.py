"""DuckDB: a reader for analytics over sealed segments and the hot tail of the store of record.

It holds nothing of its own: what is sealed is read from Parquet, what is not yet sealed is copied
from the store of record into memory, and supersession is copied whole. Bounded to two threads and
``MEMORY``; it loads no extension and reads no file outside the folder of segments.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from lianshu.kernel.refusal import Refused
from lianshu.store import ddl
from lianshu.store.dialect import say
from lianshu.store.extra import missing_extra
from lianshu.store.segments import (
    SEGMENT_ENTRIES,
    Known,
    Manifest,
    arrow_schema,
    arrow_table,
    seal,
)
from lianshu.store.store import Head, Row, Store, overflow_refusal

try:
    import duckdb
except ModuleNotFoundError as error:
    raise missing_extra("duckdb", "analytics") from error

THREADS = 2
MEMORY = "2GB"
_NOTHING = Manifest("")


class DuckdbReader:
    """Answers portable SQL over ``store``'s log, kept up to date by ``refresh``.

    ``folder`` is where segments are sealed. Raises ``Refused`` where a sum leaves DECIMAL(38, 18).
    """

    dialect = "duckdb"

    def __init__(self, store: Store, folder: Path, *, every: int = SEGMENT_ENTRIES) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._store = store
        self._folder = folder
        self._every = every
        self._guard = threading.Lock()
        self._known = Known()
        self._manifest = _NOTHING
        self._head = Head(-1, b"", "")
        self._db = _connect(folder)
        for name in ddl.PROJECTED:
            self._db.execute(f"CREATE TABLE {_tail(name)} ({_columns(name)})")

    def close(self) -> None:
        """Let go of the engine."""
        self._db.close()

    def query(self, sql: str, binds: Mapping[str, Any] | None = None) -> list[Row]:
        """Rows of a portable query."""
        given = binds or {}
        said = say("duckdb", sql)
        values = {name: given[name] for name in said.binds}
        with self._db.cursor() as cursor:
            try:
                rows: list[Row] = cursor.execute(said.text, values).fetchall()
            except duckdb.OutOfRangeException as error:
                raise Refused(overflow_refusal()) from error
        return rows

    def refresh(self) -> None:
        """Take in what the log has gained; at once where it has not grown."""
        with self._guard:
            head = self._store.head()
            if (head.size, head.root) == (self._head.size, self._head.root):
                return
            manifest = seal(self._store, self._folder, every=self._every, known=self._known)
            # Only a log that grew past the same segments can be appended to; else all is read anew.
            grown = manifest == self._manifest and head.size > self._head.size
            start = self._head.size if grown else manifest.sealed
            with self._db.cursor() as db:
                db.execute("BEGIN")
                if not grown:
                    self._define(db, manifest)
                for name in ddl.PROJECTED:
                    self._take_tail(db, name, start if name != "supersession" or grown else 0, head)
                db.execute("COMMIT")
            self._manifest, self._head = manifest, head

    def projected_rows(self, table: str) -> Iterator[Row]:
        """Every row of a projection, in primary-key order."""
        assert table in ddl.PROJECTED, table
        key = "entry_seq" if table == "supersession" else "entry_seq, line"
        with self._db.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {ddl.stored_name(table)} ORDER BY {key}")
            while rows := cursor.fetchmany(5_000):
                yield from rows

    def _define(self, db: duckdb.DuckDBPyConnection, manifest: Manifest) -> None:
        """Each projection: its sealed files and its tail, as one view."""
        for name in ddl.PROJECTED:
            db.execute(f"DELETE FROM {_tail(name)}")
            files = [str(self._folder / file.name) for file in manifest.files(name)]
            names = ", ".join("'" + path.replace("'", "''") + "'" for path in files)
            sealed = f"SELECT * FROM read_parquet([{names}]) UNION ALL " if files else ""
            view = f"CREATE OR REPLACE VIEW {ddl.stored_name(name)} AS "
            db.execute(f"{view}{sealed}SELECT * FROM {_tail(name)}")

    def _take_tail(self, db: duckdb.DuckDBPyConnection, name: str, start: int, head: Head) -> None:
        key = "by_seq" if name == "supersession" else "entry_seq"
        sql = f"SELECT * FROM {ddl.stored_name(name)} WHERE {key} > :start AND {key} <= :stop"
        rows = self._store.query(sql, {"start": start, "stop": head.size})
        if rows:
            db.register("fresh", arrow_table(name, rows))
            db.execute(f"INSERT INTO {_tail(name)} SELECT * FROM fresh")
            db.unregister("fresh")


def _connect(folder: Path) -> duckdb.DuckDBPyConnection:
    db = duckdb.connect(
        ":memory:",
        config={
            "threads": str(THREADS),
            "memory_limit": MEMORY,
            "temp_directory": str(folder / ".spill"),
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "allow_community_extensions": "false",
        },
    )
    place = str(folder).replace("'", "''")
    db.execute(f"SET allowed_directories = ['{place}']")
    db.execute("SET parquet_metadata_cache = true")
    db.execute("SET enable_external_access = false")
    db.execute("SET lock_configuration = true")
    return db


def _tail(name: str) -> str:
    return f"{name}_tail"


def _columns(name: str) -> str:
    types = {"int64": "BIGINT", "string": "VARCHAR"}
    return ", ".join(
        f"{one.name} {types.get(str(one.type), 'DECIMAL(38,18)')}" for one in arrow_schema(name)
    )
