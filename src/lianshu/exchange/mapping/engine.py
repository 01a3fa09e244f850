"""From somebody's own export to entries, by a mapping."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import msgspec

from lianshu.exchange.mapping.cells import Cell, CellReader
from lianshu.exchange.mapping.report import Conflict, MappingReport
from lianshu.exchange.mapping.spec import (
    Choice,
    EntryOf,
    Field,
    Flow,
    MappingSpec,
    Thing,
    When,
)
from lianshu.exchange.mapping.template import Template, parse_template
from lianshu.exchange.source import (
    ENCODING_REMEDY,
    ENCODING_RULE,
    MEBIBYTE,
    Source,
    broken_text,
    open_source,
    refuse_file,
    text_reader,
)
from lianshu.flow.table import table
from lianshu.kernel.refusal import Refusal, Refused
from lianshu.kernel.text import Text
from lianshu.record.entry import Draft

MAX_MAPPED_BYTES: Final = 256 * MEBIBYTE  # held in memory, because a line may refer to any other
_ENCODE: Final = msgspec.json.Encoder(order="sorted").encode
_NEEDED: Final = ("mood", "action", "time", "item", "qty", "unit")
_CHECK: Final = Text(
    "核对该行，或在映射中说明该写法", "check the line, or describe it in the mapping"
)


def read_mapped(
    source: Source,
    spec: MappingSpec,
    report: MappingReport | None = None,
    *,
    max_bytes: int = MAX_MAPPED_BYTES,
) -> Iterator[Draft | Refusal]:
    """Entries of an export: for each line its master data seen first there, then its own entry.

    Line 1 is the line after the header. A required cell that is not understood refuses its line; any
    other leaves out the flows that need it and is counted in ``report``, which is complete when the
    iterator is exhausted. The row as received goes with the entry (``origin``).

    >>> from lianshu.exchange.mapping.spec import load_mapping
    >>> [refusal.code for refusal in read_mapped(b"a,b\\n1,2\\n", load_mapping("scms"))]
    ['header_missing']
    """
    report = MappingReport.of(spec) if report is None else report
    try:
        header, rows, lines = _load(source, spec, max_bytes)
        report.undescribed = _undescribed(spec, header)
        yield from _Run(spec, header, rows, report).entries(lines)
    except Refused as refused:
        yield from refused.refusals


def _load(
    source: Source, spec: MappingSpec, max_bytes: int
) -> tuple[list[str], list[list[str]], list[int]]:
    """Header, rows and the line of each row."""
    text = text_reader(open_source(source, max_bytes=max_bytes), spec.input.encoding)
    reader = csv.reader(text, delimiter=spec.input.delimiter, strict=True)
    rows: list[list[str]] = []
    lines: list[int] = []
    try:
        header = [name.strip() for name in next(reader, [])]
        start = end = reader.line_num
        for row in reader:
            if row:
                rows.append(row)
                lines.append(end - start + 1)
            end = reader.line_num
    except csv.Error as error:
        rule = Text(f"不是有效的 CSV（{error}）", f"it is not valid CSV ({error})")
        remedy = Text("检查引号是否成对", "check that quotation marks are paired")
        raise Refused(
            Refusal("line", rule, remedy, max(reader.line_num - 1, 0), code="csv")
        ) from error
    return header, rows, lines


def _undescribed(spec: MappingSpec, header: list[str]) -> tuple[str, ...]:
    """Columns that the mapping does not describe; refuses a header that lacks one that it does."""
    wanted = {column.header for column in spec.columns.values()}
    missing = sorted(wanted - set(header))
    if missing:
        shown = ", ".join(missing[:8])
        rule = Text(f"表头缺少映射所述的列：{shown}", f"the header lacks columns: {shown}")
        remedy = Text(f"检查文件是否为“{spec.title.zh}”", f"check that it is “{spec.title.en}”")
        raise refuse_file(rule, remedy, "header_missing")
    if len(set(header)) != len(header):
        rule = Text("表头有重复的列", "the header names a column twice")
        raise refuse_file(rule, Text("改掉重复的列名", "rename one of them"), "header_doubled")
    return tuple(name for name in header if name not in wanted)


class _Run:
    """One file being read: what was seen so far decides what is new, doubled or in conflict."""

    def __init__(
        self, spec: MappingSpec, header: list[str], rows: list[list[str]], report: MappingReport
    ) -> None:
        self._spec = spec
        self._header = header
        self._rows = rows
        self._cells = CellReader(spec, header, rows)
        self._report = report
        self._things: dict[tuple[str, str], dict[str, Any]] = {}
        self._seen: dict[str, dict[str, int]] = {
            name: {} for name, column in spec.columns.items() if column.unique
        }
        self._templates: dict[str, Template] = {}

    def entries(self, lines: list[int]) -> Iterator[Draft | Refusal]:
        """Drafts and refusals of every row, in order."""
        for row, line in zip(self._rows, lines, strict=True):
            self._report.lines += 1
            try:
                yield from self._row(row, line)
            except Refused as refused:
                self._report.refused += 1
                yield refused.refusals[0].at_line(line)

    def _row(self, row: list[str], line: int) -> Iterator[Draft]:
        if len(row) != len(self._header):
            raise _width(len(self._header), len(row))
        if any(broken_text(cell) for cell in row):
            raise Refused(Refusal("line", ENCODING_RULE, ENCODING_REMEDY, code="encoding"))
        cells = {name: self._cells.read(name, row) for name in self._spec.columns}
        for name, cell in cells.items():
            self._report.columns[name].add(cell, line)
        self._check(cells, line)
        values = {name: cell.text for name, cell in cells.items() if cell.state == "value"}
        for thing in self._spec.things:
            payload = self._thing(thing, cells, values, line)
            if payload:
                yield Draft(line, payload)
        for entry in self._spec.entries:
            payload = self._entry(entry, cells, values, row)
            if payload:
                self._report.entries += 1
                yield Draft(line, payload)

    def _check(self, cells: dict[str, Cell], line: int) -> None:
        """Required cells have a value, unique ones a new one."""
        for name, column in self._spec.columns.items():
            cell = cells[name]
            if column.required and cell.state != "value":
                rule = cell.reason or Text("该列必须有值", "the column has a value")
                raise Refused(Refusal(column.header, rule, _CHECK, code="required"))
        for name, seen in self._seen.items():
            text = cells[name].text
            first = seen.setdefault(text, line)
            if first != line:
                rule = Text(f"编号 {text} 与第 {first} 行重复", f"{text} is also on line {first}")
                header = self._spec.columns[name].header
                raise Refused(Refusal(header, rule, _CHECK, code="duplicate"))

    def _thing(
        self, thing: Thing, cells: Mapping[str, Cell], values: dict[str, str], line: int
    ) -> bytes:
        """The master entry of a thing named for the first time; nothing for one seen before."""
        id_ = self._fill(thing.id, values)
        if not id_ or not _holds(thing.when, cells):
            return b""
        set_: dict[str, Any] = {"id": id_, **self._fields(thing.set, cells, values)}
        for column in table(thing.table).columns:
            if column.name in set_ and column.type in _TYPED:
                set_[column.name] = _TYPED[column.type](set_[column.name])
        properties = {k: self._fill(text, values) for k, text in thing.properties.items()}
        if properties := {k: text for k, text in properties.items() if text}:
            set_["properties"] = properties
        first = self._things.setdefault((thing.table, id_), set_)
        if first is not set_:
            self._compare(thing.table, first, set_, line)
            return b""
        self._report.things[thing.table] += 1
        return _ENCODE({"id": id_, "kind": "master", "things": [{"table": thing.table, **set_}]})

    def _compare(self, name: str, first: dict[str, Any], now: dict[str, Any], line: int) -> None:
        if first == now:
            return
        for column in sorted(first.keys() | now.keys()):
            kept, other = first.get(column, ""), now.get(column, "")
            if kept != other:
                self._report.add_conflict(
                    Conflict(name, first["id"], column, str(kept), str(other), line)
                )

    def _entry(
        self, entry: EntryOf, cells: Mapping[str, Cell], values: dict[str, str], row: list[str]
    ) -> bytes:
        id_ = self._fill(entry.id, values)
        if not id_ or not _holds(entry.when, cells):
            return b""
        flows = [made for flow in entry.flows if (made := self._flow(flow, cells, values))]
        if not flows:
            raise Refused(Refusal("line", Text("该行没有可成立的流", "no flow can be made of the line"),
                                  _CHECK, code="no_flow"))  # fmt: skip
        whole: dict[str, Any] = {"id": id_, "kind": entry.kind, "flows": flows}
        if recorded := self._fill(entry.recorded, values):
            whole["recorded"] = recorded
        whole["origin"] = {name: cell for name, cell in zip(self._header, row, strict=True) if cell}
        return _ENCODE(whole)

    def _flow(
        self, flow: Flow, cells: Mapping[str, Cell], values: dict[str, str]
    ) -> dict[str, str] | None:
        if not _holds(flow.when, cells):
            return None
        made = self._fields(flow.set, cells, values)
        if any(not made.get(name) for name in _NEEDED):
            self._report.flows_lacking[flow.name] += 1
            return None
        self._report.flows[flow.name] += 1
        return made

    def _fields(
        self, given: dict[str, Field], cells: Mapping[str, Cell], values: dict[str, str]
    ) -> dict[str, str]:
        filled: dict[str, str] = {}
        for name, field in given.items():
            choices = [Choice(field)] if isinstance(field, str) else field
            for choice in choices:
                if _holds(choice.when, cells):
                    if text := self._fill(choice.value, values):
                        filled[name] = text
                    break
        return filled

    def _fill(self, text: str, values: dict[str, str]) -> str:
        template = self._templates.get(text)
        if template is None:
            template = self._templates[text] = parse_template(text, "mapping")
        return template.fill(values)


def _boolean(text: str) -> bool:
    return text == "true"


# On the wire every value is text, but for these types of the schema.
_TYPED: Final[dict[str, Callable[[str], Any]]] = {"boolean": _boolean, "integer": int}


def _holds(when: When, cells: Mapping[str, Cell]) -> bool:
    for name, condition in when.items():
        cell = cells[name]
        if condition.state is not None and cell.state != condition.state:
            return False
        value = cell.text if cell.state == "value" else ""
        if condition.equals is not None and value != condition.equals:
            return False
        if condition.one_of is not None and value not in condition.one_of:
            return False
    return True


def _width(expected: int, found: int) -> Refused:
    rule = Text(f"应有 {expected} 列，实有 {found} 列", f"{expected} columns, found {found}")
    return Refused(Refusal("line", rule, _CHECK, code="width"))
