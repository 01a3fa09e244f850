"""DuckDB over segments and tail: always the whole record, and nothing outside it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from lianshu.app.mirroring import read_store
from lianshu.app.workspace import Workspace
from lianshu.store.ddl import PROJECTED
from lianshu.store.duckdb import DuckdbReader
from lianshu.store.segments import MANIFEST
from tests.conformance.records import new_workspace, prepared, produce, take

EVERY = 10


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with new_workspace(tmp_path / "w") as workspace:
        folder = workspace.path / "segments"
        workspace.mirrors["duckdb"] = DuckdbReader(workspace.store, folder, every=EVERY)
        yield workspace


def reader(workspace: Workspace) -> DuckdbReader:
    found = read_store(workspace, "duckdb")
    assert isinstance(found, DuckdbReader)
    return found


def test_every_projection_is_whole_as_the_log_grows(workspace: Workspace) -> None:
    party = {"table": "party", "id": "p", "name": "茶厂 'x'"}
    for n in range(0, 36, 3):
        supersedes = {"kind": "correction", "supersedes": f"e{n - 3}"} if n else {}
        entries = [
            produce(f"e{n}", "1.5", things=[{**party, "country": str(n)}], **supersedes),
            produce(f"e{n + 1}"),
            produce(f"e{n + 2}", "0.000000000000000001"),
        ]
        take(workspace, prepared(entries))
        duck = reader(workspace)
        for name in PROJECTED:
            left = [_exact(row) for row in duck.projected_rows(name)]
            assert left == [_exact(row) for row in workspace.store.projected_rows(name)], name


def _exact(row: tuple[object, ...]) -> tuple[object, ...]:
    return tuple(
        Decimal(value) if n == 11 and isinstance(value, str) else value
        for n, value in enumerate(row)
    )


def test_sealed_rows_come_from_the_files(workspace: Workspace) -> None:
    take(workspace, prepared([produce(f"e{n}") for n in range(25)]))
    duck = reader(workspace)
    assert duck.query("SELECT COUNT(*) FROM flow_tail") == [(5,)]
    assert duck.query("SELECT COUNT(*) FROM flow_row") == [(25,)]
    assert (workspace.path / "segments" / MANIFEST).exists()


def test_an_unchanged_record_is_not_read_again(workspace: Workspace) -> None:
    take(workspace, prepared([produce(f"e{n}") for n in range(12)]))
    duck = reader(workspace)
    for path in (workspace.path / "segments").iterdir():
        if path.name == MANIFEST:
            path.unlink()
    assert reader(workspace) is duck
    assert not (workspace.path / "segments" / MANIFEST).exists()


def test_another_process_may_seal_meanwhile(workspace: Workspace) -> None:
    take(workspace, prepared([produce(f"e{n}") for n in range(8)]))
    first = reader(workspace)
    second = DuckdbReader(workspace.store, workspace.path / "segments", every=EVERY)
    take(workspace, prepared([produce(f"e{n}") for n in range(8, 33)]))
    second.refresh()
    assert second.query("SELECT COUNT(*) FROM flow_row") == [(33,)]
    first.refresh()
    assert first.query("SELECT COUNT(*) FROM flow_row") == [(33,)]
    assert first.query("SELECT COUNT(*) FROM flow_tail") == [(3,)]
    second.close()


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_csv('/etc/hostname')",
        "SELECT * FROM read_parquet('https://127.0.0.1:1/x.parquet')",
        "COPY (SELECT 1) TO '/tmp/lianshu-out.csv'",
        "INSTALL httpfs",
        "ATTACH '/tmp/lianshu-other.db'",
        "SET enable_external_access = true",
    ],
)
def test_nothing_outside_the_folder_is_reached(workspace: Workspace, sql: str) -> None:
    with pytest.raises(duckdb.Error):
        reader(workspace).query(sql)


def test_threads_and_memory_are_bounded(workspace: Workspace) -> None:
    sql = (
        "SELECT value FROM duckdb_settings() WHERE name IN ('threads', 'autoload_known_extensions')"
    )
    assert sorted(reader(workspace).query(sql)) == [("2",), ("false",)]
