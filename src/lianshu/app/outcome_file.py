"""The outcomes of a file as CSV: ``line,outcome,reason``, one row for each line of the input."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path
from typing import Self

from lianshu.record.outcome import OUTCOMES, Outcome

# A line may give several entries (the parties it names, then itself): it is as good as its worst.
WORST_FIRST = ("reject", "conflict", "accept", "exists")
_RUNS = ("=", "+", "-", "@", "\t", "\r")


class OutcomeFile:
    """Writes the outcome of each line as it becomes known; without a path it only counts.

    ``language`` is that of the reasons. Lines are complete after ``flush``, which leaving the
    ``with`` block does.

    >>> with OutcomeFile(None, "en") as outcomes:
    ...     outcomes.add(Outcome(1, "exists", 3))
    ...     outcomes.add(Outcome(1, "accept", 7))
    >>> outcomes.summary()
    {'accept': 1, 'exists': 0, 'conflict': 0, 'reject': 0}
    """

    def __init__(self, path: Path | None, language: str, *, encoding: str = "utf-8") -> None:
        self._file = path.open("w", encoding=encoding, newline="") if path else None
        self._writer = csv.writer(self._file) if self._file else None
        if self._writer:
            self._writer.writerow(("line", "outcome", "reason"))
        self._language = language
        self._worst: Outcome | None = None
        self._counts: Counter[str] = Counter()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.flush()
        if self._file:
            self._file.close()

    def add(self, outcome: Outcome) -> None:
        """Take the outcome of one entry; those of one line come one after the other."""
        if self._worst is not None and outcome.line != self._worst.line:
            self.flush()
        if self._worst is None or (
            WORST_FIRST.index(outcome.outcome) < WORST_FIRST.index(self._worst.outcome)
        ):
            self._worst = outcome

    def flush(self) -> None:
        """Write the line that is being put together."""
        if self._worst is not None:
            self._counts[self._worst.outcome] += 1
            if self._writer:
                reason = self._worst.reason
                text = reason.at_line(0).sentence(self._language) if reason else ""
                self._writer.writerow((self._worst.line, self._worst.outcome, shown(text)))
        self._worst = None

    def summary(self) -> dict[str, int]:
        """Lines by outcome, in the order accept, exists, conflict, reject."""
        return {name: self._counts[name] for name in OUTCOMES}


def shown(text: str) -> str:
    """A cell that a spreadsheet shows and never runs (OWASP, CSV injection).

    >>> shown("=1+1"), shown("qty: it is negative")
    ("'=1+1", 'qty: it is negative')
    """
    return f"'{text}" if text.startswith(_RUNS) else text
