"""Remembering: readings that were made before, since a reading at an entry number never changes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

from lianshu.app.result import Row

TABLES = 128
ROWS_EACH = 50_000
ROWS_IN_ALL = 400_000


@dataclass(slots=True)
class _Slot:
    """One reading; its lock lets one thread make it while others who want the same wait for it."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    rows: tuple[Row, ...] | None = None


class RememberedRows:
    """Rows of the latest readings by key; the least recently used go first. Safe for threads.

    At most ``tables`` readings and ``rows_in_all`` rows; one of more than ``rows_each`` rows is not
    kept at all.

    >>> remembered = RememberedRows()
    >>> remembered.rows_of(("stock", 7), lambda: [("tea", 1)])
    [('tea', 1)]
    >>> remembered.rows_of(("stock", 7), lambda: 1 / 0)  # not made again
    [('tea', 1)]
    """

    def __init__(
        self,
        tables: int = TABLES,
        rows_each: int = ROWS_EACH,
        rows_in_all: int = ROWS_IN_ALL,
    ) -> None:
        self._tables = tables
        self._rows_each = rows_each
        self._rows_in_all = rows_in_all
        self._slots: OrderedDict[Hashable, _Slot] = OrderedDict()
        self._rows = 0
        self._guard = threading.Lock()

    def rows_of(self, key: Hashable, make: Callable[[], list[Row]]) -> list[Row]:
        """The rows kept under ``key``, or those that ``make`` gives; the list is the caller's own."""
        with self._guard:
            slot = self._slots.setdefault(key, _Slot())
            self._slots.move_to_end(key)
        with slot.lock:
            if slot.rows is None:
                return self._made(key, slot, make)
            return list(slot.rows)

    def _made(self, key: Hashable, slot: _Slot, make: Callable[[], list[Row]]) -> list[Row]:
        try:
            rows = make()
        except BaseException:
            self._drop(key, slot)
            raise
        if len(rows) > self._rows_each:
            self._drop(key, slot)
            return rows
        with self._guard:
            slot.rows = tuple(rows)
            if self._slots.get(key) is slot:  # it may have been pushed out meanwhile
                self._rows += len(rows)
            while len(self._slots) > self._tables or self._rows > self._rows_in_all:
                _, old = self._slots.popitem(last=False)
                self._rows -= len(old.rows or ())
        return rows

    def _drop(self, key: Hashable, slot: _Slot) -> None:
        with self._guard:
            if self._slots.get(key) is slot:
                del self._slots[key]
