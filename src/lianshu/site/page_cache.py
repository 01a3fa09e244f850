"""What pages have worked out from the record, kept while it is true: keys hold the number of the last entry.

Small and of this process only. While one thread works something out, others that want the same wait
for it, so that a new entry costs one calculation and not one for each visitor.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, TypeVar

MOST = 256
T = TypeVar("T")


@dataclass(slots=True)
class _Slot:
    lock: threading.Lock = field(default_factory=threading.Lock)
    filled: bool = False
    value: Any = None


class PageCache:
    """The ``most`` values used last, by key; safe for threads.

    >>> cache = PageCache()
    >>> cache.value_of(("late", 7), lambda: 3), cache.value_of(("late", 7), lambda: 1 / 0)
    (3, 3)
    """

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._slots: OrderedDict[Hashable, _Slot] = OrderedDict()
        self._guard = threading.Lock()

    def value_of(self, key: Hashable, make: Callable[[], T]) -> T:
        """The value kept under ``key``, or the one that ``make`` gives; an error of ``make`` is not kept."""
        with self._guard:
            slot = self._slots.setdefault(key, _Slot())
            self._slots.move_to_end(key)
            while len(self._slots) > self._most:
                self._slots.popitem(last=False)
        with slot.lock:
            if not slot.filled:
                slot.value = make()
                slot.filled = True
            value: T = slot.value
            return value

    def clear(self) -> None:
        """Forget everything."""
        with self._guard:
            self._slots.clear()


PAGES = PageCache()
