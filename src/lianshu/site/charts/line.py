"""Lines over time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lianshu.site.charts.figure import (
    AXIS,
    FAINT,
    SERIES_COLOURS,
    Figure,
    label,
    nice_ticks,
    number,
    svg_document,
    text_width,
)
from lianshu.site.written import grouped

DASHES = ("", "7 4", "2 3", "9 3 2 3", "4 4", "1 4")
MARKS = ("circle", "square", "diamond")


@dataclass(frozen=True, slots=True)
class Series:
    """A named row of values; None is a gap, never a zero."""

    name: str
    values: Sequence[float | None]


@dataclass(frozen=True, slots=True)
class Plane:
    """Where values lie on the drawing."""

    left: float
    right: float
    top: float
    bottom: float
    ticks: Sequence[float]

    def x(self, index: int, count: int) -> float:
        """The place of the index-th of count periods."""
        return self.left + (self.right - self.left) * (index / (count - 1) if count > 1 else 0.5)

    def y(self, value: float) -> float:
        """The height of a value."""
        low, high = self.ticks[0], self.ticks[-1]
        return self.bottom - (self.bottom - self.top) * (value - low) / (high - low)


def line_chart(
    title: str,
    labels: Sequence[str],
    series: Sequence[Series],
    *,
    description: str = "",
    unit: str = "",
    period_name: str = "",
    size: tuple[int, int] = (560, 260),
    from_zero: bool = True,
    shown: Callable[[float], str] = grouped,
) -> Figure:
    """One or more lines over the same periods; told apart by colour, dash and mark, and named above.

    ``shown`` writes a value on the axis and in the table; ``from_zero=False`` lets the axis start near the data.

    >>> f = line_chart("On time", ["1", "2"], [Series("SCMS", [0.8, None])], unit="%")
    >>> f.rows
    (('1', '0.8'), ('2', '–'))
    >>> "style=" in f.svg
    False
    """
    values = [v for s in series for v in s.values if v is not None] or [0.0]
    ticks = nice_ticks(min(0.0, *values) if from_zero else min(values), max(values))
    gutter = max(text_width(shown(t)) for t in ticks) + 14
    plane = Plane(gutter, size[0] - 16, 34.0, size[1] - 30.0, ticks)
    body = [*axes(plane, labels, shown), *legend(series, plane.left)]
    if unit:
        body.append(label(size[0] - 16, 18, unit, anchor="end", css_class="chart-label chart-unit"))
    for at, each in enumerate(series):
        body += drawn_series(plane, each, at)
    columns = (period_name or "", *(s.name for s in series))
    rows = tuple(
        (words, *("–" if (v := s.values[i]) is None else shown(v) for s in series))
        for i, words in enumerate(labels)
    )
    return Figure(title, description, svg_document(size, title, description, body), columns, rows)


def axes(plane: Plane, labels: Sequence[str], shown: Callable[[float], str]) -> list[str]:
    """Grid lines with their values, and as many period names as fit."""
    drawn = []
    for tick in plane.ticks:
        y = number(plane.y(tick))
        drawn.append(
            f'<path class="chart-grid" d="M{number(plane.left)} {y}H{number(plane.right)}" stroke="{FAINT}"/>'
        )
        drawn.append(label(plane.left - 6, plane.y(tick) + 4, shown(tick), anchor="end"))
    # The last name ends at the edge, so the one before it needs half as much room again.
    widest = max((text_width(words) for words in labels), default=1) * 1.5 + 8
    every = max(1, -int(-len(labels) * widest // (plane.right - plane.left)))
    for i in range(len(labels) - 1, -1, -every):  # from the end: the last period matters most
        anchor = (
            "start"
            if i == 0 and len(labels) > 1
            else "end"
            if i == len(labels) - 1 and i
            else "middle"
        )
        drawn.append(label(plane.x(i, len(labels)), plane.bottom + 19, labels[i], anchor=anchor))
    drawn.append(
        f'<path d="M{number(plane.left)} {number(plane.bottom)}H{number(plane.right)}" stroke="{AXIS}"/>'
    )
    return drawn


def legend(series: Sequence[Series], left: float) -> list[str]:
    """The names of the lines above the drawing, each behind a piece of its line."""
    drawn, x = [], left
    for at, each in enumerate(series):
        colour = SERIES_COLOURS[at % len(SERIES_COLOURS)]
        drawn.append(
            f'<path d="M{number(x)} 14h22" stroke="{colour}" stroke-width="2.5" '
            f'stroke-dasharray="{DASHES[at % len(DASHES)]}"/>'
        )
        drawn.append(mark(at, x + 11, 14, colour))
        drawn.append(label(x + 28, 18, each.name))
        x += 28 + text_width(each.name) + 18
    return drawn


def drawn_series(plane: Plane, series: Series, at: int) -> list[str]:
    """The line of one series, broken at gaps, with a mark on each value when they are few."""
    colour, path, marks, pen_down = SERIES_COLOURS[at % len(SERIES_COLOURS)], "", [], False
    count = len(series.values)
    for i, value in enumerate(series.values):
        if value is None:
            pen_down = False
            continue
        x, y = plane.x(i, count), plane.y(value)
        path += f"{'L' if pen_down else 'M'}{number(x)} {number(y)}"
        pen_down = True
        if count <= 40:
            marks.append(mark(at, x, y, colour))
    line = (
        f'<path class="series-{at}" d="{path}" fill="none" stroke="{colour}" stroke-width="2.25" '
        f'stroke-linejoin="round" stroke-dasharray="{DASHES[at % len(DASHES)]}"/>'
    )
    return [line, *marks] if path else []


def mark(at: int, x: float, y: float, colour: str) -> str:
    """A small circle, square or diamond.

    >>> mark(0, 1, 2, "#000")
    '<circle cx="1" cy="2" r="3" fill="#000"/>'
    """
    kind = MARKS[at % len(MARKS)]
    if kind == "circle":
        return f'<circle cx="{number(x)}" cy="{number(y)}" r="3" fill="{colour}"/>'
    if kind == "square":
        return (
            f'<rect x="{number(x - 3)}" y="{number(y - 3)}" width="6" height="6" fill="{colour}"/>'
        )
    return f'<path d="M{number(x)} {number(y - 4)}l4 4-4 4-4-4z" fill="{colour}"/>'
