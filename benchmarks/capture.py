"""Bulk capture: validated, digested, logged, projected and durable, against the bound of one core."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.bound import PlainEvent, bound_s
from benchmarks.events import events, write_events, write_flow_rows
from benchmarks.figure import Figure, microseconds, per_second, show
from benchmarks.machine import Cost, Meter, least, scratch
from lianshu.app.capturing import capture
from lianshu.app.workspace import Workspace, init
from lianshu.flow.wire import Prepared
from lianshu.kernel.refusal import Refusal
from lianshu.record.outcome import Outcome

EVENTS = 100_000
FLOW_ROWS = 200_000
RUNS = 3


class LogOnly(Workspace):
    """A workspace that keeps the log and leaves every projection to a later rebuild."""

    def take(self, batch: Sequence[Prepared | Refusal]) -> list[Outcome]:
        """Append without rows to project."""
        return super().take(
            [
                one if isinstance(one, Refusal) else one._replace(flows=[], things=[])
                for one in batch
            ]
        )


def run() -> None:
    """Print the table."""
    sample = list(events(20_000))
    bound, plain = bound_s(sample), bound_s(sample, PlainEvent)
    size = sum(map(len, sample)) / len(sample)
    with scratch() as folder:
        path = folder / "events.ndjson"
        write_events(path, EVENTS)
        whole = _cost(folder, path, Workspace, EVENTS)
        log_only = _cost(folder, path, LogOnly, EVENTS)
        rows = folder / "flows.csv"
        write_flow_rows(rows, FLOW_ROWS)
        flows = _cost(folder, rows, Workspace, FLOW_ROWS)
    # Again afterwards, so that a machine that became slower meanwhile does not look like a bound.
    bound, plain = min(bound, bound_s(sample)), min(plain, bound_s(sample, PlainEvent))
    figures = [
        Figure("bound: decode, validate, hash, explode", per_second(1, bound),
               beside=f"{bound * 1e6:.1f} µs of one core; lengths instead of patterns {plain * 1e6:.1f} µs"),
        *_of_events("events captured", whole, (bound, plain), 0.22),
        *_of_events("log only", log_only, (bound, plain), 0.35),
        Figure("flow rows captured (CSV, one flow each)", per_second(FLOW_ROWS, flows.wall_s),
               beside=_cpu(flows, FLOW_ROWS)),
    ]  # fmt: skip
    show(f"capture: {EVENTS:,} events of {size:.0f} bytes and 3 flows, best of {RUNS}", figures)


def _cost(folder: Path, path: Path, kind: type[Workspace], count: int) -> Cost:
    number = iter(range(RUNS))

    def once() -> Cost:
        home = folder / f"{kind.__name__}-{path.name}-{next(number)}"
        init(home).close()
        with kind(home) as workspace:
            with Meter() as meter:
                report = capture(workspace, path)
            assert report.counts["accept"] == count, report.summary()
        return meter.cost

    wall: Callable[[Cost], float] = lambda cost: cost.wall_s  # noqa: E731 - named for the reader
    return least(RUNS, once, wall)


def _of_events(name: str, cost: Cost, bounds: tuple[float, float], target: float) -> list[Figure]:
    bound, plain = bounds
    each = cost.wall_s / EVENTS
    # On idle cores the wall clock follows the dearer of the two processes.
    idle = max(cost.own_s, cost.children_s) / EVENTS
    return [
        Figure(f"{name}, by the clock", per_second(EVENTS, cost.wall_s), beside=_cpu(cost, EVENTS)),
        Figure(f"{name}, share of the bound", f"{bound / each:.1%}", f"≥ {target:.0%}",
               f"{plain / each:.1%} of the bound without patterns", bound / each >= target),
        Figure(f"{name}, share by CPU of the dearer process", f"{bound / idle:.1%}", f"≥ {target:.0%}",
               f"{plain / idle:.1%} of the bound without patterns", bound / idle >= target),
    ]  # fmt: skip


def _cpu(cost: Cost, count: int) -> str:
    return (
        f"CPU {microseconds(count, cost.own_s)} writing, "
        f"{microseconds(count, cost.children_s)} preparing; wall {microseconds(count, cost.wall_s)}"
    )
