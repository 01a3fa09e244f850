"""What all charts share: the figure, ticks, escaping and the width of a text."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

SERIES_COLOURS = ("#0b5cad", "#b3530a", "#1d7a46", "#7a3fa0", "#a8324a", "#4a5b6c")
AXIS, INK, FAINT = "#8793a3", "#25303d", "#e3e8ee"


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing and the numbers in it. ``columns`` and ``rows`` are the data table, already words."""

    title: str
    description: str
    svg: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def svg_document(
    size: tuple[int, int],
    title: str,
    description: str,
    body: Sequence[str],
    *,
    css_class: str = "chart",
) -> str:
    """One SVG element with a name and a description for people who do not see it.

    >>> svg_document((10, 5), "a<b", "c", ["<path/>"]).startswith('<svg xmlns="http://www.w3.org/2000/svg" class="chart" role="img"')
    True
    """
    width, height = size
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="{css_class}" role="img" '
        f"aria-label={attribute(f'{title}. {description}' if description else title)} "
        f'viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
        f"<title>{escape(title)}</title><desc>{escape(description)}</desc>{''.join(body)}</svg>"
    )


def attribute(value: str) -> str:
    """A value quoted for an attribute.

    >>> attribute('A & "B"')
    '"A &amp; &quot;B&quot;"'
    """
    return quoteattr(value, {'"': "&quot;"})


def label(
    x: float, y: float, words: str, *, anchor: str = "start", css_class: str = "chart-label"
) -> str:
    """A text at a point.

    >>> label(1, 2, "库存")
    '<text x="1" y="2" class="chart-label" font-size="12" fill="#25303d">库存</text>'
    """
    place = "" if anchor == "start" else f' text-anchor="{anchor}"'
    return (
        f'<text x="{number(x)}" y="{number(y)}" class="{css_class}" font-size="12" fill="{INK}"{place}>'
        f"{escape(words)}</text>"
    )


def number(value: float) -> str:
    """A coordinate with at most one decimal.

    >>> number(3.0), number(2.25)
    ('3', '2.2')
    """
    return f"{value:.1f}".removesuffix(".0")


def nice_ticks(low: float, high: float, count: int = 4) -> list[float]:
    """Round values that cover low to high in steps of 1, 2, 2.5 or 5 times a power of ten.

    >>> nice_ticks(0, 97)
    [0.0, 25.0, 50.0, 75.0, 100.0]
    >>> nice_ticks(3, 3)
    [3.0, 3.25, 3.5, 3.75, 4.0]
    """
    if not high > low:
        high = low + 1
    rough = (high - low) / count
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= rough * 0.999)
    first = math.floor(low / step + 1e-9)
    last = math.ceil(high / step - 1e-9)
    return [round(i * step, 10) for i in range(first, last + 1)]


def text_width(words: str, size: float = 12) -> float:
    """About how wide a text is drawn: a Chinese character is as wide as high, a Latin letter a little over half.

    >>> text_width("库存") > text_width("ab")
    True
    """
    wide = sum(1.0 if unicodedata.east_asian_width(c) in "WF" else 0.56 for c in words)
    return wide * size


def fitted(words: str, width: float, size: float = 12) -> str:
    """The text, cut with an ellipsis when it is wider than ``width``.

    >>> fitted("内蒙古自治区呼和浩特市供应链管理有限责任公司", 100)
    '内蒙古自治区呼…'
    """
    if text_width(words, size) <= width:
        return words
    while words and text_width(words + "…", size) > width:
        words = words[:-1]
    return words + "…"
