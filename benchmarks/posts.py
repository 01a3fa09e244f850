"""Single posts: many clients, each waiting until its own entry is durable."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.events import events
from benchmarks.figure import Figure, per_second, show
from benchmarks.machine import Cost, Meter, fdatasync_rate, scratch
from lianshu.app.posting import Poster
from lianshu.app.workspace import init
from lianshu.record.outcome import Outcome

CLIENTS = 64
POSTS = 20_000


@dataclass(frozen=True, slots=True)
class Posted:
    """What a run cost, and how long each caller waited (seconds, ascending)."""

    cost: Cost
    waits: list[float]
    commits: int

    def rate(self) -> float:
        """Posts a second."""
        return len(self.waits) / self.cost.wall_s

    def wait_ms(self, share: float) -> str:
        """A quantile of the waits."""
        return f"{self.waits[int(len(self.waits) * share)] * 1e3:.1f} ms"


def run() -> None:
    """Print the table."""
    with scratch() as folder:
        before = fdatasync_rate(folder)
        grouped = _posted(folder / "grouped", CLIENTS, POSTS)
        alone = _posted(folder / "alone", 1, 1_000)
        ungrouped = _posted(folder / "ungrouped", CLIENTS, 2_000, group=False)
        rate = (before + fdatasync_rate(folder)) / 2
    ratio = grouped.rate() / rate
    share = grouped.cost.cpu_s / grouped.cost.wall_s
    figures = [
        Figure("fdatasync of this disk", f"{rate:,.0f}/s", beside="4,096 bytes, one after another"),
        Figure(f"{CLIENTS} clients, durable posts", per_second(POSTS, grouped.cost.wall_s),
               beside=f"{grouped.cost.cpu_s / POSTS * 1e6:.0f} µs of CPU a post, {share:.2f} cores busy"),
        Figure("ratio to fdatasync", f"{ratio:.1f} ×", "≥ 10 ×",
               f"{POSTS / grouped.commits:.0f} posts in a commit", ratio >= 10),
        Figure("wait, median", grouped.wait_ms(0.5), beside=f"99 %: {grouped.wait_ms(0.99)}"),
        Figure("the same without grouping", f"{ungrouped.rate():,.0f}/s",
               beside=f"median {ungrouped.wait_ms(0.5)}, 99 %: {ungrouped.wait_ms(0.99)}"),
        Figure("one client alone", f"{alone.rate():,.0f}/s",
               beside=f"median {alone.wait_ms(0.5)}, 99 %: {alone.wait_ms(0.99)}"),
    ]  # fmt: skip
    show(f"single posts: {POSTS:,} events of 3 flows", figures)


def _posted(home: Path, clients: int, count: int, *, group: bool = True) -> Posted:
    payloads = list(events(count))
    waits: list[float] = []
    commits: list[int] = []
    with init(home) as workspace, Poster(workspace, on_commit=commits.append) as poster:
        post: Callable[[bytes], Outcome] = poster.post if group else workspace.post

        def client(number: int) -> None:
            for payload in payloads[number::clients]:
                start = time.perf_counter()
                outcome = post(payload)
                waits.append(time.perf_counter() - start)
                assert outcome.outcome == "accept"

        threads = [threading.Thread(target=client, args=(number,)) for number in range(clients)]
        with Meter() as meter:
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        assert workspace.head().size == count
    return Posted(meter.cost, sorted(waits), len(commits) or count)
