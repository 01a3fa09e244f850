"""The first rows of a file as they stand, for the eye."""

from __future__ import annotations

import csv
from itertools import islice
from pathlib import Path

from lianshu.exchange.mapping.spec import load_mapping
from lianshu.exchange.source import open_source, text_reader

ROWS = 20
_CELL = 120


def first_rows(path: Path, format_: str, encoding: str) -> tuple[list[str], list[list[str]]]:
    """(header, first rows) of a text file; of JSON each line is one cell without a header."""
    delimiter = ","
    if format_.startswith("mapping:"):
        given = load_mapping(format_.removeprefix("mapping:")).input
        encoding, delimiter = given.encoding, given.delimiter
    with path.open("rb") as file:
        text = text_reader(open_source(file), encoding)
        if format_ in ("entries", "epcis"):
            return [], [[shown(line.strip(), 4 * _CELL)] for line in islice(text, ROWS)]
        rows = csv.reader(text, delimiter=delimiter)
        head = next(rows, [])
        try:
            return head, [[shown(cell) for cell in row] for row in islice(rows, ROWS) if row]
        except csv.Error:
            return head, []


def shown(text: str, most: int = _CELL) -> str:
    """A cell cut for the page; bytes that are no text are replaced.

    >>> shown("a" * 200)[-1], shown("茶")
    ('…', '茶')
    """
    plain = text.encode("utf-8", "replace").decode()
    return plain if len(plain) <= most else f"{plain[:most]}…"
