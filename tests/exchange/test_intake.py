"""One door: the format is found from what a file holds, and nothing gets a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest

from lianshu.exchange.intake import detect_format, read_input
from lianshu.exchange.package.workbook import write_template
from lianshu.kernel.refusal import Refusal, Refused
from lianshu.record.entry import Draft

EXAMPLES = Path(__file__).parents[2] / "examples"
FLOWS = b"flow,mood,action,time,item,qty,unit\nF1,fact,produce,1,leaf,3,kg\n"


def test_formats_are_found_from_content(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(FLOWS)
    (tmp_path / "b.txt").write_bytes(b'{"id":"a"}\n')
    write_template(tmp_path / "c.xlsx")
    assert detect_format(tmp_path / "a.txt") == "flows"
    assert detect_format(tmp_path / "b.txt") == "entries"
    assert detect_format(tmp_path / "c.xlsx") == "package"
    assert detect_format(EXAMPLES / "tea" / "chain") == "package"
    assert detect_format(EXAMPLES / "scms" / "scms_2006_2013H1.csv.xz") == "mapping:scms"


@pytest.mark.parametrize(
    ("data", "format_", "code"),
    [
        (b"what is this\n", "auto", "format"),
        (b"", "auto", "file_empty"),
        (b"%PDF-1.7", "auto", "file_type"),
        (FLOWS, "mapping:nothing", "mapping"),
        (FLOWS, "xml", "format"),
        (FLOWS, "package", "file_type"),
    ],
)
def test_what_cannot_be_read_is_one_refusal(
    tmp_path: Path, data: bytes, format_: str, code: str
) -> None:
    path = tmp_path / "in"
    path.write_bytes(data)
    found = list(read_input(path, format_))
    assert [one.code for one in found if isinstance(one, Refusal)] == [code]
    assert len(found) == 1


def test_a_folder_handed_to_a_file_reader_is_a_refusal(tmp_path: Path) -> None:
    found = list(read_input(tmp_path, "flows"))
    assert [one.code for one in found if isinstance(one, Refusal)] == ["file_missing"]
    with pytest.raises(Refused):
        detect_format(tmp_path / "missing")


def test_two_sparse_gigabytes_are_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "big.csv"
    with path.open("wb") as file:
        file.write(FLOWS)
        file.truncate(2 << 30)
    for format_ in ("auto", "flows", "entries", "mapping:scms", "package"):
        found = list(read_input(path, format_))
        assert not any(isinstance(one, Draft) for one in found)
        codes = {one.code for one in found if isinstance(one, Refusal)}
        assert codes == {"file_size"}, format_
