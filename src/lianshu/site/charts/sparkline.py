"""A trend the size of a word."""

from __future__ import annotations

from collections.abc import Sequence

from lianshu.site.charts.figure import SERIES_COLOURS, attribute, number


def sparkline(values: Sequence[float | None], name: str, size: tuple[int, int] = (120, 32)) -> str:
    """A bare line with a dot on the last value; ``name`` says in words what it shows. Empty below two values.

    >>> sparkline([1, 2, None, 3], "up from 1 to 3").count("<path")
    1
    >>> sparkline([1], "one value")
    ''
    """
    known = [v for v in values if v is not None]
    if len(known) < 2:
        return ""
    width, height = size
    low, span = min(known), (max(known) - min(known)) or 1
    path, pen_down, x, y = "", False, 0.0, 0.0
    for i, value in enumerate(values):
        if value is None:
            pen_down = False
            continue
        x = 4 + (width - 8) * i / (len(values) - 1)
        y = height - 4 - (height - 8) * (value - low) / span
        path += f"{'L' if pen_down else 'M'}{number(x)} {number(y)}"
        pen_down = True
    colour = SERIES_COLOURS[0]
    return (
        f'<svg class="sparkline" role="img" aria-label={attribute(name)} viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}"><path d="{path}" fill="none" stroke="{colour}" stroke-width="1.75" '
        f'stroke-linejoin="round" stroke-linecap="round"/>'
        f'<circle cx="{number(x)}" cy="{number(y)}" r="2.75" fill="{colour}"/></svg>'
    )
