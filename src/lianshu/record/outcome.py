"""Outcome: what the record answers to each entry that was offered to it."""

from __future__ import annotations

from dataclasses import dataclass

from lianshu.kernel.refusal import Refusal

ACCEPT, REJECT, EXISTS, CONFLICT = "accept", "reject", "exists", "conflict"
OUTCOMES = (ACCEPT, EXISTS, CONFLICT, REJECT)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer to one line: accept, exists (same id and meaning), conflict or reject.

    ``seq`` is the entry's place in the log (the first one's for exists and conflict, 0 if none).

    >>> Outcome(line=3, outcome=EXISTS, seq=41).reason is None
    True
    """

    line: int
    outcome: str
    seq: int = 0
    reason: Refusal | None = None
