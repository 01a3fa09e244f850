"""The record in PostgreSQL: the same outcomes as in SQLite, over restarts and for any text."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest

from lianshu.app.verifying import verify
from lianshu.app.workspace import Workspace, init, open_store
from lianshu.app.workspace import open as open_workspace
from lianshu.kernel.refusal import Refused
from lianshu.store.postgres import PostgresStore
from tests.cluster import PostgresCluster, postgres_binaries
from tests.conformance.records import prepared, produce, take

ODD = "50% 'it''s' \\ ::text %(x)s :lot \t \"茶\" 🍵"


@pytest.fixture
def workspace(
    tmp_path: Path, postgres_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Workspace]:
    monkeypatch.setenv("LIANSHU_DSN", postgres_dsn)
    ticks = itertools.count(1)
    with init(tmp_path / "w", clock=lambda: next(ticks)) as workspace:
        assert workspace.store.dialect == "postgres"
        yield workspace


def outcomes(workspace: Workspace, *entries: object) -> list[str]:
    return [one.outcome for one in take(workspace, prepared(entries))]  # type: ignore[arg-type]


def test_four_outcomes(workspace: Workspace) -> None:
    assert outcomes(workspace, produce("a"), produce("a"), produce("a", "2")) == [
        "accept",
        "exists",
        "conflict",
    ]
    assert outcomes(workspace, produce("a"), produce("a", "2"), produce("b"), {"id": "c"}) == [
        "exists",
        "conflict",
        "accept",
        "reject",
    ]
    assert workspace.head().size == 2
    assert workspace.store.query("SELECT COUNT(*) FROM refusal") == [(1,)]
    assert verify(workspace).valid


def test_a_correction_supersedes_once(workspace: Workspace) -> None:
    correct = produce("b", "3", kind="correction", supersedes="a")
    again = produce("c", "4", kind="correction", supersedes="a")
    assert outcomes(workspace, produce("a", "1.5")) == ["accept"]
    assert outcomes(workspace, correct, again) == ["accept", "reject"]
    assert outcomes(workspace, again) == ["reject"]
    assert [row[3] for row in workspace.run("stock").rows] == [Decimal(3)]
    assert [row[3] for row in workspace.run("stock", as_of=1).rows] == [Decimal("1.5")]


def test_any_text_goes_in_and_comes_out(workspace: Workspace) -> None:
    take(workspace, prepared([produce(ODD.replace("\t", ""), lot=ODD)]))
    assert workspace.store.find(ODD.replace("\t", "")) == 1
    rows = workspace.store.query("SELECT lot FROM flow_row WHERE lot = :lot", {"lot": ODD})
    assert rows == [(ODD,)]
    assert workspace.store.query("SELECT '50%', ':x' WHERE :y = ''", {"y": ""}) == [("50%", ":x")]
    with pytest.raises(Refused) as refused:
        workspace.store.query("SELECT 1 WHERE :lot = ''", {"lot": "\0"})
    assert refused.value.refusals[0].field == "lot"


def test_the_record_is_found_again(workspace: Workspace) -> None:
    take(workspace, prepared([produce(f"e{n}") for n in range(7)]), batch=3)
    with open_workspace(workspace.path) as again:
        assert again.head() == workspace.head()
        assert [entry.id for entry in again.store.entries(3, 6)] == ["e2", "e3", "e4"]
        assert again.store.leaves(1, 8) == [row[8] for row in again.store.log_rows()]
        assert again.store.checkpoints()[-1][3] == again.head().note


def test_a_broken_connection_is_replaced(workspace: Workspace, postgres_dsn: str) -> None:
    store = workspace.store
    assert isinstance(store, PostgresStore)
    take(workspace, prepared([produce("a")]))
    end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
    with psycopg.connect(postgres_dsn, autocommit=True) as other:
        other.execute(end.encode())
    assert workspace.head().size == 1
    with psycopg.connect(postgres_dsn, autocommit=True) as other:
        other.execute(end.encode())
    assert outcomes(workspace, produce("a"), produce("b")) == ["exists", "accept"]


def test_a_commit_waits_for_the_disk(workspace: Workspace) -> None:
    assert workspace.store.query("SHOW synchronous_commit") == [("on",)]


@pytest.mark.parametrize(
    "dsn", ["postgresql://lianshu@127.0.0.1:1/none", "host=127.0.0.1 port=1", "no address at all"]
)
def test_a_server_that_does_not_answer_is_refused(dsn: str) -> None:
    with pytest.raises(Refused) as refused:
        PostgresStore(dsn, "lianshu_test")
    refusal = refused.value.refusals[0]
    assert refusal.field == "LIANSHU_DSN"
    assert "\n" not in refusal.sentence("en")


def test_a_record_keeps_its_home(tmp_path: Path, postgres_dsn: str) -> None:
    with init(tmp_path / "w") as workspace:
        take(workspace, prepared([produce("a")]))
        other = open_store(workspace.path, workspace.id, postgres_dsn)
        assert other.dialect == "sqlite"
        assert other.head().size == 1
        other.close()


@pytest.mark.slow
def test_a_restart_of_the_server(tmp_path: Path) -> None:
    binaries = postgres_binaries()
    if binaries is None:
        pytest.skip("PostgreSQL is not installed")
    cluster = PostgresCluster(binaries)
    try:
        cluster.start()
        store = PostgresStore(cluster.dsn("postgres"), "lianshu_restart")
        batch = prepared([produce("a")])
        store.append(batch, lambda *_: "note", 1)
        cluster._run("pg_ctl", "stop", "-w", "-m", "immediate", "-D", str(cluster._data))
        with pytest.raises(Refused):
            store.head()
        options = f"-p {cluster._port} -k {cluster._folder} -c listen_addresses=127.0.0.1"
        log = str(cluster._folder / "server.log")
        cluster._run("pg_ctl", "start", "-w", "-D", str(cluster._data), "-l", log, "-o", options)
        assert store.head().size == 1
        assert [one.outcome for one in store.append(batch, lambda *_: "note", 2)] == ["exists"]
        store.close()
    finally:
        cluster.close()
