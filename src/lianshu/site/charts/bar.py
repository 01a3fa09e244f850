"""Horizontal bars, the form that long Chinese names need: each name has a line of its own above its bar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from lianshu.site.charts.figure import (
    AXIS,
    FAINT,
    SERIES_COLOURS,
    Figure,
    fitted,
    label,
    number,
    svg_document,
    text_width,
)
from lianshu.site.written import Number, grouped


@dataclass(frozen=True, slots=True)
class Bar:
    """A named value; ``shown`` is how to write it (default: with thousands separators)."""

    name: str
    value: Number
    shown: str = ""

    @property
    def words(self) -> str:
        """The value as written beside the bar."""
        return self.shown or grouped(self.value)


def bar_chart(
    title: str,
    bars: Sequence[Bar],
    *,
    description: str = "",
    columns: tuple[str, str] = ("", ""),
    width: int = 560,
) -> Figure:
    """Bars in the given order; negative values run to the left of the zero line.

    >>> f = bar_chart("支出", [Bar("甲公司", 120), Bar("乙公司", -30)], columns=("供应商", "万元"))
    >>> f.rows
    (('甲公司', '120'), ('乙公司', '-30'))
    """
    low = min(0.0, *(float(b.value) for b in bars)) if bars else 0.0
    high = max(0.0, *(float(b.value) for b in bars)) if bars else 1.0
    gutter = max((text_width(b.words) for b in bars), default=0) + 12
    scale = (width - gutter - (gutter if low < 0 else 0)) / ((high - low) or 1)
    zero = (gutter if low < 0 else 0) - low * scale
    body, height = [], 44
    for i, bar in enumerate(bars):
        body.append(drawn_bar(bar, i * height, zero, scale, width))
    if low < 0:
        body.append(f'<path d="M{number(zero)} 0V{len(bars) * height}" stroke="{AXIS}"/>')
    size = (width, max(1, len(bars)) * height + 2)
    rows = tuple((b.name, b.words) for b in bars)
    return Figure(title, description, svg_document(size, title, description, body), columns, rows)


def drawn_bar(bar: Bar, top: float, zero: float, scale: float, width: int) -> str:
    """One name, its bar on a faint track, and its value at the end."""
    long = abs(float(bar.value)) * scale
    left = zero - long if bar.value < 0 else zero
    words_x, anchor = (left - 6, "end") if bar.value < 0 else (zero + long + 6, "start")
    return (
        f"<g><title>{label_title(bar)}</title>"
        + label(0, top + 15, fitted(bar.name, width))
        + f'<path d="M0 {number(top + 40.5)}H{width}" stroke="{FAINT}"/>'
        + f'<rect class="series-0" x="{number(left)}" y="{number(top + 21)}" width="{number(max(long, 1))}" '
        f'height="14" rx="2" fill="{SERIES_COLOURS[0]}"/>'
        + label(words_x, top + 32.5, bar.words, anchor=anchor, css_class="chart-label chart-value")
        + "</g>"
    )


def label_title(bar: Bar) -> str:
    """The whole name and value, shown when the pointer rests on a bar."""
    return escape(f"{bar.name}: {bar.words}")
