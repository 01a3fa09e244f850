"""What the figures were measured on, and with what: facts, clocks, a folder that goes away."""

from __future__ import annotations

import gc
import os
import platform
import resource
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self


def facts() -> str:
    """Processor, cores, load, Python and SQLite, on one line each."""
    cpu = "unknown"
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [line for line in info.read_text().splitlines() if line.startswith("model name")]
        cpu = names[0].split(":", 1)[1].strip() if names else cpu
    load = ", ".join(f"{one:.2f}" for one in os.getloadavg())
    return "\n".join(
        (
            f"processor   {cpu}, {os.cpu_count()} cores, load {load} (1, 5, 15 min)",
            f"system      {platform.system()} {platform.release()} {platform.machine()}",
            f"python      {platform.python_version()}, SQLite {sqlite3.sqlite_version}",
        )
    )


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of wall time, of this process's CPU time, and of its finished children's."""

    wall_s: float
    own_s: float
    children_s: float

    @property
    def cpu_s(self) -> float:
        """CPU seconds of all processes."""
        return self.own_s + self.children_s


class Meter:
    """Measures what passes between ``__enter__`` and ``__exit__``; read ``cost`` afterwards."""

    cost: Cost

    def __enter__(self) -> Self:
        gc.collect()
        self._start = self._now()
        return self

    def __exit__(self, *_: object) -> None:
        wall, own, children = (b - a for a, b in zip(self._start, self._now(), strict=True))
        self.cost = Cost(wall, own, children)

    @staticmethod
    def _now() -> tuple[float, float, float]:
        own = resource.getrusage(resource.RUSAGE_SELF)
        children = resource.getrusage(resource.RUSAGE_CHILDREN)
        return (
            time.perf_counter(),
            own.ru_utime + own.ru_stime,
            children.ru_utime + children.ru_stime,
        )


def least(times: int, work: Callable[[], Cost], by: Callable[[Cost], float]) -> Cost:
    """The cheapest of some runs: what others did on the machine meanwhile only ever adds."""
    return min((work() for _ in range(times)), key=by)


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder on the disk of the repository, so that its syncs are real; removed afterwards."""
    with tempfile.TemporaryDirectory(prefix=".bench-", dir=Path.cwd()) as folder:
        yield Path(folder)


def fdatasync_rate(folder: Path, seconds: float = 1.0) -> float:
    """How often in a second this disk makes 4,096 appended bytes durable, one after another."""
    path = folder / "fdatasync"
    handle = os.open(path, os.O_WRONLY | os.O_CREAT)
    count = 0
    start = time.perf_counter()
    try:
        while (passed := time.perf_counter() - start) < seconds:
            os.pwrite(handle, b"x" * 4_096, count * 4_096)
            os.fdatasync(handle)
            count += 1
    finally:
        os.close(handle)
        path.unlink()
    return count / passed
