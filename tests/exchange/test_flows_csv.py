"""The flow CSV: every row is answered, and a bad file or row gets one clear refusal."""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import lzma
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianshu.exchange.flows_csv import read_flows_csv
from lianshu.exchange.source import open_source
from lianshu.flow.wire import Prepared, prepare
from lianshu.kernel.refusal import Refusal, Refused
from lianshu.record.canonical import canonical
from lianshu.record.entry import Draft

HEADER = "flow,mood,action,time,item,lot,qty,unit,from_party,to_party,order"
ROW = "F1,fact,produce,1,leaf,L1,333.0,kg,,farm1,"


def read(text: str | bytes, **options: Any) -> list[Draft | Refusal]:
    data = text.encode() if isinstance(text, str) else text
    return list(read_flows_csv(data, **options))


def only_code(text: str | bytes, **options: Any) -> str:
    """The code of the one refusal that a whole input gets."""
    found = read(text, **options)
    assert len(found) == 1, found
    assert isinstance(found[0], Refusal)
    assert found[0].line == 0
    assert found[0].rule.zh and found[0].remedy.zh and found[0].remedy.en
    return found[0].code


def row_refusal(row: str | bytes, header: str = HEADER) -> Refusal:
    """The refusal of a row between two good ones, which are taken."""
    second = ROW.replace("F1", "F2")
    body = row.encode() if isinstance(row, str) else row
    found = read(f"{header}\n{ROW}\n".encode() + body + f"\n{second}\n".encode())
    assert [type(one) for one in found] == [Draft, Refusal, Draft], found
    refusal = found[1]
    assert isinstance(refusal, Refusal)
    assert refusal.line == 2
    return refusal


def test_tea_small_is_taken_whole(shared_data: Path) -> None:
    path = shared_data / "craft" / "tea_small" / "flows.csv"
    with path.open("rb") as file:
        found = list(read_flows_csv(file))
    assert [one.line for one in found] == list(range(1, 201))
    kinds: dict[str, int] = {}
    for one in found:
        assert isinstance(one, Draft), one
        assert isinstance(prepare(one, 0), Prepared)
        assert one.canonical
        entry = json.loads(one.payload)
        assert one.payload == canonical(entry)
        assert entry["id"] == entry["flows"][0]["id"]
        kinds[entry["kind"]] = kinds.get(entry["kind"], 0) + 1
    assert kinds == {"order": 50, "event": 107, "document": 25, "payment": 18}


def test_a_row_becomes_one_entry_whatever_the_order_of_columns() -> None:
    columns = HEADER.split(",")
    cells = dict(zip(columns, ROW.split(","), strict=True))
    shuffled = sorted(columns)
    text = ",".join(shuffled) + "\n" + ",".join(cells[name] for name in shuffled) + "\n"
    first, second = read(f"{HEADER}\n{ROW}\n")[0], read(text)[0]
    assert isinstance(first, Draft)
    assert isinstance(second, Draft)
    assert first.payload == second.payload
    assert json.loads(first.payload)["flows"][0]["qty"] == "333"


@pytest.mark.parametrize(
    ("time", "us"),
    [
        ("0", 0),
        ("6", 6 * 86_400_000_000),
        ("1772323200000000", 1772323200000000),
        ("2026-03-01T08:00:00+08:00", 1772323200000000),
        ("2026-03-01T00:00:00Z", 1772323200000000),
    ],
)
def test_times_in_three_writings(time: str, us: int) -> None:
    draft = read(f"{HEADER}\n{ROW.replace(',1,', f',{time},', 1)}\n")[0]
    assert isinstance(draft, Draft)
    assert json.loads(draft.payload)["flows"][0]["time"] == us


def test_a_time_beyond_exact_json_numbers_stays_text() -> None:
    draft = read(f"{HEADER}\n{ROW.replace(',1,', ',2300-01-01T00:00:00Z,', 1)}\n")[0]
    assert isinstance(draft, Draft)
    assert json.loads(draft.payload)["flows"][0]["time"] == "2300-01-01T00:00:00Z"
    assert isinstance(prepare(draft, 0), Prepared)


@pytest.mark.parametrize(
    ("old", "new", "field", "code"),
    [
        (",1,", ",2026-03-01T08:00:00,", "time", "time_naive"),
        (",1,", ",2026-03-01,", "time", "time_shape"),
        (",1,", ",1772323200,", "time", "time_scale"),
        (",1,", ",2026-02-30T00:00:00Z,", "time", "time_value"),
        ("333.0", "-1", "qty", "number_negative"),
        ("333.0", "NaN", "qty", "number_finite"),
        ("333.0", "1e3", "qty", "number_shape"),
        ("333.0", '"1,000"', "qty", "number_shape"),
        ("333.0", "１２", "qty", "number_shape"),
        ("333.0", "1" * 21, "qty", "number_digits"),
        ("333.0", "", "qty", "empty"),
        ("leaf", "", "item", "empty"),
        ("kg", "", "unit", "empty"),
        ("F1", "", "flow", "empty"),
        ("fact", "maybe", "mood", "unknown_value"),
        ("produce", "teleport", "action", "unknown_value"),
        ("leaf", "le\0af", "item", "control_character"),
        ("leaf", '"le\naf"', "item", "control_character"),
        ("leaf", "x" * 5_000, "item", "cell_size"),
        ("farm1,", "farm1", "line", "width"),
        ("farm1,", "farm1,,", "line", "width"),
    ],
)
def test_a_bad_cell_refuses_its_row_alone(old: str, new: str, field: str, code: str) -> None:
    refusal = row_refusal(ROW.replace(old, new, 1))
    assert (refusal.field, refusal.code) == (field, code)


