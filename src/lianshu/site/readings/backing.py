"""The evidence drawer of a row: the entries it was read from, with their place in the log."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from django.http import HttpRequest

from lianshu.app.result import Row, Table
from lianshu.app.workspace import Workspace
from lianshu.record.entry import Entry
from lianshu.site.components.address import same_page
from lianshu.site.components.evidence import Evidence
from lianshu.site.drawer import evidence_entries
from lianshu.site.readings.cells import row_of_key, written
from lianshu.site.readings.naming import Things
from lianshu.site.record_view import RecordView
from lianshu.site.texts import say, words_of

FIRST, MOST = 20, 500


def backing(
    request: HttpRequest, record: RecordView, table: Table, things: Things
) -> Evidence | None:
    """The drawer that ``?evidence=`` asks for, or None where there is no such row."""
    wanted = request.GET.get("evidence", "")
    row = row_of_key(table, wanted) if wanted else None
    if row is None:
        return None
    seqs = table.evidence(row)
    every = request.GET.get("entries") == "all"
    shown = seqs[: MOST if every else FIRST]
    name, value = row_words(table, row, things)
    more = same_page(request, entries="all") + "#evidence"
    return Evidence(
        name,
        value,
        table.capability.meaning,
        evidence_entries(record, shown),
        total=len(seqs),
        as_of=say("reading.as_of_entry", None, seq=table.as_of),
        root=root_at(record.workspace, table.as_of),
        address="" if every else more,
    )


def row_words(table: Table, row: Row, things: Things) -> tuple[str, str]:
    """What a row is called, and the value that it was opened for."""
    capability = table.capability
    cells = {c.name: (c, value) for c, value in zip(table.columns, row, strict=True)}
    names = [
        str(written(cells[name][1], cells[name][0].type, things) or "–")
        for name in capability.grain
    ]
    y = capability.chart.y if capability.chart is not None else ""
    if y not in cells or y in capability.grain:
        return words_of(capability.title), " · ".join(names)
    column, value = cells[y]
    unit = next((str(cells[n][1]) for n in ("currency", "unit") if n in cells), "")
    said = written(value, column.type, things)
    title = " · ".join((words_of(column.title), *names))
    return title, f"{'–' if said is None else said} {unit}".strip()


def entries_of(workspace: Workspace, seqs: Sequence[int]) -> list[Entry]:
    """The entries of some ascending numbers; neighbours are read together."""
    found: list[Entry] = []
    for _, run in groupby(enumerate(seqs), key=lambda pair: pair[1] - pair[0]):
        numbers = [seq for _, seq in run]
        found += workspace.store.entries(numbers[0], numbers[-1] + 1)
    return found


def root_at(workspace: Workspace, seq: int) -> str:
    """The signed root of the log at an entry number; empty where none was signed just there."""
    head = workspace.head()
    if seq == head.size:
        return head.root.hex()
    signed = {size: root for size, root, _, _ in workspace.store.checkpoints()}
    return bytes(signed[seq]).hex() if seq in signed else ""
