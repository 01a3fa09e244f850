"""The chain package: all of it or nothing, and every bad cell is marked with its reason."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import shutil
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lianshu.exchange.package.cells import check_cell
from lianshu.exchange.package.check import CheckedPackage, check_package
from lianshu.exchange.package.read import read_package
from lianshu.exchange.package.schema import TABLES, Column, datapackage, schema
from lianshu.exchange.package.workbook import error_workbook, write_template
from lianshu.flow.wire import Prepared, prepare
from lianshu.kernel.refusal import Refusal, Refused
from lianshu.record.entry import Draft

TEA = Path(__file__).parents[2] / "examples" / "tea"


def tables(folder: Path) -> dict[str, list[list[str]]]:
    found = {}
    for name in TABLES:
        with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            found[name] = list(csv.reader(file))
    return found


def write_book(path: Path, sheets: dict[str, list[list[Any]]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


@pytest.fixture
def chain(tmp_path: Path) -> Path:
    """A copy of the tea chain that a test may spoil."""
    return Path(shutil.copytree(TEA / "chain", tmp_path / "chain"))


def spoil(chain: Path, table: str, row: int, column: str, value: str) -> None:
    """Overwrite one cell; ``row`` as a spreadsheet counts, header = 1."""
    rows = tables(chain)[table]
    rows[row - 1][rows[0].index(column)] = value
    with (chain / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)


def entries(path: Path) -> list[dict[str, Any]]:
    found = list(read_package(path))
    assert all(isinstance(one, Draft) for one in found), found[:3]
    assert all(isinstance(prepare(one, 0), Prepared) for one in found if isinstance(one, Draft))
    return [json.loads(one.payload) for one in found if isinstance(one, Draft)]


def codes(path: Path) -> list[tuple[str, int, str, str]]:
    checked = check_package(path)
    assert all(isinstance(one, Refusal) for one in read_package(path)), "nothing is emitted"
    return [(f.table, f.row, f.column, f.refusal.code) for f in checked.findings]


def file_code(path: Path) -> str:
    found = codes(path)
    assert len(found) == 1, found
    assert found[0][:3] == ("", 0, "")
    return found[0][3]


# --- what a clean package becomes -------------------------------------------------------------------


def test_the_tea_chain_becomes_entries() -> None:
    made = entries(TEA / "chain")
    rows = tables(TEA / "chain")
    assert len(made) == sum(len(r) - 1 for r in rows.values()) + 1  # and the place "in transit"
    assert len({entry["id"] for entry in made}) == len(made)
    flows = {flow["id"]: flow for entry in made for flow in entry.get("flows", ())}
    for flow in flows.values():
        for pointer in ("fulfils", "reciprocal"):
            assert flow.get(pointer, next(iter(flows))) in flows
    moods = {flow["mood"] for flow in flows.values()}
    assert moods == {"promise", "fact", "forecast"}


def test_goods_in_transit_are_counted_once() -> None:
    flows = [flow for entry in entries(TEA / "chain") for flow in entry.get("flows", ())]
    for order in ("PO-2026-0001", "SO-2026-0005"):
        mine = [f for f in flows if f.get("order") == order and f["mood"] == "fact"]
        shipped = [f for f in mine if f["action"] in ("move", "transferCustody")]
        received = [f for f in mine if f["action"] == "transfer"]
        assert len(shipped) == len(received) == 1
        assert shipped[0]["to_place"] == received[0]["from_place"] == "transit"
        assert "fulfils" not in shipped[0]


def test_a_deadline_given_as_a_date_lasts_the_day() -> None:
    orders = [entry for entry in entries(TEA / "chain") if entry["kind"] == "order"]
    goods = orders[0]["flows"][0]
    assert goods["time"].endswith("T23:59:59+08:00")
    assert goods["agreed"].endswith("T00:00:00+08:00")


def test_a_workbook_says_the_same_as_a_folder(tmp_path: Path) -> None:
    path = tmp_path / "chain.xlsx"
    write_template(path)
    book = openpyxl.load_workbook(path)
    for name, rows in tables(TEA / "chain").items():
        for row in rows[1:]:
            book[name].append([cell or None for cell in row])
    book.save(path)
    assert entries(path) == entries(TEA / "chain")


def test_the_example_is_what_its_generator_writes(tmp_path: Path) -> None:
    import runpy

    runpy.run_path(str(TEA / "make_tea.py"))["main"](tmp_path / "chain")
    for path in sorted((TEA / "chain").iterdir()):
        assert (tmp_path / "chain" / path.name).read_bytes() == path.read_bytes(), path.name


def test_excel_dates_numbers_and_chinese_titles_are_read(tmp_path: Path) -> None:
    items: list[list[Any]] = [["物品编号", "名称", "基本单位"], ["TEA", "毛峰", "公斤"]]
    places: list[list[Any]] = [["id", "name"], ["P", "库"]]
    stock: list[list[Any]] = [["地点", "物品", "数量", "单位", "盘点时间"], ["P", "TEA", 12.5, "kg", datetime(2026, 3, 1)],
             ["P", "TEA", 3, "kg", date(2026, 3, 2)]]  # fmt: skip
    path = write_book(tmp_path / "a.xlsx", {"物品": items, "places": places, "期初库存": stock})
    flows = [entry["flows"][0] for entry in entries(path) if "flows" in entry]
    assert [(f["qty"], f["unit"], f["time"]) for f in flows] == [
        ("12.5", "KGM", "2026-03-01T00:00:00+08:00"),
        ("3", "KGM", "2026-03-02T00:00:00+08:00"),
    ]


# --- templates and schema ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["template.xlsx", "template"])
def test_an_empty_template_says_that_it_is_empty(tmp_path: Path, name: str) -> None:
    write_template(tmp_path / name)
    assert file_code(tmp_path / name) == "file_empty"


def test_the_template_formats_codes_as_text(tmp_path: Path) -> None:
    write_template(tmp_path / "t.xlsx")
    book = openpyxl.load_workbook(tmp_path / "t.xlsx")
    assert book.sheetnames == ["说明", *TABLES]
    sheet = book["orders"]
    assert sheet["A3"].number_format == "@"
    assert "订单号" in sheet["A1"].comment.text
    assert sheet["A2"].value.startswith("# 订单号")


def test_the_descriptor_declares_every_type_and_ids_as_text() -> None:
    for resource in datapackage()["resources"]:
        for field in resource["schema"]["fields"]:
            column = schema(resource["name"]).column(field["name"])
            expected = "boolean" if column.type == "boolean" else "string"
            assert field["type"] == expected
            assert field["title"] and field["description"]


def all_columns() -> list[tuple[str, Column]]:
    return [(name, column) for name in TABLES for column in schema(name).columns]


def test_every_example_in_the_schema_is_valid_and_every_reference_exists() -> None:
    for name, column in all_columns():
        if column.example:
            assert check_cell(column, column.example)
        assert column.references in ("", *TABLES), (name, column.name)
        assert column.title.zh and column.title.en and column.meaning.zh and column.meaning.en


# --- bad cells --------------------------------------------------------------------------------------

BAD = [
    ("orders", 2, "qty", "-3", "number_negative"),
    ("orders", 3, "qty", "NaN", "number_finite"),
    ("orders", 4, "qty", "", "empty"),
    ("orders", 5, "unit", "furlong-ish", "unit_unknown"),
    ("orders", 6, "seller", "FARM-99", "unknown_reference"),
    ("orders", 7, "item", "COFFEE", "unknown_reference"),
    ("orders", 8, "to_place", "NOWHERE", "unknown_reference"),
    ("orders", 9, "due", "2026-04-01 08:00:00", "time_naive"),
    ("orders", 10, "due", "next week", "time_shape"),
    ("orders", 11, "currency", "RMB", "currency_unknown"),
    ("orders", 12, "transport_mode", "broom", "choice"),
    ("orders", 13, "amount", "1,000", "number_shape"),
    ("parties", 3, "id", "MILL-01", "duplicate"),
    ("parties", 4, "uscc", "91350211M000100Y44", None),
    ("lots", 3, "id", "6.90123E+12", "excel_number"),
    ("lots", 4, "item", "x\x01y", "control_character"),
    ("stock", 2, "counted", "2026-02-30", "date_value"),
    ("shipments", 2, "item", "TEA-MF", "contradiction"),
    ("receipts", 2, "order_line", "9", "unknown_reference"),
    ("receipts", 3, "shipment", "PH-0", "unknown_reference"),
    ("payments", 2, "invoice", "1", "unknown_reference"),
    ("places", 2, "latitude", "123", "range"),
]


@pytest.mark.parametrize(("table", "row", "column", "value", "code"), BAD)
def test_a_bad_cell_is_found_and_nothing_is_emitted(
    chain: Path, table: str, row: int, column: str, value: str, code: str | None
) -> None:
    spoil(chain, table, row, column, value)
    found = codes(chain)
    here = [said for *at, said in found if at == [table, row, column]]
    assert here, found
    assert code is None or here[0] == code


def test_the_error_workbook_marks_each_seeded_error(chain: Path, tmp_path: Path) -> None:
    for table, row, column, value, _ in BAD:
        spoil(chain, table, row, column, value)
    checked = check_package(chain)
    path = tmp_path / "errors.xlsx"
    error_workbook(path, checked)
    book = openpyxl.load_workbook(path)
    for table, row, column, _, _ in BAD:
        sheet = book[table]
        names = [cell.value for cell in sheet[1]]
        cell = sheet.cell(row, names.index(column) + 1)
        assert cell.comment is not None, (table, row, column)
        assert cell.fill.fgColor.rgb == "00FFC7CE"
    marked = sum(
        c.comment is not None for s in book.worksheets[1:] for r in s.iter_rows() for c in r
    )
    assert marked == len({(f.table, f.row, f.column) for f in checked.findings})
    listed = list(book.worksheets[0].iter_rows(min_row=2, values_only=True))
    assert len(listed) == len(checked.findings)
    assert all(row[1] and row[4] and row[6] for row in listed)


def test_an_error_workbook_can_be_corrected_and_handed_in_again(
    chain: Path, tmp_path: Path
) -> None:
    spoil(chain, "orders", 2, "qty", "-201")
    path = tmp_path / "errors.xlsx"
    error_workbook(path, check_package(chain))
    book = openpyxl.load_workbook(path)
    cell = next(c for r in book["orders"].iter_rows() for c in r if c.comment)
    cell.value = tables(TEA / "chain")["orders"][1][3]
    book.save(path)
    assert entries(path) == entries(TEA / "chain")


def test_the_error_workbook_holds_no_formula_of_the_sender(tmp_path: Path) -> None:
    parties = [["id", "name"], ["=1+1", '=HYPERLINK("http://x")'], ["A", "=cmd|' /C calc'!A0"]]
    source = write_book(tmp_path / "a.xlsx", {"parties": parties})
    checked = check_package(source)
    assert [f.refusal.code for f in checked.findings] == ["formula"] * 3
    error_workbook(tmp_path / "b.xlsx", checked)
    book = openpyxl.load_workbook(tmp_path / "b.xlsx")
    assert not any(c.data_type == "f" for s in book.worksheets for r in s.iter_rows() for c in r)


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("id", 6901234567892.0, "excel_number"),
        ("id", datetime(2026, 3, 1), "excel_date"),
        ("counted", datetime(2026, 3, 1, 8, 30), "time_naive"),
        ("counted", datetime(2026, 3, 1, 8, 30, tzinfo=UTC).time(), "time_shape"),
        ("qty", True, "number_shape"),
        ("qty", datetime(2026, 3, 1), "excel_date"),
        ("qty", float("inf"), "number_finite"),
        ("qty", 1e300, "number_digits"),
    ],
)
def test_what_excel_makes_of_a_cell_is_said_plainly(column: str, value: object, code: str) -> None:
    table = "stock" if column != "id" else "parties"
    with pytest.raises(Refused) as refused:
        check_cell(schema(table).column(column), value)
    assert refused.value.refusals[0].code == code


def test_long_ids_still_make_entries(chain: Path) -> None:
    for table, row in (("orders", 2), ("shipments", 2), ("receipts", 2), ("invoices", 2)):
        spoil(chain, table, row, "order", "X" * 200)
    rows = tables(chain)["payments"]
    for number, cells in enumerate(rows[1:], 2):
        if cells[rows[0].index("order")] == "PO-2026-0001":
            spoil(chain, "payments", number, "order", "X" * 200)
    flows = {flow["id"] for entry in entries(chain) for flow in entry.get("flows", ())}
    assert max(map(len, flows)) <= 200


def test_references_may_lead_to_what_the_workspace_has(tmp_path: Path) -> None:
    receipts = [["receipt", "line", "order", "order_line", "item", "qty", "unit", "seller", "buyer", "received"],
                ["R1", "1", "PO-9", "1", "TEA", "5", "kg", "A", "B", "2026-04-01"]]  # fmt: skip
    path = write_book(tmp_path / "a.xlsx", {"receipts": receipts})
    assert {code for *_, code in codes(path)} == {"unknown_reference"}
    there = {("item", "TEA"), ("party", "A"), ("party", "B"), ("flow", "order:PO-9/1:goods")}
    found = list(read_package(path, lambda table, id_: (table, id_) in there))
    assert [type(one) for one in found] == [Draft, Draft]


# --- bad files --------------------------------------------------------------------------------------


def _zip(*parts: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts:
            archive.writestr(name, data)
    return out.getvalue()


WORKBOOK = ("xl/workbook.xml", b"<workbook/>")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file_empty"),
        (b"id,name\n", "file_type"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "file_type"),
        (b"PK\x03\x04 truncated", "file_damaged"),
        (_zip(("a.txt", b"x")), "file_type"),
        (_zip(WORKBOOK), "file_damaged"),
        (_zip(WORKBOOK, ("xl/vbaProject.bin", b"x")), "file_type"),
        (_zip(WORKBOOK, ("xl/externalLinks/externalLink1.xml", b"<x/>")), "external_link"),
        (_zip(WORKBOOK, ("xl/worksheets/sheet1.xml", b"0" * (40 << 20))), "file_size"),
        (_zip(("xl/workbook.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a/>')), "file_type"),
        (_zip(WORKBOOK, *((f"p{n}.xml", b"") for n in range(2_100))), "file_size"),
    ],
)
def test_a_wrong_workbook_is_one_refusal(tmp_path: Path, data: bytes, code: str) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(data)
    assert file_code(path) == code


def test_a_workbook_of_two_gigabytes_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with path.open("wb") as file:
        file.truncate(2 << 30)
    assert file_code(path) == "file_size"


def _remove(chain: Path) -> None:
    for path in chain.glob("*.csv"):
        path.unlink()


def _rename_header(chain: Path) -> None:
    path = chain / "orders.csv"
    path.write_text(
        path.read_text(encoding="utf-8").replace("qty", "quantity", 1), encoding="utf-8"
    )


def _drop_header(chain: Path) -> None:
    (chain / "stock.csv").write_text("place,item,qty\n", encoding="utf-8")


def _number_ids(chain: Path) -> None:
    path = chain / "datapackage.json"
    data = json.loads(path.read_text(encoding="utf-8"))
    data["resources"][0]["schema"]["fields"][0]["type"] = "integer"
    path.write_text(json.dumps(data), encoding="utf-8")


def test_the_error_workbook_of_an_unreadable_file_says_why(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"not a workbook")
    error_workbook(tmp_path / "b.xlsx", check_package(tmp_path / "a.xlsx"))
    rows = list(openpyxl.load_workbook(tmp_path / "b.xlsx").worksheets[0].values)
    assert "不是 .xlsx 工作簿" in rows[1]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (_remove, "file_type"),
        (_rename_header, "header_unknown"),
        (_drop_header, "header_missing"),
        (_number_ids, "descriptor"),
        (lambda chain: (chain / "datapackage.json").write_text("[1]"), "descriptor"),
        (lambda chain: (chain / "secrets.csv").write_text("a\n"), "table_unknown"),
        (lambda chain: (chain / "orders.csv").write_bytes(b""), "file_empty"),
        (lambda chain: (chain / "orders.csv").write_bytes(b"PK\x03\x04"), "file_type"),
        (lambda chain: (chain / "orders.csv").write_bytes("order".encode("utf-16")), "file_type"),
    ],
)
def test_a_wrong_folder_is_one_refusal(
    chain: Path, change: Callable[[Path], object], code: str
) -> None:
    change(chain)
    assert file_code(chain) == code


def test_a_link_out_of_the_folder_is_refused(chain: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.csv"
    (chain / "parties.csv").rename(outside)
    (chain / "parties.csv").symlink_to(outside)
    assert file_code(chain) == "file_link"


def test_broken_text_in_a_folder_is_a_finding_of_its_cell(chain: Path) -> None:
    path = chain / "parties.csv"
    path.write_bytes(path.read_bytes().replace("黄山云谷茶厂".encode(), "黄山".encode("gb18030")))
    assert codes(chain) == [("parties", 2, "name", "control_character")]


@settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(st.binary(max_size=600))
def test_no_bytes_raise(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.xlsx"
    for content in (data, b"PK\x03\x04" + data, _zip(WORKBOOK, ("xl/worksheets/s.xml", data))):
        path.write_bytes(content)
        assert isinstance(check_package(path), CheckedPackage)
    folder = tmp_path / "folder"
    folder.mkdir(exist_ok=True)
    (folder / "parties.csv").write_bytes(b"id,name\n" + data)
    (folder / "datapackage.json").write_bytes(data)
    assert isinstance(check_package(folder), CheckedPackage)


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(all_columns()),
    st.one_of(
        st.none(), st.text(max_size=30), st.floats(), st.integers(), st.booleans(),
        st.datetimes(), st.dates(), st.times(), st.timedeltas(),
    ),
)  # fmt: skip
def test_no_cell_raises_anything_but_a_refusal(named: tuple[str, Column], value: object) -> None:
    with contextlib.suppress(Refused):
        assert isinstance(check_cell(named[1], value), str)
