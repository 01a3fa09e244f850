"""A table whose cells are shaded by value: an HTML table, so it reads, copies and prints as one."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lianshu.site.written import Number, grouped

LEVELS = 5


@dataclass(frozen=True, slots=True)
class HeatCell:
    """One cell: its words, its shade from 1 (lowest fifth) to 5, 0 when there is no value, and a link."""

    words: str
    level: int
    address: str = ""


@dataclass(frozen=True, slots=True)
class HeatTable:
    """Rows by columns with shaded cells; ``corner`` names the row heading column."""

    caption: str
    corner: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[HeatCell, ...]], ...]
    low_words: str = ""
    high_words: str = ""


def heat_table(
    caption: str,
    columns: Sequence[str],
    rows: Sequence[tuple[str, Sequence[Number | None]]],
    *,
    corner: str = "",
    shown: Callable[[Number], str] = grouped,
    address: Callable[[int, int], str] | None = None,
    ends: tuple[str, str] = ("", ""),
) -> HeatTable:
    """Shade each value by its rank among the different values; None is an empty cell, not a zero.

    Among the different values, because one that stands in most cells (100 % on time) would else be middling.

    ``shown`` writes a value, ``address(row, column)`` links a cell, ``ends`` are words for the lightest and the
    darkest shade (say which of them is good).

    >>> t = heat_table("late", ["Air", "Sea"], [("甲", [1, 9]), ("乙", [None, 5])])
    >>> [[c.level for c in cells] for _, cells in t.rows]
    [[1, 5], [0, 3]]
    """
    known = sorted({v for _, values in rows for v in values if v is not None})

    def cell(row: int, column: int, value: Number | None) -> HeatCell:
        if value is None:
            return HeatCell("–", 0)
        rank = bisect_left(known, value) / max(1, len(known) - 1)
        level = min(LEVELS, 1 + round(rank * (LEVELS - 1)))
        return HeatCell(shown(value), level, address(row, column) if address else "")

    return HeatTable(
        caption,
        corner,
        tuple(columns),
        tuple(
            (name, tuple(cell(i, j, value) for j, value in enumerate(values)))
            for i, (name, values) in enumerate(rows)
        ),
        *ends,
    )
