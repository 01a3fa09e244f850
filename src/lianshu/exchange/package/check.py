"""Checking a whole chain package before anything of it is taken.

``check_package`` reads every cell, then what cells say together: doubled keys, references, and lines
that contradict their order. Either all is clean, or there are findings and nothing is emitted.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from lianshu.exchange.package.cells import check_cell
from lianshu.exchange.package.schema import TABLES, schema
from lianshu.exchange.package.sheets import Sheet, read_sheets
from lianshu.kernel.refusal import Refusal, Refused
from lianshu.kernel.text import Text
from lianshu.record.envelope import LONGEST_KEY

Known = Callable[[str, str], bool]
"""Whether the workspace already has a thing: (table, id), or a flow: ("flow", flow id)."""

# Table of the package -> table of the record in which a reference may also be found.
RECORD_TABLES: Final = {
    "parties": "party", "places": "place", "items": "item", "lots": "lot", "resources": "resource",
}  # fmt: skip
MOST_FINDINGS: Final = 10_000


@dataclass(frozen=True, slots=True)
class Finding:
    """One bad cell: the table, its row (header = 1) and column, the value, and why.

    ``row`` 0 is the whole file.
    """

    table: str
    row: int
    column: str
    value: str
    refusal: Refusal


@dataclass(frozen=True, slots=True)
class Row:
    """One clean row: its table, row number, place among all rows of the package, and cells."""

    table: str
    row: int
    ordinal: int
    cells: dict[str, str]


@dataclass(slots=True)
class CheckedPackage:
    """A package that was read: its sheets as they stand, clean rows by table, and findings."""

    sheets: list[Sheet] = field(default_factory=list)
    rows: dict[str, list[Row]] = field(default_factory=lambda: {name: [] for name in TABLES})
    findings: list[Finding] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """Whether nothing is wrong with it."""
        return not self.findings

    def add(self, row: Row, column: str, rule: Text, remedy: Text, code: str) -> None:
        """Note that a cell is wrong."""
        if len(self.findings) < MOST_FINDINGS:
            refusal = Refusal(column, rule, remedy, row.row, code)
            value = row.cells.get(column, "")
            self.findings.append(Finding(row.table, row.row, column, value, refusal))


def nothing_known(table: str, id_: str) -> bool:  # noqa: ARG001
    """A ``known`` for a package that has to stand alone."""
    return False


def order_goods(order: str, line: str) -> str:
    """The flow id of the promise of goods of an order line; what shipments and receipts refer to."""
    return compose_id("order", order, line, suffix=":goods")


def compose_id(kind: str, *parts: str, suffix: str = "") -> str:
    """An entry or flow id made of what is unique in the package; a digest where it would be too long.

    >>> compose_id("order", "PO-1", "2", suffix=":goods")
    'order:PO-1/2:goods'
    >>> len(compose_id("stock", "p" * 150, "i" * 150)) <= LONGEST_KEY
    True
    """
    whole = "/".join(parts)
    if len(kind) + len(whole) + len(suffix) + 1 > LONGEST_KEY:
        whole = f"sha256:{hashlib.sha256(whole.encode()).hexdigest()}"
    return f"{kind}:{whole}{suffix}"


def check_package(path: Path, known: Known = nothing_known) -> CheckedPackage:
    """Read and check a package folder or .xlsx; never raises for what is wrong with it.

    >>> check_package(Path("no-such-folder")).findings[0].refusal.code
    'file_missing'
    """
    checked = CheckedPackage()
    try:
        checked.sheets = sorted(read_sheets(path), key=lambda sheet: TABLES.index(sheet.table))
    except Refused as refused:
        checked.findings = [Finding("", 0, "", path.name, r) for r in refused.refusals]
        return checked
    ordinal = 0
    for sheet in checked.sheets:
        for number, cells in sheet.rows:
            ordinal += 1
            _read_row(checked, sheet, (number, ordinal), cells)
    if ordinal == 0:
        rule, remedy = (
            Text("没有任何数据行", "it holds no row of data"),
            Text("填写后再导入", "fill it in"),
        )
        refusal = Refusal("file", rule, remedy, code="file_empty")
        checked.findings = [Finding("", 0, "", path.name, refusal)]
    for name in TABLES:
        _check_keys(checked, name)
    _References(checked, known).check()
    checked.findings.sort(key=lambda f: (TABLES.index(f.table) if f.table else -1, f.row))
    return checked


def _read_row(
    checked: CheckedPackage, sheet: Sheet, at: tuple[int, int], cells: tuple[object, ...]
) -> None:
    table = schema(sheet.table)
    row = Row(sheet.table, *at, {})
    if len(cells) > len(sheet.header):
        rule = Text("该行的单元格多于表头", "the row has more cells than the header")
        checked.add(
            row, table.columns[0].name, rule, Text("检查逗号与引号", "check commas"), "width"
        )
        cells = cells[: len(sheet.header)]
    filled = cells + (None,) * (len(sheet.header) - len(cells))
    for name, value in zip(sheet.header, filled, strict=True):
        column = table.column(name)
        try:
            if text := check_cell(column, value):
                row.cells[column.name] = text
        except Refused as refused:
            first = refused.refusals[0].at_line(row.row)
            if len(checked.findings) < MOST_FINDINGS:
                shown = str("" if value is None else value)[:200]
                checked.findings.append(Finding(sheet.table, row.row, column.name, shown, first))
    checked.rows[sheet.table].append(row)


def _check_keys(checked: CheckedPackage, name: str) -> None:
    """A key names one row; the reason tells the row that has it already."""
    key = schema(name).key
    first: dict[tuple[str, ...], int] = {}
    for row in checked.rows[name]:
        values = tuple(row.cells.get(column, "") for column in key)
        if not all(values[:1]):
            continue
        at = first.setdefault(values, row.row)
        if at != row.row:
            shown = " / ".join(values)
            rule = Text(f"编号 {shown} 与第 {at} 行重复", f"{shown} is already on row {at}")
            checked.add(row, key[-1] if values[-1] else key[0], rule,
                        Text("改用不同的编号", "give it another number"), "duplicate")  # fmt: skip


class _References:
    """What rows say of each other."""

    def __init__(self, checked: CheckedPackage, known: Known) -> None:
        self._checked = checked
        self._known = known
        self._keys = {
            name: {row.cells.get(schema(name).key[0], "") for row in rows}
            for name, rows in checked.rows.items()
        }
        self._lines = {
            (row.cells.get("order", ""), row.cells.get("line", "")): row.cells
            for row in checked.rows["orders"]
        }

    def check(self) -> None:
        """Add a finding for each reference that leads nowhere and each contradiction."""
        for name in TABLES:
            columns = [c for c in schema(name).columns if c.references]
            for row in self._checked.rows[name]:
                for column in columns:
                    if column.name not in ("order", "order_line"):
                        self._check_one(row, column.name, column.references)
                if "order_line" in row.cells and "order" in row.cells:
                    self._check_line(row)

    def _check_one(self, row: Row, column: str, target: str) -> None:
        value = row.cells.get(column)
        if value is None or value in self._keys[target]:
            return
        record = RECORD_TABLES.get(target)
        if record is not None and self._known(record, value):
            return
        if record is None and any(
            self._known("flow", compose_id(target[:-1], value, n)) for n in "12"
        ):
            return
        rule = Text(f"{target} 中没有 {value}", f"{target} has no {value}")
        remedy = Text(f"在 {target} 表中登记，或改正编号", f"add it to {target}, or correct it")
        self._checked.add(row, column, rule, remedy, "unknown_reference")

    def _check_line(self, row: Row) -> None:
        cells = row.cells
        order, line = cells["order"], cells["order_line"]
        ordered = self._lines.get((order, line))
        if ordered is None:
            if not self._known("flow", order_goods(order, line)):
                rule = Text(
                    f"没有订单 {order} 第 {line} 行", f"there is no order {order} line {line}"
                )
                self._checked.add(row, "order_line", rule,
                                  Text("登记订单或改正", "add the order or correct it"),
                                  "unknown_reference")  # fmt: skip
                return
            for column in _parties(row.table):
                if column not in cells:
                    rule = Text(
                        "订单不在本包，须写明双方", "the order is elsewhere, so name both parties"
                    )
                    self._checked.add(
                        row, column, rule, Text("填写该单元格", "fill in the cell"), "empty"
                    )
            return
        for column in ("item", "unit", "currency"):
            if column in cells and column in ordered and cells[column] != ordered[column]:
                rule = Text(
                    f"与订单行的 {ordered[column]} 不符", f"the order line says {ordered[column]}"
                )
                self._checked.add(
                    row, column, rule, Text("改为一致", "make them agree"), "contradiction"
                )


def _parties(table: str) -> tuple[str, str]:
    return ("payer", "payee") if table == "payments" else ("seller", "buyer")


def findings_as_refusals(checked: CheckedPackage) -> Iterator[Refusal]:
    """The findings for a caller that answers line by line; the field names sheet, cell and column."""
    ordinals = {(r.table, r.row): r.ordinal for rows in checked.rows.values() for r in rows}
    for finding in checked.findings:
        refusal = finding.refusal
        name = f"{finding.table}!{finding.row} {refusal.field}" if finding.table else refusal.field
        line = ordinals.get((finding.table, finding.row), 0)
        yield Refusal(name, refusal.rule, refusal.remedy, line, refusal.code)
