"""Reading the tables of a chain package from a folder of CSV files or from an .xlsx workbook.

Only the package is read, within limits that a small archive cannot blow up; whatever is wrong with
the file itself is one refusal.
"""

from __future__ import annotations

import csv
import json
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from lianshu.exchange.package.cells import Formula
from lianshu.exchange.package.schema import schema, table_named
from lianshu.exchange.source import MEBIBYTE, open_source, refuse_file, text_reader, too_big
from lianshu.kernel.refusal import Refused
from lianshu.kernel.text import Text

MAX_FILE_BYTES: Final = 64 * MEBIBYTE
MAX_UNPACKED_BYTES: Final = 256 * MEBIBYTE
MAX_PARTS: Final = 2_000
MAX_RATIO: Final = 200
MAX_ROWS: Final = 500_000
MAX_COLUMNS: Final = 200
_NOTES: Final = ("说明", "readme", "notes", "问题清单", "findings")
_RESAVE: Final = Text(
    "在 Excel 中另存为 .xlsx（无密码、无宏）", "save it as .xlsx, no password or macro"
)
_USE_TEMPLATE: Final = Text("请用本系统的模板填写", "fill in the template")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table as it stands: header cells and (row number, cells) with row 1 the header."""

    table: str
    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[object, ...]], ...]


def read_sheets(path: Path) -> list[Sheet]:
    """The tables of a package folder or workbook; raises ``Refused``.

    A row whose first cell starts with ``#`` is a note and is passed over, as is an empty row.
    """
    if path.is_dir():
        return list(_folder(path))
    if not path.is_file():
        rule = Text(f"没有文件 {path.name}", f"there is no file {path.name}")
        raise refuse_file(rule, Text("检查路径", "check the path"), "file_missing")
    return list(_workbook(path))


def _folder(folder: Path) -> Iterator[Sheet]:
    _check_descriptor(folder)
    found = False
    for path in sorted(folder.glob("*.csv")):
        name = table_named(path.stem)
        if not name:
            rule = Text(f"不认识的表 {path.name}", f"unknown table {path.name}")
            raise refuse_file(rule, _USE_TEMPLATE, "table_unknown")
        if path.resolve().parent != folder.resolve():
            rule = Text(f"{path.name} 指向文件夹之外", f"{path.name} leads out of the folder")
            raise refuse_file(rule, Text("放入文件本身", "put the file itself there"), "file_link")
        found = True
        yield _csv_sheet(path, name)
    if not found:
        rule = Text("文件夹中没有链包的表", "the folder holds no table of a chain package")
        raise refuse_file(rule, _USE_TEMPLATE, "file_type")


def _check_descriptor(folder: Path) -> None:
    """``datapackage.json`` may be absent; where present it must not contradict the schema."""
    path = folder / "datapackage.json"
    if not path.is_file():
        return
    wrong = Text("datapackage.json 与链包的结构不符", "datapackage.json is not of a chain package")
    try:
        if path.stat().st_size > MEBIBYTE:
            raise too_big(MEBIBYTE)
        resources = json.loads(path.read_bytes())["resources"]
        for resource in resources:
            name = table_named(resource["name"])
            types = {field["name"]: field["type"] for field in resource["schema"]["fields"]}
            ids = [column.name for column in schema(name).columns if column.type == "id"]
            if any(types.get(column, "string") != "string" for column in ids):
                rule = Text(f"{name} 的编号须为 string", f"ids of {name} are of type string")
                raise refuse_file(rule, _USE_TEMPLATE, "descriptor")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OSError) as error:
        raise refuse_file(wrong, _USE_TEMPLATE, "descriptor") from error


def _csv_sheet(path: Path, name: str) -> Sheet:
    with path.open("rb") as file:
        try:
            text = text_reader(open_source(file, max_bytes=MAX_FILE_BYTES))
            return _sheet(name, path.name, csv.reader(text, strict=True))
        except csv.Error as error:
            rule = Text(
                f"{path.name} 不是有效的 CSV（{error}）", f"{path.name} is not CSV ({error})"
            )
            raise refuse_file(rule, Text("检查引号", "check quotation marks"), "csv") from error
        except Refused as refused:
            first = refused.refusals[0]
            where = Text(f"{path.name}：{first.rule.zh}", f"{path.name}: {first.rule.en}")
            raise refuse_file(where, first.remedy, first.code) from None


def _sheet(name: str, title: str, rows: Iterable[Iterable[object]]) -> Sheet:
    header: tuple[str, ...] = ()
    kept: list[tuple[int, tuple[object, ...]]] = []
    for number, cells in enumerate(rows, 1):
        row = tuple(cells)
        while row and (row[-1] is None or row[-1] == ""):
            row = row[:-1]
        if len(row) > MAX_COLUMNS or len(kept) >= MAX_ROWS:
            rule = Text(
                f"{title} 超过 {MAX_ROWS} 行或 {MAX_COLUMNS} 列",
                f"{title} has over {MAX_ROWS} rows or {MAX_COLUMNS} columns",
            )
            raise refuse_file(rule, Text("拆成几份", "split it"), "file_size")
        if number == 1:
            header = tuple("" if cell is None else str(cell).strip() for cell in row)
        elif row and not str(row[0] if row[0] is not None else "").lstrip().startswith("#"):
            kept.append((number, row))
    _check_header(name, title, header)
    return Sheet(name, title, header, tuple(kept))


def _check_header(name: str, title: str, header: tuple[str, ...]) -> None:
    table = schema(name)
    known: list[str] = []
    for cell in header:
        try:
            known.append(table.column(cell).name)
        except KeyError:
            rule = Text(
                f"{title} 有不认识的列“{cell[:40]}”", f"{title} has unknown column “{cell[:40]}”"
            )
            raise refuse_file(rule, _USE_TEMPLATE, "header_unknown") from None
    missing = [c.name for c in table.columns if c.required and c.name not in known]
    if missing or len(set(known)) != len(known):
        shown = ", ".join(missing) or ", ".join(sorted({n for n in known if known.count(n) > 1}))
        rule = (
            Text(f"{title} 缺少列：{shown}", f"{title} lacks columns: {shown}")
            if missing
            else Text(f"{title} 的列重复：{shown}", f"{title} doubles columns: {shown}")
        )
        raise refuse_file(rule, _USE_TEMPLATE, "header_missing" if missing else "header_doubled")


def _workbook(path: Path) -> Iterator[Sheet]:
    import openpyxl  # 0.2 s, and only a workbook needs it

    _check_archive(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # styles that openpyxl does not know do not matter here
            book = openpyxl.load_workbook(path, read_only=True, data_only=False, keep_links=False)
            try:
                yield from _book_sheets(book)
            finally:
                book.close()
    except Refused:
        raise
    except Exception as error:
        # Damage inside the archive surfaces as almost any exception of the parser.
        rule = Text("工作簿已损坏，读不出", "the workbook is damaged and cannot be read")
        raise refuse_file(rule, _RESAVE, "file_damaged") from error


def _book_sheets(book: Any) -> Iterator[Sheet]:
    found = set()
    for sheet in book.worksheets:
        name = table_named(sheet.title)
        if sheet.title.strip().lower() in _NOTES or sheet.title.startswith("#"):
            continue
        if not name or name in found:
            rule = Text(
                f"不认识或重复的工作表 {sheet.title}", f"unknown or doubled sheet {sheet.title}"
            )
            raise refuse_file(rule, _USE_TEMPLATE, "table_unknown")
        found.add(name)
        sheet.reset_dimensions()  # the stored extent may be wrong on purpose
        yield _sheet(name, sheet.title, _book_rows(sheet))
    if not found:
        rule = Text("工作簿中没有链包的表", "the workbook holds no table of a chain package")
        raise refuse_file(rule, _USE_TEMPLATE, "file_type")


def _book_rows(sheet: Any) -> Iterator[Iterator[object]]:
    for row in sheet.iter_rows(max_col=MAX_COLUMNS + 1):
        yield (Formula(cell.value) if cell.data_type in ("f", "e") else cell.value for cell in row)


def _check_archive(path: Path) -> None:
    """Refuse what is not a plain .xlsx before its XML is parsed."""
    size = path.stat().st_size
    if size > MAX_FILE_BYTES:
        raise too_big(MAX_FILE_BYTES)
    with path.open("rb") as file:
        head = file.read(8)
        if not head.startswith(b"PK"):
            if not head:
                open_source(b"")
            if head.startswith(b"\xd0\xcf\x11\xe0"):
                rule = Text(
                    "工作簿已加密，或是旧版 .xls", "the workbook is encrypted or an old .xls"
                )
            else:
                rule = Text("不是 .xlsx 工作簿", "it is not an .xlsx workbook")
            raise refuse_file(rule, _RESAVE, "file_type")
        try:
            with zipfile.ZipFile(file) as archive:
                _check_parts(archive)
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            OSError,
            ValueError,
            RuntimeError,
        ) as error:
            rule = Text("压缩包已损坏", "the archive is damaged")
            raise refuse_file(rule, _RESAVE, "file_damaged") from error


def _check_parts(archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    names = [part.filename for part in parts]
    unpacked = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts)
    bomb = unpacked > MAX_UNPACKED_BYTES or (
        unpacked > 16 * MEBIBYTE and unpacked > MAX_RATIO * max(packed, 1)
    )
    checks = (
        (len(parts) > MAX_PARTS or bomb, "解压后过大（疑为压缩炸弹）", "it unpacks to far too much", "file_size"),
        (any(part.flag_bits & 1 for part in parts), "已加密", "it is encrypted", "file_type"),
        ("xl/workbook.xml" not in names, "不是 .xlsx 工作簿", "it is not an .xlsx workbook", "file_type"),
        (any("vbaProject" in name for name in names), "含有宏", "it holds macros", "file_type"),
        (any(name.startswith("xl/externalLinks/") for name in names),
         "引用了其他文件", "it links to other files", "external_link"),
    )  # fmt: skip
    for wrong, zh, en, code in checks:
        if wrong:
            raise refuse_file(Text(f"工作簿{zh}" if "工作簿" not in zh else zh, en), _RESAVE, code)
    for part in parts:
        if part.filename.endswith((".xml", ".rels")):
            _refuse_doctype(archive, part)


def _refuse_doctype(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """No Office file declares a document type; one that does is after entity expansion."""
    with archive.open(part) as file:
        tail = b""
        while block := file.read(MEBIBYTE):
            if b"<!DOCTYPE" in tail + block or b"\x00<" in block[:4] or b"<\x00" in block[:4]:
                rule = Text("工作簿的 XML 含有文档类型声明", "its XML declares a document type")
                raise refuse_file(rule, _RESAVE, "file_type")
            tail = block[-16:]