def test_broken_utf8_refuses_its_row_and_names_the_column() -> None:
    refusal = row_refusal(ROW.encode().replace(b"leaf", "茶叶".encode("gb18030")))
    assert (refusal.field, refusal.code) == ("item", "encoding")
    assert "gb18030" in refusal.remedy.zh


def test_gb18030_is_read_when_declared() -> None:
    data = f"{HEADER}\n{ROW.replace('leaf', '茶叶')}\n".encode("gb18030")
    draft = read(data, encoding="gb18030")[0]
    assert isinstance(draft, Draft)
    assert json.loads(draft.payload)["flows"][0]["item"] == "茶叶"
    assert only_code(data, encoding="latin-1") == "file_encoding"


def test_blank_lines_and_quoted_line_breaks_keep_line_numbers() -> None:
    broken = ROW.replace("leaf", '"le\naf"')
    text = f"{HEADER}\n\n{ROW}\n\n{broken}\n{ROW.replace('F1', 'F2')}\n"
    assert [one.line for one in read(text)] == [2, 4, 6]


def test_an_unpaired_quotation_mark_is_a_refusal() -> None:
    found = read(f'{HEADER}\n{ROW}\n"F2,fact\n{ROW}\n')
    assert isinstance(found[0], Draft)
    assert isinstance(found[-1], Refusal)
    assert (found[-1].line, found[-1].code) == (2, "csv")


@pytest.mark.parametrize("wrap", [gzip.compress, lzma.compress, b"\xef\xbb\xbf".__add__])
def test_compressed_files_and_a_byte_order_mark_are_read(wrap: Any) -> None:
    found = read(wrap(f"{HEADER}\r\n{ROW}\r\n".encode()))
    assert [type(one) for one in found] == [Draft]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file_empty"),
        (b"\xef\xbb\xbf", "header_missing"),
        (b"PK\x03\x04rest", "file_type"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "file_type"),
        (b"%PDF-1.7", "file_type"),
        (b"\x89PNG\r\n\x1a\n", "file_type"),
        (b"PAR1....", "file_type"),
        ("flow,mood".encode("utf-16"), "file_type"),
        (gzip.compress(b"flow," * 1_000)[:-9], "file_damaged"),
        (gzip.compress(b""), "file_empty"),
        (b"x" * 3_000_000, "line_size"),
        (HEADER.replace("qty", "quantity").encode(), "header_unknown"),
        (HEADER.replace("qty,", "").encode(), "header_missing"),
        (f"{HEADER},qty".encode(), "header_doubled"),
    ],
)
def test_a_wrong_file_is_one_refusal_of_the_whole(data: bytes, code: str) -> None:
    found = read(data)
    assert isinstance(found[0], Refusal)
    assert (found[0].line, found[0].code) == (0, code)
    assert not any(isinstance(one, Draft) for one in found)


class _Huge(io.RawIOBase):
    """Two gigabytes that say so and would fail the test if they were read."""

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        return 2 << 30 if whence == io.SEEK_END else offset

    def read(self, size: int = -1) -> bytes:
        raise AssertionError("a file above the limit is not read")


def test_two_gigabytes_are_refused_unread_and_bombs_while_unpacked() -> None:
    found = list(read_flows_csv(_Huge()))  # type: ignore[arg-type]
    assert [one.code for one in found if isinstance(one, Refusal)] == ["file_size"]
    bomb = gzip.compress(b"\n" * 5_000_000)
    assert only_code(bomb, max_bytes=1_000_000) == "file_size"


def test_a_pipe_is_read_too() -> None:
    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

    for data in (f"{HEADER}\n{ROW}\n".encode(), gzip.compress(f"{HEADER}\n{ROW}\n".encode())):
        assert [type(one) for one in read_flows_csv(Pipe(data))] == [Draft]


@given(st.binary(max_size=2_000))
def test_no_bytes_raise(data: bytes) -> None:
    for one in (*read_flows_csv(data), *read_flows_csv(f"{HEADER}\n".encode() + data)):
        assert isinstance(one, Draft | Refusal)
        if isinstance(one, Draft):
            assert one.payload == canonical(json.loads(one.payload))


@given(st.lists(st.text(max_size=20), min_size=11, max_size=11))
def test_no_cells_raise(cells: list[str]) -> None:
    row = ",".join('"' + cell.replace('"', '""') + '"' for cell in cells)
    data = f"{HEADER}\n{row}\n".encode("utf-8", "surrogatepass")
    for one in read_flows_csv(data):
        assert isinstance(one, Draft | Refusal)


@given(st.binary(max_size=200))
def test_opening_refuses_or_gives_the_bytes(data: bytes) -> None:
    with contextlib.suppress(Refused):
        open_source(data).read()
