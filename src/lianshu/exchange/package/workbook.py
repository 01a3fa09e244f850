"""Workbooks that are handed out: the template to fill in, and the copy that marks what is wrong."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from pathlib import Path
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from lianshu.exchange.package.check import CheckedPackage, Finding
from lianshu.exchange.package.schema import TABLES, TITLES, Column, datapackage, schema
from lianshu.exchange.package.sheets import Sheet

_BAD: Final = PatternFill("solid", fgColor="FFC7CE")
_HEAD: Final = PatternFill("solid", fgColor="DDEBF7")
_NEEDED: Final = PatternFill("solid", fgColor="FCE4D6")
_GREY: Final = Font(color="808080", italic=True)
_BOLD: Final = Font(bold=True)
_FORBIDDEN: Final = dict.fromkeys((*range(9), 11, 12, *range(14, 32)))
_TEMPLATE_ROWS: Final = 1_000
_AUTHOR: Final = "链枢 Lianshu"


def write_template(path: Path) -> None:
    """Write an empty package to fill in: a folder of CSV files, or a workbook if it ends in .xlsx.

    In the workbook row 1 names the columns, row 2 explains them (a row that starts with # is passed
    over), code columns are formatted as text and lists offer their values.

    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp()) / "chain"
    >>> write_template(folder)
    >>> (folder / "orders.csv").read_text(encoding="utf-8")[:15]
    'order,line,item'
    """
    if path.suffix.lower() == ".xlsx":
        _template_book().save(path)
        return
    path.mkdir(parents=True, exist_ok=True)
    for name in TABLES:
        with (path / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerow([c.name for c in schema(name).columns])
    text = json.dumps(datapackage(), ensure_ascii=False, indent=2)
    (path / "datapackage.json").write_text(text + "\n", encoding="utf-8")


def _template_book() -> Workbook:
    book = Workbook()
    notes = book.worksheets[0]
    notes.title = "说明"
    for line in (
        "链包模板 Chain package template",
        "每张表第 1 行是列名，请勿改动；第 2 行是说明，导入时跳过；从第 3 行起填写。不用的表可留空。",
        "Row 1 names the columns; row 2 explains them and is passed over; fill in from row 3.",
        "橙色列必填。编号、日期时间列为文本格式；时间写 2026-03-01T08:00:00+08:00，或只写日期 2026-03-01（北京时间）。",
        "Orange columns are required. Codes and times are text; a date alone is that day in Asia/Shanghai.",
    ):
        notes.append([line])
    notes.column_dimensions["A"].width = 100
    for name in TABLES:
        sheet = book.create_sheet(name)
        for number, column in enumerate(schema(name).columns, 1):
            _template_column(sheet, number, column)
        sheet.cell(2, 1).value = f"# {sheet.cell(2, 1).value}"
        sheet.freeze_panes = "A3"
    return book


def _template_column(sheet: Any, number: int, column: Column) -> None:
    letter = get_column_letter(number)
    head = sheet.cell(1, number, column.name)
    head.font, head.fill = _BOLD, _NEEDED if column.required else _HEAD
    example = f"例 e.g. {column.example}" if column.example else ""
    said = (column.title.zh, column.meaning.zh, column.title.en, column.meaning.en, example)
    head.comment = Comment("\n".join(part for part in said if part), _AUTHOR, 160, 260)
    choices = f"：{' '.join(column.choices)}" if column.choices else ""
    explained = sheet.cell(2, number, f"{column.title.zh}：{column.meaning.zh}{choices}")
    explained.font = _GREY
    sheet.column_dimensions[letter].width = max(14, len(column.name) + 4)
    if column.type not in ("decimal", "latitude", "longitude"):
        sheet.column_dimensions[letter].number_format = "@"
        for row in range(3, 33):  # Excel shows the column's format only on rows without their own
            sheet.cell(row, number).number_format = "@"
    offered = column.choices or (("yes", "no") if column.type == "boolean" else ())
    if offered:
        validation = DataValidation("list", formula1=f'"{",".join(offered)}"', allow_blank=True)
        validation.add(f"{letter}3:{letter}{_TEMPLATE_ROWS}")
        sheet.add_data_validation(validation)


def error_workbook(path: Path, checked: CheckedPackage) -> None:
    """Write the package back as a workbook in which each bad cell is marked with its reason.

    The first sheet lists every finding with a link to its cell; the other sheets are the tables as
    they were handed in, so that they can be corrected in place and imported again.
    """
    book = Workbook()
    by_table: dict[str, list[Finding]] = defaultdict(list)
    for finding in checked.findings:
        by_table[finding.table].append(finding)
    positions: dict[tuple[str, int, str], str] = {}
    for sheet in checked.sheets:
        _marked_sheet(book.create_sheet(sheet.table), sheet, by_table[sheet.table], positions)
    _list_findings(book.worksheets[0], checked.findings, positions)
    book.save(path)


def _list_findings(
    sheet: Any, findings: list[Finding], positions: dict[tuple[str, int, str], str]
) -> None:
    sheet.title = "问题清单"
    sheet.append(
        ["表 Table", "单元格 Cell", "列 Column", "内容 Value", "规则", "办法", "Rule", "Remedy"]
    )
    for cell in sheet[1]:
        cell.font, cell.fill = _BOLD, _HEAD
    for number, finding in enumerate(findings, 2):
        where = positions.get((finding.table, finding.row, finding.column), "")
        refusal = finding.refusal
        row = (
            TITLES[finding.table].zh if finding.table else "", where, refusal.field, finding.value,
            refusal.rule.zh, refusal.remedy.zh, refusal.rule.en, refusal.remedy.en,
        )  # fmt: skip
        for column, text in enumerate(row, 1):
            _write_text(sheet.cell(number, column), text)
        if where:
            sheet.cell(number, 2).hyperlink = f"#'{finding.table}'!{where}"
    for letter, width in zip("ABCDEFGH", (10, 10, 14, 24, 40, 40, 40, 40), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "A2"


def _marked_sheet(
    target: Any, sheet: Sheet, findings: list[Finding], positions: dict[tuple[str, int, str], str]
) -> None:
    """Copy a table, keeping its row numbers, and mark the cells that findings speak of."""
    for number, name in enumerate(sheet.header, 1):
        head = target.cell(1, number)
        _write_text(head, name)
        head.font, head.fill = _BOLD, _HEAD
    for row, cells in sheet.rows:
        for number, value in enumerate(cells, 1):
            _write_text(target.cell(row, number), value)
    table = schema(sheet.table)
    places = {table.column(name).name: number for number, name in enumerate(sheet.header, 1)}
    reasons: dict[tuple[int, str], list[str]] = defaultdict(list)
    for finding in findings:
        refusal = finding.refusal
        reasons[finding.row, finding.column] += [
            f"{refusal.rule.zh}；{refusal.remedy.zh}",
            f"{refusal.rule.en}; {refusal.remedy.en}",
        ]
    for (row, column), lines in reasons.items():
        # A required column that the header lacks is refused earlier; an optional one may be missing.
        cell = target.cell(row, places.get(column, 1))
        cell.fill = _BAD
        cell.comment = Comment("\n".join(lines)[:2_000], _AUTHOR, 160, 320)
        positions[sheet.table, row, column] = cell.coordinate
    target.freeze_panes = "A2"


def _write_text(cell: Any, value: object) -> None:
    """Write what was handed in, as text: nothing that starts with = may become a formula."""
    if value is None or value == "":
        return
    if isinstance(value, int | float) and not isinstance(value, bool):
        cell.value = value
        return
    cell.value = str(value).translate(_FORBIDDEN).encode("utf-8", "replace").decode()[:32_000]
    cell.data_type = "s"
    cell.number_format = "@"
    cell.quotePrefix = True
