"""Readings on the bundled real chain: milliseconds each when asked for the first time."""

from __future__ import annotations

import statistics
import time
from pathlib import Path

from benchmarks.figure import Figure, show
from benchmarks.machine import Meter, scratch
from lianshu.app.capturing import capture
from lianshu.app.remembering import RememberedRows
from lianshu.app.workspace import Workspace, init
from lianshu.capability.registry import capabilities

CHAIN = Path("examples/scms/scms_2006_2013H1.csv.xz")
RUNS = 5


def run() -> None:
    """Print the table."""
    with scratch() as folder, init(folder / "w") as workspace:
        with Meter() as meter:
            report = capture(workspace, CHAIN, "mapping:scms")
        flows = workspace.store.query("SELECT COUNT(*) FROM flow_row")[0][0]
        figures = [
            Figure("capture of the file", f"{meter.cost.wall_s:.2f} s",
                   beside=f"{report.counts['accept']:,} entries, {flows:,} flow rows"),
            *(_figure(workspace, key) for key in capabilities()),
        ]  # fmt: skip
    show(f"readings on SCMS, median of {RUNS}", figures)


def _figure(workspace: Workspace, key: str) -> Figure:
    sqlite, rows = _median_ms(workspace, key, "sqlite")
    duckdb, _ = _median_ms(workspace, key, "duckdb")
    return Figure(key, f"{sqlite:.0f} ms", beside=f"DuckDB {duckdb:.0f} ms; {rows:,} rows")


def _median_ms(workspace: Workspace, key: str, store: str) -> tuple[float, int]:
    took: list[float] = []
    rows = 0
    for _ in range(RUNS):
        workspace.remembered = (
            RememberedRows()
        )  # what a second visitor gets is not what is measured
        start = time.perf_counter()
        rows = len(workspace.run(key, store=store).rows)
        took.append((time.perf_counter() - start) * 1e3)
    return statistics.median(took), rows
