"""Looking at a file before anything is taken: what it is, what it would become, what would be refused.

The result is plain JSON that a job keeps, with both languages, so that the page is drawn from it
without reading the file again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, Final

import msgspec

from lianshu.app.workspace import Workspace
from lianshu.capability.relation import Scope
from lianshu.exchange.mapping.report import ColumnCount, MappingReport
from lianshu.exchange.package.check import CheckedPackage, check_package, findings_as_refusals
from lianshu.exchange.package.emit import drafts
from lianshu.exchange.package.schema import TITLES
from lianshu.flow.table import THINGS, table
from lianshu.flow.wire import Prepared, prepare
from lianshu.kernel.refusal import Refusal, Refused
from lianshu.kernel.text import Text
from lianshu.record.entry import Draft
from lianshu.site.imports.meaning import Meaning, flow_meanings, mapping_meanings, used_columns
from lianshu.site.imports.sampling import first_rows
from lianshu.site.imports.taking import drafts_of, mapping_report, signed_over

MOST_LOOKED: Final = 10_000  # entries; a longer file is looked at in part, and the page says so
MOST_REFUSALS: Final = 50
MOST_SAMPLES: Final = 8
SHEET_ROWS: Final = 4
_AT_ONCE: Final = 500
_NAMED: Final = ("item", "from_party", "to_party")
_NAME_AT: Final = {
    name: table(name).names().index("name") for name in THINGS if "name" in table(name).names()
}
Data = dict[str, Any]


def pair(text: Text) -> list[str]:
    """A text as JSON: Chinese, English."""
    return [text.zh, text.en]


def refusal_data(refusal: Refusal) -> Data:
    """A refusal as JSON."""
    return {
        "line": refusal.line,
        "field": refusal.field,
        "rule": pair(refusal.rule),
        "remedy": pair(refusal.remedy),
        "code": refusal.code,
    }


@dataclass(slots=True)
class Look:
    """What is counted while the entries of a file go by."""

    lines: set[int] = field(default_factory=set)
    bad_lines: set[int] = field(default_factory=set)
    entries: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    flows: Counter[tuple[str, str]] = field(default_factory=Counter)
    known: Counter[str] = field(default_factory=Counter)
    samples: list[Data] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    refused: int = 0
    by_field: Counter[str] = field(default_factory=Counter)
    complete: bool = True

    def refuse(self, refusal: Refusal) -> None:
        """Count a line that would be refused."""
        self.refused += 1
        self.lines.add(refusal.line)
        self.bad_lines.add(refusal.line)
        self.by_field[refusal.field] += 1
        if len(self.refusals) < MOST_REFUSALS:
            self.refusals.append(refusal)

    def take(self, one: Prepared) -> None:
        """Count an entry that would be offered to the record."""
        self.entries += 1
        self.lines.add(one.line)
        self.kinds[one.log_row[1]] += 1
        for flow in one.flows:
            self.flows[flow[1], flow[2]] += 1
        for name, row in one.things:
            if (at := _NAME_AT.get(name)) is not None and row[at]:
                self.names[row[0]] = row[at]
        # Master data comes first in most files; what happened is what a reader wants to see.
        room = MOST_SAMPLES // 2 if one.log_row[1] == "master" else MOST_SAMPLES
        if len(self.samples) < room:
            self.samples.append(sample_data(one))

    def sample_names(self) -> dict[str, str]:
        """Names that the file itself gives to the keys in its samples; the record may not know them yet."""
        used = {
            str(flow.get(key)) for one in self.samples for flow in one["flows"] for key in _NAMED
        }
        return {key: name for key, name in self.names.items() if key in used}

    def data(self) -> Data:
        """The counts as JSON."""
        return {
            "lines": len(self.lines),
            "complete": self.complete,
            "entries": self.entries,
            "kinds": dict(self.kinds),
            "flows": [[*key, count] for key, count in self.flows.most_common()],
            "known": dict(self.known),
            "samples": self.samples,
            "names": self.sample_names(),
            "refused": self.refused,
            "refused_lines": len(self.bad_lines),
            "refusals": [refusal_data(refusal) for refusal in self.refusals],
        }


def sample_data(one: Prepared) -> Data:
    """One entry that would result: its id, kind, and the first flows or things it says."""
    value = msgspec.json.decode(one.log_row[5])
    return {
        "line": one.line,
        "id": one.log_row[0],
        "kind": one.log_row[1],
        "flows": (value.get("flows") or [])[:2],
        "things": (value.get("things") or [])[:2],
        "parts": len(value.get("flows") or []) + len(value.get("things") or []),
    }


def look_at(
    workspace: Workspace, path: Path, format_: str, *, scope: Scope, encoding: str = "utf-8"
) -> Data:
    """Everything that the preview shows. Raises ``Refused`` where the file as a whole cannot be read."""
    if format_ == "package":
        return look_at_package(workspace, path, scope)
    report = mapping_report(format_)
    offered = drafts_of(workspace, path, format_, scope=scope, encoding=encoding, report=report)
    look = Look()
    some = list(islice(offered, MOST_LOOKED))
    look.complete = len(some) < MOST_LOOKED or next(offered, None) is None
    pass_by(workspace, look, some, scope)
    head, rows = first_rows(path, format_, encoding)
    columns = mapping_columns(format_, report) if report else []
    if format_ == "flows":
        columns = flow_columns(head, path, encoding, look)
    found = {"format": format_, **look.data(), "head": head, "rows": rows, "columns": columns}
    return found | ({"mapping": mapping_data(report)} if report else {})


def pass_by(
    workspace: Workspace, look: Look, offered: Iterable[Draft | Refusal], scope: Scope
) -> None:
    """Validate entries as capture would and compare them with what the record has, taking nothing."""
    now_us = workspace.clock()
    batch: list[Prepared] = []
    for one in offered:
        made = one if isinstance(one, Refusal) else prepare(one, now_us)
        if isinstance(made, Refusal):
            look.refuse(made)
        elif scope.party and made.log_row[2] != scope.party:
            look.refuse(not_yours(made.line, scope.party))
        else:
            look.take(made)
            batch.append(made)
    for start in range(0, len(batch), _AT_ONCE):
        look.known.update(known_outcomes(workspace, batch[start : start + _AT_ONCE]))


def not_yours(line: int, party: str) -> Refusal:
    """The refusal of an entry that names another party as its source."""
    rule = Text(f"source 须为您的主体 {party}", f"the source is your party, {party}")
    return Refusal("source", rule, Text("改写 source", "write it as source"), line, "source")


def known_outcomes(workspace: Workspace, batch: Sequence[Prepared]) -> Iterator[str]:
    """For each entry: ``new``, ``exists`` (same meaning) or ``conflict`` (another meaning)."""
    binds = {f"i{n}": one.log_row[0] for n, one in enumerate(batch)}
    marks = ", ".join(f":{name}" for name in binds)
    sql = f"SELECT id, digest FROM entry WHERE id IN ({marks})"
    digests = {id_: bytes(digest) for id_, digest in workspace.store.query(sql, binds)}
    for one in batch:
        there = digests.get(one.log_row[0])
        if there is None:
            yield "new"
        else:
            yield "exists" if there == one.log_row[6] else "conflict"


def look_at_package(workspace: Workspace, path: Path, scope: Scope) -> Data:
    """The preview of a chain package: its tables with their findings, and its entries if it is clean."""
    checked = check_package(path, workspace.knows)
    whole = [finding.refusal for finding in checked.findings if not finding.table]
    if whole:
        raise Refused(whole)
    look = Look()
    if checked.clean:
        made = (signed_over(one, scope.party) if scope.party else one for one in drafts(checked))
        pass_by(workspace, look, made, scope)
    else:
        for refusal in findings_as_refusals(checked):
            look.refuse(refusal)
    found = look.data()
    if not checked.clean:
        found["lines"] = sum(len(sheet.rows) for sheet in checked.sheets)
    return {"format": "package", **found, "tables": [*package_tables(checked)], "columns": []}


def package_tables(checked: CheckedPackage) -> Iterator[Data]:
    """Each table of a package: how many rows, how many findings, its first rows."""
    findings = Counter(finding.table for finding in checked.findings)
    for sheet in checked.sheets:
        yield {
            "name": sheet.table,
            "title": pair(TITLES[sheet.table]),
            "rows": len(sheet.rows),
            "findings": findings[sheet.table],
            "head": list(sheet.header),
            "first": [
                ["" if cell is None else str(cell)[:80] for cell in cells[: len(sheet.header)]]
                for _, cells in sheet.rows[:SHEET_ROWS]
            ],
        }


def mapping_columns(format_: str, report: MappingReport) -> list[Data]:
    """What becomes of each column of an export, as its mapping says and as the file has it."""
    meanings = mapping_meanings(format_)
    described = [
        column_data(meanings[name], count, report) for name, count in report.columns.items()
    ]
    rest = Meaning(Text("映射未说明，原样留在来源中", "not described; kept as received"), "")
    return described + [
        column_data(rest, ColumnCount(header, unread=report.lines), report)
        for header in report.undescribed
    ]


def column_data(meaning: Meaning, count: ColumnCount, report: MappingReport) -> Data:
    """One column as JSON."""
    return {
        "header": count.header,
        "meaning": pair(meaning.words),
        "type": meaning.type,
        "understood": count.understood,
        "empty": count.empty,
        "tokens": count.tokens.total(),
        "resolved": count.resolved,
        "unread": count.unread,
        "token_words": [
            {"meaning": pair(report.tokens[token]), "count": n}
            for token, n in count.tokens.most_common(3)
        ],
        "examples": [
            {"line": one.line, "text": one.text, "reason": pair(one.reason)}
            for one in count.examples[:3]
        ],
    }


def flow_columns(head: Sequence[str], path: Path, encoding: str, look: Look) -> list[Data]:
    """What each column of a flow CSV is; what is filled in counts as understood unless it is refused."""
    meanings = flow_meanings()
    counted = used_columns(path, encoding, MOST_LOOKED)
    found = []
    for name in head:
        meaning = meanings.get(name, Meaning(Text("不认识的列", "unknown column"), ""))
        filled, empty = counted.get(name, (0, 0))
        unread = min(filled, look.by_field[name])
        count = ColumnCount(name, understood=filled - unread, empty=empty, unread=unread)
        found.append(column_data(meaning, count, MappingReport({})))
    return found


def mapping_data(report: MappingReport) -> Data:
    """The sums of an import report."""
    return {
        "resolved": sum(count.resolved for count in report.columns.values()),
        "tokens": sum(count.tokens.total() for count in report.columns.values()),
        "not_understood": report.not_understood,
        "conflicts": report.conflicts,
        "conflict_examples": [
            [one.table, one.id, one.column, one.kept, one.other, one.line]
            for one in report.conflict_examples[:10]
        ],
        "flows_lacking": dict(report.flows_lacking),
    }
