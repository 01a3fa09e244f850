"""A progress line on a terminal; silent where the output is not one."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Self

EVERY_S = 0.1


class Progress:
    """Shows how far a long task has come, on standard error."""

    def __init__(self, label: str, total: int = 0) -> None:
        self._label = label
        self._total = total
        self._shown = 0.0
        self._start = time.monotonic()
        self._on = sys.stderr.isatty()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._on:
            sys.stderr.write("\r\x1b[K")

    def at(self, done: int) -> None:
        """Say that ``done`` are done."""
        now = time.monotonic()
        if not self._on or now - self._shown < EVERY_S:
            return
        self._shown = now
        rate = done / max(now - self._start, 1e-9)
        share = f" {done * 100 // self._total}%" if self._total else ""
        sys.stderr.write(f"\r\x1b[K{self._label} {done:,}{share} · {rate:,.0f}/s")
        sys.stderr.flush()
