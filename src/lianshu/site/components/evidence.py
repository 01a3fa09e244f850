"""The evidence drawer: the entries that a number was read from, with their position in the log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lianshu.kernel.text import Text


@dataclass(frozen=True, slots=True)
class EvidenceEntry:
    """One entry of the record behind a number.

    ``seq`` is its sequence number (its leaf is ``seq - 1``), ``digest`` the hexadecimal digest of its meaning,
    ``withheld`` says that the reader may know that it exists but not what it says; ``proof`` is the address of
    its proof file.
    """

    seq: int
    entry_id: str
    kind: str
    source: str
    received: str
    summary: str | Text = ""
    digest: str = ""
    address: str = ""
    withheld: bool = False
    proof: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What stands behind one number: how it was computed, as of which entry, under which root, from what.

    ``total`` counts all entries when ``entries`` shows only the first of them.
    """

    name: str | Text
    value: str
    method: str | Text
    entries: Sequence[EvidenceEntry]
    total: int = 0
    as_of: str = ""
    root: str = ""
    address: str = ""

    @property
    def more(self) -> int:
        """How many entries are not shown."""
        return max(0, self.total - len(self.entries))
