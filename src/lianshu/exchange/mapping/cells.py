"""Reading one cell as its column says: a value, a known non-value, a reference, or not understood."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from lianshu.exchange.mapping.spec import Column, MappingSpec
from lianshu.exchange.mapping.template import parse_pattern
from lianshu.kernel.instant import parse_date, parse_instant
from lianshu.kernel.quantity import decimal_text, parse_decimal
from lianshu.kernel.refusal import Refused
from lianshu.kernel.text import Text

State = Literal["value", "empty", "token", "reference", "unread"]
_CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029]")
_LONGEST: Final = {"code": 200, "text": 4_000}
_REMEMBERED: Final = 200_000
_INTEGER: Final = re.compile(r"-?[0-9]{1,18}")


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell is. ``text`` is the value, the token's name or the line referred to.

    ``reason`` says why a cell is not understood.
    """

    state: State
    text: str = ""
    reason: Text | None = None


EMPTY: Final = Cell("empty")


class CellReader:
    """Reads the cells of one file: holds what references need, the other lines of the file."""

    def __init__(self, spec: MappingSpec, header: Sequence[str], rows: Sequence[list[str]]) -> None:
        self._spec = spec
        self._rows = rows
        self._at = {name: header.index(c.header) for name, c in spec.columns.items()}
        self._tokens = {
            name: {spec.tokens[token].text: token for token in column.tokens}
            for name, column in spec.columns.items()
        }
        self._patterns = {
            name: parse_pattern(pattern.text, name) for name, pattern in spec.patterns.items()
        }
        # Most columns repeat few texts. A reference depends on its target too, but not on its own row.
        self._read: dict[tuple[str, str], Cell] = {}
        self._lines = {
            column: self._index(column)
            for column in {pattern.line.column for pattern in spec.patterns.values()}
        }

    def _index(self, column: str) -> dict[str, int]:
        """Row number by key; of a key given twice the first, as the second line is refused."""
        at = self._at[column]
        index: dict[str, int] = {}
        for number, row in enumerate(self._rows):
            if len(row) > at:
                index.setdefault(row[at].strip(), number)
        return index

    def read(self, name: str, row: Sequence[str]) -> Cell:
        """The cell of a column in a row."""
        text = row[self._at[name]].strip()
        cell = self._read.get((name, text))
        if cell is None:
            if len(self._read) >= _REMEMBERED:
                self._read.clear()
            cell = self._read[name, text] = self._read_text(name, text)
        return cell

    def _read_text(self, name: str, text: str) -> Cell:
        column = self._spec.columns[name]
        if not text:
            return Cell("token", column.empty) if column.empty else EMPTY
        token = self._tokens[name].get(text)
        if token is not None:
            return Cell("token", token)
        for pattern in column.patterns:
            found = self._patterns[pattern].fullmatch(text)
            if found is not None:
                return self._referred(name, pattern, found)
        try:
            return self._value(column, text)
        except Refused as refused:
            return Cell("unread", text, refused.refusals[0].rule)

    def _referred(self, name: str, pattern: str, found: re.Match[str]) -> Cell:
        """A reference holds if the line exists, agrees in what it must, and has the value itself."""
        spec = self._spec.patterns[pattern]
        text, line = found[0], found[spec.line.group]
        number = self._lines[spec.line.column].get(line)
        if number is None:
            zh, en = f"文件中没有第 {line} 号", f"the file has no line {line}"
            return Cell("unread", text, Text(f"所指的行不存在：{zh}", f"dangling reference: {en}"))
        target = self._rows[number]
        for group, column in spec.match.items():
            there = target[self._at[column]].strip() if len(target) > self._at[column] else ""
            if there != found[group]:
                return Cell("unread", text, Text(
                    f"所指的行 {line} 是 {there}，不是 {found[group]}",
                    f"line {line} is of {there}, not of {found[group]}"))  # fmt: skip
        there = target[self._at[name]].strip() if len(target) > self._at[name] else ""
        points_on = any(
            self._patterns[other].fullmatch(there) for other in self._spec.columns[name].patterns
        )
        if not there or points_on:
            return Cell("unread", text, Text(
                f"所指的行 {line} 自身没有该值", f"line {line} has no such value itself"))  # fmt: skip
        return Cell("reference", line)

    def _value(self, column: Column, text: str) -> Cell:
        kind = column.type
        if kind in ("text", "code"):
            return _plain(text, _LONGEST[kind])
        if kind == "term":
            assert column.values is not None, "checked when the mapping was loaded"
            term = self._spec.values[column.values].get(text)
            unknown = Text("取值不在对照表中", "the value is not in the table of terms")
            return Cell("unread", text, unknown) if term is None else Cell("value", term)
        if kind == "integer" and not _INTEGER.fullmatch(text):
            return Cell("unread", text, Text("须为整数", "it is a whole number"))
        if kind in ("decimal", "integer"):
            return Cell("value", decimal_text(parse_decimal(text, negative=column.negative)))
        zone = self._spec.input.timezone.replace("UTC", "Z")
        if kind == "date":
            return Cell("value", f"{parse_date(text).isoformat()}T00:00:00{zone}")
        written = text.replace(" ", "T", 1)
        offset = "" if re.search(r"(?:[Zz]|[+-][0-9]{2}:?[0-9]{2})$", written) else zone
        parse_instant(written + offset)
        return Cell("value", written + offset)


def _plain(text: str, longest: int) -> Cell:
    if len(text) > longest:
        return Cell("unread", text[:80], Text(f"超过 {longest} 字", f"over {longest} characters"))
    if _CONTROL.search(text):
        return Cell("unread", ascii(text[:80]), Text("含控制字符", "it holds a control character"))
    return Cell("value", text)
