"""Random chains: every engine gives the same answer, now and at any earlier moment."""

from __future__ import annotations

import itertools
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from lianshu.app.workspace import Workspace
from lianshu.capability.registry import capabilities
from lianshu.flow.wire import prepare
from lianshu.record.entry import Draft
from lianshu.store.duckdb import DuckdbReader
from tests.conformance.chains import Entry, chains
from tests.conformance.records import assert_same, new_workspace, prepared, take

FEW, MANY = 4, 30
RELAXED = {
    "suppress_health_check": [HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    "deadline": None,
}


def filled(folder: Path, entries: list[Entry], dsn: str = "") -> Workspace:
    """A workspace with those entries, in small batches; DuckDB seals every seven of them."""
    workspace = new_workspace(folder, dsn)
    take(workspace, prepared(entries), batch=5)
    workspace.mirrors["duckdb"] = DuckdbReader(workspace.store, folder / "segments", every=7)
    return workspace


def check_engines(entries: list[Entry], dsn: str) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        filled(Path(folder) / "w", entries, dsn) as workspace,
    ):
        moments: tuple[tuple[int, str | None], ...]
        size = workspace.head().size
        moments = ((size, None), (size // 2, None), (size, "1970-01-16T00:00:00Z"))
        for key, (seq, until) in itertools.product(capabilities(), moments):
            record = workspace.run(key, as_of=seq, until=until)
            for engine in ("duckdb", "postgres"):
                assert_same(record, workspace.run(key, store=engine, as_of=seq, until=until))


def check_moments(entries: list[Entry]) -> None:
    """What is known as of an entry is what a record that ends there says."""
    with (
        tempfile.TemporaryDirectory() as folder,
        filled(Path(folder) / "whole", entries) as whole,
    ):
        log = list(whole.store.log_rows())
        for seq in {1, len(log) // 2, len(log) - 1} - {0}:
            with new_workspace(Path(folder) / str(seq)) as part:
                take(part, [prepare(Draft(row[0], row[6]), row[4]) for row in log[:seq]])
                assert part.head().size == seq
                for key, engine in itertools.product(capabilities(), ("sqlite", "duckdb")):
                    assert_same(part.run(key), whole.run(key, store=engine, as_of=seq))


@settings(max_examples=FEW, **RELAXED)  # type: ignore[arg-type]
@given(entries=chains())
def test_engines_agree(entries: list[Entry], postgres_dsn: str) -> None:
    check_engines(entries, postgres_dsn)


@settings(max_examples=FEW, **RELAXED)  # type: ignore[arg-type]
@given(entries=chains())
def test_as_of_is_the_record_of_then(entries: list[Entry]) -> None:
    check_moments(entries)


@pytest.mark.slow
@settings(max_examples=MANY, **RELAXED)  # type: ignore[arg-type]
@given(entries=chains(40))
def test_engines_agree_on_many_chains(entries: list[Entry], postgres_dsn: str) -> None:
    check_engines(entries, postgres_dsn)


@pytest.mark.slow
@settings(max_examples=MANY, **RELAXED)  # type: ignore[arg-type]
@given(entries=chains(40))
def test_as_of_is_the_record_of_then_on_many_chains(entries: list[Entry]) -> None:
    check_moments(entries)
