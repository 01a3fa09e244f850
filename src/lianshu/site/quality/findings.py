"""What the named checks found, as tables: kept in memory until the record grows."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse

from lianshu.app.checking import CheckReport, Finding, check
from lianshu.flow.check import SEVERITIES, Check
from lianshu.flow.checks import checks
from lianshu.site.components.table import Cell, Column, Row, Table
from lianshu.site.components.tile import Tile
from lianshu.site.record_view import Names, RecordView
from lianshu.site.said import quantity
from lianshu.site.texts import say, words_of
from lianshu.site.written import grouped

TONES = {"error": "bad", "warning": "warn", "note": "info"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which findings are asked for; empty means all."""

    severity: str = ""
    check: str = ""
    words: str = ""

    def holds(self, one: Finding) -> bool:
        """Whether a finding is among them."""
        text = f"{one.subject}\n{one.message.zh}\n{one.message.en}".casefold()
        return (
            (not self.severity or one.severity == self.severity)
            and (not self.check or one.check == self.check)
            and all(word in text for word in self.words.casefold().split())
        )


def report_of(record: RecordView) -> CheckReport:
    """All findings in this person's scope, worked out once for each state of the record."""
    return record.kept(
        "checks", lambda: check(record.workspace, as_of=record.head.size, scope=record.scope)
    )


def finding_key(one: Finding) -> str:
    """What names a finding in an address; the same breach keeps its address while the record grows."""
    said = "\x1f".join((one.check, one.subject, *map(str, one.entry_seqs)))
    return hashlib.sha256(said.encode()).hexdigest()[:20]


def finding_of_key(report: CheckReport, key: str) -> Finding | None:
    """The finding of that key, or None where it was corrected or never was."""
    return next((one for one in report if finding_key(one) == key), None)


def tiles(report: CheckReport) -> list[Tile]:
    """How many findings there are of each severity, and how many checks found nothing."""
    counts = report.by_severity()
    made = [
        Tile(
            say(f"severity.{name}"), grouped(counts[name]), say("quality.findings_unit"),
            instead=say(f"severity.{name}.note"), better="", address=f"?severity={name}#findings",
        )
        for name in SEVERITIES
    ]  # fmt: skip
    clean = sum(1 for count in report.counts.values() if not count)
    note = say("quality.of_checks", None, count=len(report.counts))
    made.append(
        Tile(say("quality.passed"), grouped(clean), say("quality.checks_unit"), instead=note)
    )
    return made


def findings_table(
    found: Sequence[Finding], known: dict[str, Check], names: Names, *, start: int, size: int
) -> Sequence[Row]:
    """One page of findings as rows."""
    return [
        Row(
            [
                Cell(say(f"severity.{one.severity}"), tone=TONES[one.severity]),
                Cell(
                    names.sentence(one.message),
                    address=reverse("finding", args=[finding_key(one)]),
                    note=words_of(known[one.check].title),
                ),
                one.subject,
                quantity(one.at_stake, one.unit) if one.at_stake else None,
                len(one.entry_seqs),
            ]
        )
        for one in found[start : start + size]
    ]


FINDING_COLUMNS = (
    Column("severity", "quality.severity"),
    Column("message", "quality.message", header=True),
    Column("subject", "quality.subject"),
    Column("at_stake", "quality.at_stake", "number"),
    Column("entries", "quality.entries", "number"),
)


def checks_table(report: CheckReport) -> Table:
    """Every check that was run with its count, and those that were not."""
    known = checks()
    columns = [
        Column("check", say("quality.check"), header=True),
        Column("severity", say("quality.severity")),
        Column("meaning", say("schema.meaning")),
        Column("count", say("quality.count"), "number"),
    ]
    names = sorted(
        known, key=lambda n: (-report.counts.get(n, 0), SEVERITIES.index(known[n].severity), n)
    )
    rows = [check_row(report, known[name]) for name in names]
    return Table(say("quality.checks", None, count=len(known)), columns, rows)


def check_row(report: CheckReport, one: Check) -> Row:
    """One check in words, with its result."""
    severity = say(f"severity.{one.severity}")
    return Row(
        [Cell(one.title, note=one.name), severity, one.meaning, count_cell(report, one.name)]
    )


def count_cell(report: CheckReport, name: str) -> Cell:
    """How often a rule was broken: a link to those findings, a pass, or why it was not asked."""
    if name in report.withheld or name not in report.counts:
        return Cell(say("quality.withheld"), tone="quiet")
    count = report.counts[name]
    if not count:
        return Cell(say("quality.none"), tone="good")
    return Cell(count, address=f"?check={name}#findings")
