"""The flow table as CSV: one row, one entry with one flow.

The header names the columns in any order: ``flow, mood, action, time, item, qty, unit`` must be
there, any other column of the flow table may be. ``time`` is ISO 8601 with an offset, a day number
since 1970-01-01 (at most 6 digits), or microseconds UTC (at least 12 digits).
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from operator import itemgetter
from typing import Final

import msgspec

from lianshu.exchange.source import (
    ENCODING_REMEDY,
    ENCODING_RULE,
    MAX_BYTES,
    Source,
    broken_text,
    open_source,
    text_reader,
)
from lianshu.flow.action import MOODS, actions
from lianshu.flow.table import table
from lianshu.kernel.instant import DAY_US, format_instant, parse_instant
from lianshu.kernel.quantity import decimal_text, parse_decimal
from lianshu.kernel.refusal import Refusal, Refused
from lianshu.kernel.text import Text
from lianshu.record.entry import Draft

REQUIRED: Final = ("flow", "mood", "action", "time", "item", "qty", "unit")
MAX_CELL: Final = 4_000
_INTEGER: Final = re.compile(r"-?[0-9]{1,18}")
_PLAIN_QTY: Final = re.compile(r"(?:0|[1-9][0-9]{0,19})(?:\.[0-9]{0,17}[1-9])?").fullmatch
_KINDS: Final = {"invoice": "document", "pay": "payment"}
_EXACT: Final = 1 << 53  # RFC 8785 numbers are IEEE 754 doubles
_Times = dict[str, int | str]
_CACHE_ROWS: Final = 100_000
_ENCODE: Final = msgspec.json.Encoder().encode


def read_flows_csv(
    source: Source, *, encoding: str = "utf-8", max_bytes: int = MAX_BYTES
) -> Iterator[Draft | Refusal]:
    """Entries of a flow CSV, one for each data line, or the refusal of that line.

    Line 1 is the line after the header; blank lines count and are skipped. A refusal of line 0 is
    of the whole file, and then no entry comes with it unless a limit is met on the way. Quantities
    and times are put in canonical form, so a second export of the same rows has the same meaning.
    Source: RFC 4180 (CSV); ValueFlows 1.0 (flows).

    >>> rows = b"flow,mood,action,time,item,qty,unit\\nF1,fact,produce,1,leaf,333.0,kg\\n"
    >>> [draft.payload.decode() for draft in read_flows_csv(rows)]  # doctest: +ELLIPSIS
    ['{"flows":[{"action":"produce","id":"F1","item":"leaf","mood":"fact","qty":"333",...,"kind":"event"}']
    """
    try:
        reader = text_reader(open_source(source, max_bytes=max_bytes), encoding)
        yield from _rows(reader)
    except Refused as refused:
        yield from refused.refusals


def _rows(text: io.TextIOWrapper) -> Iterator[Draft | Refusal]:
    rows = csv.reader(text, strict=True)
    try:
        header = next(rows)
    except (csv.Error, StopIteration):
        header = []
    names = _names(header)
    # Members in the order of RFC 8785 make the payload canonical, which saves capture a sort.
    order = sorted(range(len(names)), key=names.__getitem__)
    pick, picked = itemgetter(*order), tuple(names[n] for n in order)
    header_lines = end = rows.line_num
    times: _Times = {}
    while True:
        line = end - header_lines + 1
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            end = rows.line_num
            yield _malformed(error, line)
            continue
        except Refused as refused:
            yield from (refusal.at_line(line) for refusal in refused.refusals)
            return
        end = rows.line_num
        if not row:
            continue
        try:
            if len(row) != len(names):
                raise Refused(_wrong_width(len(names), len(row)))
            yield Draft(line, _payload(picked, pick(row), times), canonical=True)
        except UnicodeEncodeError:
            yield Refusal(_broken(names, row), ENCODING_RULE, ENCODING_REMEDY, line, "encoding")
        except Refused as refused:
            yield from (refusal.at_line(line) for refusal in refused.refusals[:1])


def _names(header: list[str]) -> tuple[str, ...]:
    """Wire names of the header; refuses unknown, doubled and missing columns."""
    columns = {name: name for name in table("flow").names() if name != "id"} | {"flow": "id"}
    unknown = [name for name in header if name not in columns]
    missing = [name for name in REQUIRED if name not in header]
    doubled = sorted({name for name in header if header.count(name) > 1})
    names = "、".join(columns), ", ".join(columns)
    remedy = Text(f"表头可用的列：{names[0]}", f"the header may name: {names[1]}")
    problems = (
        ("header_unknown", unknown, "表头有不认识的列", "the header has unknown columns"),
        ("header_missing", missing, "表头缺少必需的列", "the header lacks required columns"),
        ("header_doubled", doubled, "表头有重复的列", "the header names a column twice"),
    )
    refusals = [
        Refusal("header", Text(f"{zh}：{shown}", f"{en}: {shown}"), remedy, code=code)
        for code, found, zh, en in problems
        if found and (shown := ", ".join(ascii(name[:40]).strip("'") for name in found[:8]))
    ]
    if refusals:
        raise Refused(refusals)
    return tuple(columns[name] for name in header)


def _payload(names: tuple[str, ...], row: tuple[str, ...], times: _Times) -> bytes:
    """The entry of one row; the shape of every line is settled here, its meaning by capture."""
    flow: dict[str, str | int] = {name: cell for name, cell in zip(names, row, strict=True) if cell}
    try:
        id_, mood, action = flow["id"], flow["mood"], flow["action"]
        time, qty = flow["time"], flow["qty"]
        flow["item"], flow["unit"]
    except KeyError as missing:
        raise Refused(_empty(missing.args[0])) from None
    if mood not in MOODS or action not in actions():
        raise Refused(_unknown_word(str(mood)))
    if not _PLAIN_QTY(qty):  # type: ignore[arg-type]
        flow["qty"] = decimal_text(parse_decimal(str(qty), negative=False))
    known = times.get(time)  # type: ignore[arg-type]
    flow["time"] = _instant(str(time), "time", times) if known is None else known
    for name in ("time_end", "agreed"):
        if name in flow:
            flow[name] = _instant(str(flow[name]), name, times)
    kind = "order" if mood == "promise" else _KINDS.get(action, "event")
    payload = _ENCODE({"flows": [flow], "id": id_, "kind": kind})
    if b"\\" in payload or len(payload) > MAX_CELL:
        _check_cells(names, row)
    return payload


def _instant(text: str, field: str, times: _Times) -> int | str:
    """Microseconds UTC of a time cell, or text where JSON numbers end; a file repeats its times, so they are remembered."""
    if _INTEGER.fullmatch(text):
        digits = len(text.lstrip("-"))
        if 6 < digits < 12:
            rule = Text(
                "整数时间为 1970-01-01 起的天数（至多 6 位）或微秒数（至少 12 位）",
                "an integer time is a day number (≤ 6 digits) or microseconds (≥ 12 digits)",
            )
            remedy = Text("秒与毫秒请改写为 ISO 8601", "write seconds or milliseconds as ISO 8601")
            raise Refused(Refusal(field, rule, remedy, code="time_scale"))
        us = parse_instant(int(text) * (DAY_US if digits <= 6 else 1), field)
    else:
        us = parse_instant(text, field)
    if len(times) >= _CACHE_ROWS:
        times.clear()
    times[text] = exact = us if -_EXACT < us < _EXACT else format_instant(us)
    return exact


def _check_cells(names: tuple[str, ...], row: tuple[str, ...]) -> None:
    """Refuse control characters and overlong cells; called only where the payload hints at one."""
    for name, cell in zip(names, row, strict=True):
        if len(cell) > MAX_CELL:
            rule = Text(
                f"单元格不得超过 {MAX_CELL} 字", f"a cell has at most {MAX_CELL} characters"
            )
            remedy = Text("检查引号是否成对", "check that quotation marks are paired")
            raise Refused(Refusal(name, rule, remedy, code="cell_size"))
        if any(character < " " or character == "\x7f" for character in cell):
            rule = Text(
                "不得含控制字符（含换行、制表与 NUL）",
                "it holds no control character (line break, tab, NUL)",
            )
            remedy = Text("删除该字符", "remove the character")
            raise Refused(Refusal(name, rule, remedy, code="control_character"))


def _broken(names: tuple[str, ...], row: list[str]) -> str:
    return next((n for n, cell in zip(names, row, strict=False) if broken_text(cell)), "line")


def _empty(name: str) -> Refusal:
    rule = Text("不得为空", "it is not empty")
    remedy = Text("填写该列", "fill in the column")
    return Refusal("flow" if name == "id" else name, rule, remedy, code="empty")


def _wrong_width(expected: int, found: int) -> Refusal:
    rule = Text(f"应有 {expected} 列，实有 {found} 列", f"{expected} columns, found {found}")
    remedy = Text("检查逗号与引号", "check commas and quotation marks")
    return Refusal("line", rule, remedy, code="width")


def _unknown_word(mood: str) -> Refusal:
    field, known = ("mood", MOODS) if mood not in MOODS else ("action", actions())
    words = ", ".join(known)
    rule = Text("不是已知的取值", "it is not a known value")
    return Refusal(
        field, rule, Text(f"可用：{words}", f"use one of: {words}"), code="unknown_value"
    )


def _malformed(error: csv.Error, line: int) -> Refusal:
    rule = Text(f"不是有效的 CSV 行（{error}）", f"it is not a valid CSV line ({error})")
    remedy = Text("检查引号是否成对、单元格是否过长", "check quotation marks and the cell's length")
    return Refusal("line", rule, remedy, line, "csv")
