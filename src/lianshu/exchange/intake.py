"""One door for every format: which reader a file needs, and that reader.

``read_input`` is what the command line and the import page call.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from lianshu.exchange.entries import read_entries
from lianshu.exchange.epcis.read import looks_like_epcis, read_epcis
from lianshu.exchange.flows_csv import REQUIRED, read_flows_csv
from lianshu.exchange.mapping.engine import read_mapped
from lianshu.exchange.mapping.report import MappingReport
from lianshu.exchange.mapping.spec import load_mapping, map_names
from lianshu.exchange.package.check import Known, nothing_known
from lianshu.exchange.package.read import read_package
from lianshu.exchange.source import open_source, refuse_file
from lianshu.kernel.refusal import Refusal, Refused
from lianshu.kernel.text import Text
from lianshu.record.entry import Draft

FORMATS: Final = ("auto", "flows", "package", "entries", "epcis", "mapping:NAME")
_HEAD_BYTES: Final = 65_536


def read_input(
    path: Path,
    format_: str = "auto",
    *,
    known: Known = nothing_known,
    report: MappingReport | None = None,
    encoding: str = "utf-8",
) -> Iterator[Draft | Refusal]:
    """Entries of a file or folder in a format of ``FORMATS``, or refusals; never raises for input.

    ``mapping:`` takes the name of a mapping of the package or the path of a YAML file. ``report`` is
    filled by a mapping; ``encoding`` is of a flow CSV.

    >>> [refusal.code for refusal in read_input(Path("no-such-file.csv"))]
    ['file_missing']
    """
    try:
        format_ = detect_format(path) if format_ == "auto" else format_
        if format_ == "package":
            yield from read_package(path, known)
            return
        with path.open("rb") as file:
            if format_ == "flows":
                yield from read_flows_csv(file, encoding=encoding)
            elif format_ == "entries":
                yield from read_entries(file)
            elif format_ == "epcis":
                yield from read_epcis(file)
            elif format_.startswith("mapping:"):
                spec = load_mapping(format_.removeprefix("mapping:"))
                yield from read_mapped(file, spec, report)
            else:
                raise _unknown_format()
    except Refused as refused:
        yield from refused.refusals
    except OSError:
        rule = Text(f"读不到 {path.name}", f"cannot read {path.name}")
        remedy = Text("检查路径与权限", "check path and permission")
        yield Refusal("file", rule, remedy, code="file_missing")


def detect_format(path: Path) -> str:
    """The format of a file by what it holds, not by its name; raises ``Refused`` where none fits.

    A folder or a workbook is a package, JSON of EPCIS events is epcis, other JSON lines are
    entries, a CSV with the flow columns is flows, and one with exactly the columns of one mapping
    of the package is ``mapping:NAME``.
    """
    if path.is_dir() or path.suffix.lower() in (".xlsx", ".xlsm", ".xls"):
        return "package"
    if not path.is_file():
        rule = Text(f"没有文件 {path.name}", f"there is no file {path.name}")
        raise refuse_file(rule, Text("检查路径", "check the path"), "file_missing")
    with path.open("rb") as file:
        if file.read(4) == b"PK\x03\x04":
            return "package"
        file.seek(0)
        head = open_source(file).read(_HEAD_BYTES).lstrip()
    if head.startswith((b"{", b"[")):
        return "epcis" if looks_like_epcis(head) else "entries"
    header = {
        cell.strip().strip('"')
        for cell in head.decode("utf-8", "replace").split("\n", 1)[0].strip().split(",")
    }
    if header >= set(REQUIRED):
        return "flows"
    for name in map_names():
        if header >= {column.header for column in load_mapping(name).columns.values()}:
            return f"mapping:{name}"
    raise _unknown_format()


def _unknown_format() -> Refused:
    names = ", ".join((*FORMATS[1:-1], *(f"mapping:{name}" for name in map_names())))
    rule = Text("认不出文件的格式", "the format of the file is not known")
    return refuse_file(rule, Text(f"指定格式：{names}", f"name the format: {names}"), "format")
