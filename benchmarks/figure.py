"""Figures in a table: what was measured, what was promised, and beside what it stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number with its target (empty: none) and the bound or peer of the same run."""

    name: str
    value: str
    target: str = ""
    beside: str = ""
    met: bool | None = None


def show(title: str, figures: Iterable[Figure]) -> None:
    """Print figures as a Markdown table, so that a run can be pasted into docs/benchmarks.md."""
    rows = [("figure", "measured", "target", "", "bound or peer in the same run")]
    for one in figures:
        verdict = {True: "met", False: "not met", None: ""}[one.met]
        rows.append((one.name, one.value, one.target, verdict, one.beside))
    widths = [max(len(row[n]) for row in rows) for n in range(5)]
    print(f"\n### {title}\n")
    for n, row in enumerate(rows):
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        print(f"| {' | '.join(cells)} |")
        if n == 0:
            print(f"| {' | '.join('-' * width for width in widths)} |")


def per_second(count: int, seconds: float) -> str:
    """A rate, such as 25,000/s."""
    return f"{count / seconds:,.0f}/s"


def microseconds(count: int, seconds: float) -> str:
    """A cost per piece, such as 41.2 µs."""
    return f"{seconds / count * 1e6:.1f} µs"
