"""Mirrors: the same log on another engine, with the same root, made anew where it is another one."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from lianshu.app.mirroring import REPLICA, read_store, replicate
from lianshu.app.rebuilding import digest_projection
from lianshu.app.workspace import Workspace, open_store
from lianshu.kernel.refusal import Refused
from lianshu.store.ddl import PROJECTED
from lianshu.store.postgres import PostgresStore
from lianshu.store.sqlite import SqliteStore
from lianshu.store.store import Store
from tests.conformance.records import new_workspace, prepared, produce, take, tamper


def fill(workspace: Workspace, start: int, stop: int) -> None:
    entries = [produce(f"e{n}", f"{n}.25") for n in range(start, stop)]
    last = f"e{stop - 1}"
    entries.append(produce(f"c{stop}", "7", kind="correction", supersedes=last))
    entries.append(produce(last, "999"))
    take(workspace, prepared(entries), batch=4)


def assert_mirrored(mirror: Store, record: Store) -> None:
    assert mirror.head() == record.head()
    assert list(mirror.log_rows()) == [tuple(row) for row in record.log_rows()]
    assert mirror.checkpoints() == record.checkpoints()
    frontier = "SELECT frontier FROM checkpoint ORDER BY size"
    assert mirror.query(frontier) == record.query(frontier)
    for name in PROJECTED:
        assert digest_projection(mirror, name) == digest_projection(record, name), name


def test_postgres_mirrors_sqlite(tmp_path: Path, postgres_dsn: str) -> None:
    with new_workspace(tmp_path / "w", postgres_dsn) as workspace:
        for start, stop in ((0, 1), (1, 13), (13, 20)):
            fill(workspace, start, stop)
            mirror = read_store(workspace, "postgres")
            assert isinstance(mirror, PostgresStore)
            assert_mirrored(mirror, workspace.store)


def test_sqlite_mirrors_postgres(
    tmp_path: Path, postgres_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIANSHU_DSN", postgres_dsn)
    with new_workspace(tmp_path / "w") as workspace:
        assert workspace.store.dialect == "postgres"
        for start, stop in ((0, 1), (1, 13), (13, 20)):
            fill(workspace, start, stop)
            mirror = read_store(workspace, "sqlite")
            assert isinstance(mirror, SqliteStore)
            assert_mirrored(mirror, workspace.store)
        assert (workspace.path / REPLICA).exists()
        assert workspace.run("stock", store="duckdb").rows == workspace.run("stock").rows


def test_a_mirror_of_another_log_is_made_anew(tmp_path: Path, postgres_dsn: str) -> None:
    with new_workspace(tmp_path / "w", postgres_dsn) as workspace:
        fill(workspace, 0, 9)
        assert_mirrored(_mirror(workspace), workspace.store)
        (tmp_path / "w" / "other.db").unlink(missing_ok=True)
        other = SqliteStore(tmp_path / "w" / "other.db")
        other.append(prepared([produce("x")]), workspace.sign, 1)
        record, workspace.store = workspace.store, other
        assert_mirrored(_mirror(workspace), other)
        workspace.store = record
        assert_mirrored(_mirror(workspace), record)
        other.close()


def _mirror(workspace: Workspace) -> PostgresStore:
    mirror = read_store(workspace, "postgres")
    assert isinstance(mirror, PostgresStore)
    return mirror


def test_a_copy_has_the_refused_attempts_too(tmp_path: Path) -> None:
    with new_workspace(tmp_path / "w") as workspace:
        fill(workspace, 0, 9)
        (tmp_path / "copy").mkdir()
        copy = open_store(tmp_path / "copy", workspace.id, "")
        assert isinstance(copy, SqliteStore)
        assert replicate(workspace.store, copy) == workspace.head().size
        assert replicate(workspace.store, copy) == 0
        assert_mirrored(copy, workspace.store)
        attempts = "SELECT * FROM refusal ORDER BY fingerprint"
        assert copy.query(attempts) == workspace.store.query(attempts) != []
        copy.close()


def test_a_log_that_contradicts_itself_is_not_mirrored(tmp_path: Path) -> None:
    with new_workspace(tmp_path / "w") as workspace:
        fill(workspace, 0, 9)
        store = workspace.store
        change = "UPDATE entry SET leaf = (SELECT leaf FROM entry WHERE seq = 1) WHERE seq = 2"
        tamper(workspace, change)
        (tmp_path / "copy").mkdir()
        copy = SqliteStore(tmp_path / "copy" / "record.db")
        with pytest.raises(Refused, match="lianshu verify"):
            replicate(store, copy)
        assert copy.head().size == 0
        copy.close()


def test_no_server_and_no_such_store_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LIANSHU_DSN", raising=False)
    with new_workspace(tmp_path / "w") as workspace:
        with pytest.raises(Refused, match="LIANSHU_DSN"):
            workspace.run("stock", store="postgres")
        with pytest.raises(Refused, match="there is no store oracle"):
            workspace.run("stock", store="oracle")


@pytest.mark.parametrize(
    ("package", "engine", "extra"),
    [
        ("duckdb", "duckdb", "analytics"),
        ("pyarrow", "duckdb", "analytics"),
        ("psycopg", "postgres", "postgres"),
    ],
)
def test_a_package_that_is_not_installed_is_named(
    package: str, engine: str, extra: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("duckdb", "segments", "postgres"):
        monkeypatch.delitem(sys.modules, f"lianshu.store.{name}", raising=False)
    monkeypatch.setitem(sys.modules, package, None)
    with (
        new_workspace(tmp_path / "w", "postgresql://127.0.0.1:1/none") as workspace,
        pytest.raises(Refused, match=rf"{package} is not installed.*lianshu\[{extra}\]"),
    ):
        workspace.run("stock", store=engine)
