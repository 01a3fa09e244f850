"""The import report: what became of every cell, column by column."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final

from lianshu.exchange.mapping.cells import Cell
from lianshu.exchange.mapping.spec import MappingSpec
from lianshu.kernel.text import Text

EXAMPLES: Final = 5


@dataclass(frozen=True, slots=True)
class Example:
    """One cell that was not understood: the line, the text as it stands, and why."""

    line: int
    text: str
    reason: Text


@dataclass(slots=True)
class ColumnCount:
    """Counts of one column; together they are the number of lines read."""

    header: str
    understood: int = 0
    empty: int = 0
    resolved: int = 0
    unread: int = 0
    tokens: Counter[str] = field(default_factory=Counter)
    examples: list[Example] = field(default_factory=list)

    def add(self, cell: Cell, line: int) -> None:
        """Count one cell."""
        if cell.state == "value":
            self.understood += 1
        elif cell.state == "empty":
            self.empty += 1
        elif cell.state == "token":
            self.tokens[cell.text] += 1
        elif cell.state == "reference":
            self.resolved += 1
        else:
            self.unread += 1
            if len(self.examples) < EXAMPLES:
                reason = cell.reason or Text("未能理解", "not understood")
                self.examples.append(Example(line, cell.text[:200], reason))


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two lines that say different things of one thing; the first was kept."""

    table: str
    id: str
    column: str
    kept: str
    other: str
    line: int


@dataclass(slots=True)
class MappingReport:
    """Filled while a file is read; complete when the reader is exhausted."""

    columns: dict[str, ColumnCount]
    lines: int = 0
    refused: int = 0
    entries: int = 0
    things: Counter[str] = field(default_factory=Counter)
    flows: Counter[str] = field(default_factory=Counter)
    flows_lacking: Counter[str] = field(default_factory=Counter)
    conflicts: int = 0
    conflict_examples: list[Conflict] = field(default_factory=list)
    undescribed: tuple[str, ...] = ()
    tokens: dict[str, Text] = field(default_factory=dict)

    @classmethod
    def of(cls, spec: MappingSpec) -> MappingReport:
        """An empty report of a mapping."""
        return cls(
            {name: ColumnCount(column.header) for name, column in spec.columns.items()},
            tokens={name: Text(token.zh, token.en) for name, token in spec.tokens.items()},
        )

    def add_conflict(self, conflict: Conflict) -> None:
        """Note that two lines disagree about a thing."""
        self.conflicts += 1
        if len(self.conflict_examples) < EXAMPLES * 4:
            self.conflict_examples.append(conflict)

    @property
    def not_understood(self) -> int:
        """Cells that no rule of the mapping explains, with every cell of an undescribed column."""
        unread = sum(count.unread for count in self.columns.values())
        return unread + len(self.undescribed) * self.lines

    def table(self) -> tuple[tuple[str, ...], list[tuple[str | int, ...]]]:
        """(column names, rows) for a page or a terminal: one row for each column of the export."""
        names = ("header", "understood", "empty", "known_token", "resolved", "not_understood")
        rows: list[tuple[str | int, ...]] = [
            (c.header, c.understood, c.empty, c.tokens.total(), c.resolved, c.unread)
            for c in self.columns.values()
        ]
        rows += [(header, 0, 0, 0, 0, self.lines) for header in self.undescribed]
        return names, rows

    def as_data(self, language: str = "zh") -> dict[str, Any]:
        """The whole report as plain data for JSON."""
        names, rows = self.table()
        counts = list(self.columns.values())
        return {
            "lines": self.lines,
            "refused": self.refused,
            "entries": self.entries,
            "things": dict(self.things),
            "flows": dict(self.flows),
            "flows_lacking": dict(self.flows_lacking),
            "not_understood": self.not_understood,
            "columns": [dict(zip(names, row, strict=True)) for row in rows],
            "tokens": [
                {"header": c.header, "token": token, "meaning":
                 self.tokens[token].in_language(language), "count": count}
                for c in counts for token, count in c.tokens.most_common()
            ],
            "examples": [
                {"header": c.header, "line": e.line, "text": e.text,
                 "reason": e.reason.in_language(language)}
                for c in counts for e in c.examples
            ],
            "conflicts": self.conflicts,
            "conflict_examples": [
                {name: getattr(c, name) for name in Conflict.__slots__}
                for c in self.conflict_examples
            ],
        }  # fmt: skip
