"""Mirroring: the same record on another engine, brought up to date before it is read.

A mirror is derived and never the record: DuckDB reads sealed segments and the hot tail; the SQLite
file ``replica.db`` and the PostgreSQL schema ``lianshu_ID_mirror`` hold the same log row for row, so
they have the same Merkle root. A mirror that is not the beginning of the record is made anew.
"""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from lianshu.kernel.refusal import Refusal, Refused
from lianshu.kernel.text import Text
from lianshu.store.placing import Placed
from lianshu.store.replaying import Mirror, catch_up, is_prefix

if TYPE_CHECKING:
    from lianshu.app.workspace import Workspace
    from lianshu.store.duckdb import DuckdbReader
    from lianshu.store.store import Reader, Store

STORES = ("sqlite", "duckdb", "postgres")
SEGMENTS = "segments"
REPLICA = "replica.db"
_GUARD = threading.RLock()


def read_store(workspace: Workspace, name: str) -> Reader:
    """The engine to read from, holding all that the record holds now; empty: the record's own.

    Raises ``Refused`` for a name that is not an engine, an engine whose package is not installed, and
    for PostgreSQL where no server is named or none answers.
    """
    if not name or name == workspace.store.dialect:
        return workspace.store
    if name not in STORES:
        rule = Text(f"没有名为 {name} 的存储", f"there is no store {name}")
        remedy = Text(f"可用：{'、'.join(STORES)}", f"use one of {', '.join(STORES)}")
        raise Refused(Refusal("store", rule, remedy, code="store"))
    with _GUARD:
        return _duckdb(workspace) if name == "duckdb" else _mirror(workspace, name)


def replicate(source: Store, target: Mirror) -> int:
    """Copy a whole log, with the attempts it refused, into a store; the number of entries copied."""
    copied = catch_up(target, source)
    refusals = source.query("SELECT * FROM refusal ORDER BY fingerprint")
    target.append_verbatim(Placed(refusals=refusals), [])
    return copied


def close_mirrors(workspace: Workspace) -> None:
    """Let go of every mirror; the next read opens it again."""
    with _GUARD:
        while workspace.mirrors:
            _, mirror = workspace.mirrors.popitem()
            mirror.close()


def _duckdb(workspace: Workspace) -> DuckdbReader:
    from lianshu.store.duckdb import DuckdbReader

    reader = workspace.mirrors.get("duckdb")
    if not isinstance(reader, DuckdbReader):
        reader = DuckdbReader(workspace.store, workspace.path / SEGMENTS)
        workspace.mirrors["duckdb"] = reader
    reader.refresh()
    return reader


def _mirror(workspace: Workspace, name: str) -> Mirror:
    source = workspace.store
    mirror = workspace.mirrors.get(name)
    if mirror is None:
        mirror = workspace.mirrors[name] = _open(workspace, name)
    there, here = mirror.head(), source.head()
    if (there.size, there.root) != (here.size, here.root):
        if not is_prefix(mirror, source):
            mirror = workspace.mirrors[name] = _open_anew(workspace, mirror)
        catch_up(mirror, source)
    return mirror


def _open(workspace: Workspace, name: str) -> Mirror:
    if name == "sqlite":
        from lianshu.store.sqlite import SqliteStore

        return SqliteStore(workspace.path / REPLICA)
    from lianshu.store.postgres import PostgresStore

    dsn = workspace.dsn or os.environ.get("LIANSHU_DSN", "")
    if not dsn:
        rule = Text("没有指明 PostgreSQL 服务器", "no PostgreSQL server is named")
        remedy = Text(
            "设置环境变量 LIANSHU_DSN，如 postgresql://user@host/database",
            "set LIANSHU_DSN, such as postgresql://user@host/database",
        )
        raise Refused(Refusal("LIANSHU_DSN", rule, remedy, code="server"))
    return PostgresStore(dsn, f"lianshu_{workspace.id}_mirror")


def _open_anew(workspace: Workspace, mirror: Mirror) -> Mirror:
    """An empty mirror in the place of one that holds another log."""
    name = mirror.dialect
    if name == "sqlite":
        mirror.close()
        remove_replica(workspace.path)
    else:
        from lianshu.store.postgres import PostgresStore

        assert isinstance(mirror, PostgresStore), name
        mirror.erase()
        mirror.close()
    return _open(workspace, name)


def remove_replica(folder: Path) -> None:
    """Remove the SQLite replica; the next read of it makes it again."""
    for name in (REPLICA, f"{REPLICA}-wal", f"{REPLICA}-shm"):
        (folder / name).unlink(missing_ok=True)
