"""A reading as a file: CSV for a spreadsheet, JSON for a program."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from lianshu.app.result import Table

FORMS = {"csv": "text/csv; charset=utf-8", "json": "application/json"}
# A spreadsheet runs a cell that begins with one of these (OWASP, CSV injection).
_RUNS = ("=", "+", "-", "@", "\t", "\r")


def csv_bytes(table: Table) -> bytes:
    """The whole table as CSV in UTF-8 with a byte order mark, without which Excel garbles Chinese."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(table.names)
    kinds = [column.type for column in table.columns]
    for row in table.plain():
        writer.writerow(csv_cell(value, kind) for value, kind in zip(row, kinds, strict=True))
    return out.getvalue().encode("utf-8-sig")


def csv_cell(value: Any, kind: str) -> object:
    """A cell that a spreadsheet shows and never runs.

    >>> csv_cell("=1+1", "text"), csv_cell("-3", "quantity"), csv_cell(True, "boolean"), csv_cell(None, "text")
    ("'=1+1", '-3', 'true', '')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if kind == "text" and str(value).startswith(_RUNS):
        return f"'{value}"
    return value


def json_bytes(table: Table) -> bytes:
    """The table as ``lianshu run KEY --format json`` prints it."""
    answer = {
        "key": table.capability.key,
        "as_of": table.as_of,
        "columns": table.names,
        "rows": table.plain(),
    }
    return json.dumps(answer, ensure_ascii=False).encode()
