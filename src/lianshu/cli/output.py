"""Output: aligned tables for people, JSON and CSV for programs."""

from __future__ import annotations

import csv
import json
import sys
import unicodedata
from collections.abc import Sequence
from typing import Any

FORMATS = ("table", "json", "csv")
WIDEST_CELL = 60
MOST_ROWS = 50


def text_width(text: str) -> int:
    """Columns that a text takes on a terminal; a Chinese character takes two.

    >>> text_width("链枢 Lianshu")
    12
    """
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def print_json(value: Any) -> None:
    """One JSON value on one line, Chinese left readable."""
    print(json.dumps(value, ensure_ascii=False))


def print_csv(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """A CSV with header; absent values are empty, booleans true and false."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([_cell(value) for value in row] for row in rows)


def print_table(names: Sequence[str], rows: Sequence[Sequence[Any]], most: int = MOST_ROWS) -> None:
    """A table for a terminal: numbers to the right, long text cut, at most ``most`` rows."""
    shown = [[_short(_cell(value)) for value in row] for row in rows[:most]]
    numeric = [all(_is_number(row[n]) for row in rows[:most]) for n in range(len(names))]
    widths = [
        max([text_width(name), *(text_width(row[n]) for row in shown)])
        for n, name in enumerate(names)
    ]
    print(_line(names, widths, numeric))
    print("  ".join("─" * width for width in widths))
    for row in shown:
        print(_line(row, widths, numeric))
    if len(rows) > most:
        print(f"… +{len(rows) - most}")


def _line(cells: Sequence[str], widths: Sequence[int], numeric: Sequence[bool]) -> str:
    padded = [
        " " * (width - text_width(cell)) + cell
        if right
        else cell + " " * (width - text_width(cell))
        for cell, width, right in zip(cells, widths, numeric, strict=True)
    ]
    return "  ".join(padded).rstrip()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.6g}"
    return str(value)


def _short(text: str) -> str:
    text = " ".join(text.split())
    if text_width(text) <= WIDEST_CELL:
        return text
    while text_width(text) > WIDEST_CELL - 1:
        text = text[:-1]
    return f"{text}…"


def _is_number(value: Any) -> bool:
    if isinstance(value, bool) or value is None:
        return False
    return (
        isinstance(value, int | float)
        or str(value).replace("-", "", 1).replace(".", "", 1).isdigit()
    )
