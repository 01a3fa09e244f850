"""The chain package as a reader: a folder or workbook in, entries or findings out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from lianshu.exchange.package.check import (
    Known,
    check_package,
    findings_as_refusals,
    nothing_known,
)
from lianshu.exchange.package.emit import drafts
from lianshu.kernel.refusal import Refusal
from lianshu.record.entry import Draft


def read_package(path: Path, known: Known = nothing_known) -> Iterator[Draft | Refusal]:
    """Entries of a package, or, if anything at all is wrong with it, only refusals.

    ``line`` counts the data rows of all tables in the order of ``schema.TABLES``, from 1; line 0 is
    the file itself. Source: Frictionless Tabular Data Package v1; Office Open XML (ISO/IEC 29500).

    >>> [refusal.code for refusal in read_package(Path("no-such-folder"))]
    ['file_missing']
    """
    checked = check_package(path, known)
    yield from drafts(checked) if checked.clean else findings_as_refusals(checked)
