"""Verification and rebuilding of a captured record."""

from __future__ import annotations

from benchmarks.events import write_events
from benchmarks.figure import Figure, microseconds, show
from benchmarks.machine import Cost, Meter, fdatasync_rate, least, scratch
from lianshu.app.capturing import capture
from lianshu.app.mirroring import read_store
from lianshu.app.rebuilding import rebuild
from lianshu.app.verifying import verify
from lianshu.app.workspace import Workspace, init

EVENTS = 100_000
RUNS = 3


def run() -> None:
    """Print the table."""
    with scratch() as folder:
        path = folder / "events.ndjson"
        write_events(path, EVENTS)
        sync = fdatasync_rate(folder)
        with init(folder / "w") as workspace:
            capture(workspace, path)
            plain = least(RUNS, lambda: _verified(workspace, meaning=False), _cpu_s)
            whole = least(RUNS, lambda: _verified(workspace, meaning=True), _cpu_s)
            sealed, rows = _sealed(workspace)
            tables = _rebuilt(workspace)
    figures = [
        Figure("verify: leaves, roots, signatures", f"{EVENTS / plain.cpu_s:,.0f}/s a core",
               "≥ 150,000/s", f"{microseconds(EVENTS, plain.wall_s)} by the clock",
               EVENTS / plain.cpu_s >= 150_000),
        Figure("verify with the meaning of each payload", f"{EVENTS / whole.cpu_s:,.0f}/s a core",
               beside=f"{microseconds(EVENTS, whole.wall_s)} by the clock"),
        Figure("rebuild for DuckDB: flow rows from the log", f"{rows / sealed.wall_s:,.0f}/s",
               "≥ 100,000/s", f"{rows / sealed.cpu_s:,.0f}/s of CPU; fdatasync {sync:,.0f}/s",
               rows / sealed.wall_s >= 100_000),
        Figure("rebuild in SQLite: flow rows from the log", f"{rows / tables.wall_s:,.0f}/s",
               beside=f"{rows / tables.cpu_s:,.0f}/s of CPU"),
    ]  # fmt: skip
    show(f"verify and rebuild: {EVENTS:,} entries, {rows:,} flow rows", figures)


def _cpu_s(cost: Cost) -> float:
    return cost.cpu_s


def _verified(workspace: Workspace, *, meaning: bool) -> Cost:
    with Meter() as meter:
        result = verify(workspace, meaning=meaning)
    assert result.valid and result.size == EVENTS
    return meter.cost


def _sealed(workspace: Workspace) -> tuple[Cost, int]:
    with Meter() as meter:
        rows = read_store(workspace, "duckdb").query("SELECT COUNT(*) FROM flow_row")[0][0]
    return meter.cost, int(rows)


def _rebuilt(workspace: Workspace) -> Cost:
    with Meter() as meter:
        rebuild(workspace)
    return meter.cost
