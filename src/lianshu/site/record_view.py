"""The record as one person sees it on pages: up to its last entry, in that person's scope, with names for keys."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.http import HttpRequest

from lianshu.app.reading import StoreRead
from lianshu.app.result import Table
from lianshu.app.serving import current_workspace
from lianshu.app.workspace import Workspace
from lianshu.capability.relation import AsOf, Scope
from lianshu.kernel.refusal import Refused
from lianshu.kernel.text import Text
from lianshu.record.entry import Entry
from lianshu.site.page_cache import PAGES
from lianshu.site.scoping import NOBODY, scope_of
from lianshu.store.store import Head, Row

NAMED = ("party", "place", "item")
T = TypeVar("T")
_NAMED_IN = """
    SELECT 1 FROM flow_row WHERE entry_seq = :seq AND (from_party = :party OR to_party = :party)
    UNION ALL SELECT 1 FROM party_row WHERE entry_seq = :seq AND id = :party
"""


@dataclass(frozen=True, slots=True)
class RecordView:
    """One workspace up to ``head``, in the scope of one person. Made anew for each request."""

    workspace: Workspace
    head: Head
    scope: Scope

    @property
    def sees_nothing(self) -> bool:
        """Whether this person has no grant at all."""
        return self.scope == NOBODY

    @property
    def sees_all(self) -> bool:
        """Whether this person reads the whole record."""
        return self.scope == Scope()

    def run(self, key: str, **arguments: str) -> Table:
        """A reading, as of the last entry."""
        return self.workspace.run(key, as_of=self.head.size, scope=self.scope, **arguments)

    def rows(self, sql: str, relations: Sequence[str] = ("flow",), **binds: Any) -> list[Row]:
        """Rows of portable SQL over relations, in this person's scope."""
        at = AsOf(self.head.size, scope=self.scope)
        return StoreRead(self.workspace.store, at, relations, {}).rows(sql, **binds)

    def kept(self, name: str, make: Callable[[], T], *more: Hashable) -> T:
        """What ``make`` gives, worked out once for this record, scope, name and ``more``."""
        key = (self.workspace.id, self.head.size, self.head.root, self.scope, name, *more)
        return PAGES.value_of(key, make)

    def sees_entry(self, entry: Entry) -> bool:
        """Whether this person may read an entry: one they wrote, or one that names their party."""
        if self.sees_all or (entry.source and entry.source == self.scope.party):
            return True
        found = self.workspace.store.query(_NAMED_IN, {"seq": entry.seq, "party": self.scope.party})
        return bool(found)

    @property
    def names(self) -> Names:
        """Names of the things that the record describes."""
        key = (self.workspace.id, self.head.size, self.head.root, "names")
        return PAGES.value_of(key, lambda: Names({t: self._names_of(t) for t in NAMED}))

    def _names_of(self, table: str) -> dict[str, str]:
        at = AsOf(self.head.size)
        read = StoreRead(self.workspace.store, at, (table,), {})
        return {key: name for key, name in read.rows(f"SELECT id, name FROM {table}") if name}


SHORTEST_SAID = 4


@dataclass(frozen=True, slots=True)
class Names:
    """Names by table and key; a key without a name stands for itself.

    >>> names = Names({"party": {"MILL-01": "云谷茶厂"}, "place": {}, "item": {}})
    >>> names.party("MILL-01"), names.place("dock"), names.parties("MILL-01; x")
    ('云谷茶厂', 'dock', '云谷茶厂; x')
    """

    by_table: Mapping[str, Mapping[str, str]]

    def of(self, table: str, key: str) -> str:
        """The name of a thing of any table."""
        return self.by_table.get(table, {}).get(key) or key

    def party(self, key: str) -> str:
        """The name of a party."""
        return self.of("party", key)

    def place(self, key: str) -> str:
        """The name of a place."""
        return self.of("place", key)

    def item(self, key: str) -> str:
        """The name of an item."""
        return self.of("item", key)

    def parties(self, keys: str) -> str:
        """Names of several parties in one cell."""
        return "; ".join(self.party(key) for key in keys.split("; "))

    def sentence(self, text: Text) -> Text:
        """A sentence with the keys in it said as names; short keys stay, as they may be words.

        >>> names = Names({"party": {"MILL-01": "云谷茶厂"}})
        >>> names.sentence(Text("MILL-01 自售", "MILL-01 sells to itself")).en
        '云谷茶厂 sells to itself'
        """
        zh, en = text.zh, text.en
        for known in self.by_table.values():
            said = [key for key in known if len(key) >= SHORTEST_SAID and key in en]
            for key in sorted(said, key=len, reverse=True):
                whole = re.compile(rf"(?<!\w){re.escape(key)}(?!\w)")
                name = known[key].replace("\\", r"\\")
                zh, en = whole.sub(name, zh), whole.sub(name, en)
        return Text(zh, en)


def record_of(request: HttpRequest) -> RecordView | None:
    """The record as whoever sent the request sees it; None where this site has no record yet."""
    try:
        workspace = current_workspace()
    except Refused:
        return None
    scope = scope_of(request.user) if request.user.is_authenticated else NOBODY
    return RecordView(workspace, workspace.head(), scope)
