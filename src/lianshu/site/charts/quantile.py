"""Distributions: how a time or cost spreads, by group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lianshu.site.charts.figure import (
    FAINT,
    INK,
    SERIES_COLOURS,
    Figure,
    fitted,
    label,
    nice_ticks,
    number,
    svg_document,
)
from lianshu.site.written import Number, grouped


@dataclass(frozen=True, slots=True)
class Spread:
    """The 10th, 50th and 90th percentile of one group, and how many observations it has."""

    name: str
    p10: Number
    p50: Number
    p90: Number
    count: int = 0


def quantile_chart(
    title: str,
    spreads: Sequence[Spread],
    *,
    description: str = "",
    unit: str = "",
    columns: tuple[str, ...] = ("", "p10", "p50", "p90", "n"),
    width: int = 560,
) -> Figure:
    """A bar from p10 to p90 with a mark at the median for each group, all on one scale from zero.

    >>> f = quantile_chart("lead time", [Spread("海运", 30, 52, 97, 371)], unit="d")
    >>> f.rows
    (('海运', '30', '52', '97', '371'),)
    """
    assert all(s.p10 <= s.p50 <= s.p90 for s in spreads), "p10 <= p50 <= p90"
    ticks = nice_ticks(
        min(0.0, *(float(s.p10) for s in spreads)) if spreads else 0,
        max((float(s.p90) for s in spreads), default=1),
    )
    left, right, step = 8.0, width - 24.0, 46
    scale = (right - left) / (ticks[-1] - ticks[0])

    def x(value: Number) -> float:
        return left + (float(value) - ticks[0]) * scale

    bottom = len(spreads) * step + 4
    body = [f'<path d="M{number(x(t))} 2V{bottom}" stroke="{FAINT}"/>' for t in ticks]
    body += [label(x(t), bottom + 15, grouped(t), anchor="middle") for t in ticks[:-1]]
    body.append(
        label(
            x(ticks[-1]),
            bottom + 15,
            f"{grouped(ticks[-1])} {unit}".strip(),
            anchor="end" if unit else "middle",
        )
    )
    for i, spread in enumerate(spreads):
        body.append(
            drawn_spread(spread, i * step, (x(spread.p10), x(spread.p50), x(spread.p90)), width)
        )
    rows = tuple(
        (s.name, grouped(s.p10), grouped(s.p50), grouped(s.p90), grouped(s.count)) for s in spreads
    )
    return Figure(
        title,
        description,
        svg_document((width, bottom + 22), title, description, body),
        columns,
        rows,
    )


def drawn_spread(spread: Spread, top: float, at: tuple[float, float, float], width: int) -> str:
    """One group: name above, range bar, median mark with its value."""
    low, middle, high = at
    values = f"{grouped(spread.p10)} – {grouped(spread.p50)} – {grouped(spread.p90)}"
    return (
        label(8, top + 16, fitted(spread.name, width - 170))
        + label(width - 24, top + 16, values, anchor="end", css_class="chart-label chart-value")
        + f'<rect x="{number(low)}" y="{number(top + 24)}" width="{number(max(2, high - low))}" height="12" rx="6" '
        f'fill="{SERIES_COLOURS[0]}" fill-opacity="0.38"/>'
        f'<rect x="{number(middle - 2)}" y="{number(top + 20)}" width="4" height="20" rx="1" fill="{INK}"/>'
    )
