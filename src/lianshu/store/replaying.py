"""Replaying: the same log on another engine, row for row as it stands.

A mirror gets the log's raw rows (sequence numbers, digests, leaves) and its signed checkpoints, and
projects them itself. Its Merkle tree is built anew from the leaves that it was given, and must give
the root of every checkpoint on the way.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from lianshu.record.merkle import Frontier
from lianshu.store.placing import Placed
from lianshu.store.projecting import damaged, project_log
from lianshu.store.store import Row, Store

BATCH = 5_000
Checkpoint = tuple[int, bytes, int, str]  # size, root, time_us, note


class Mirror(Store, Protocol):
    """A store that can take another log's rows as they stand."""

    def append_verbatim(self, placed: Placed, checkpoints: Sequence[Checkpoint]) -> bool:
        """Write placed entries and their checkpoints in one transaction.

        False, and nothing written, if the first of them is not the next one: another process was
        quicker. Refused attempts alone may be written too.
        """
        ...


def is_prefix(mirror: Store, source: Store) -> bool:
    """Whether what the mirror holds is the beginning of the source's log."""
    head = mirror.head()
    if not head.size:
        return True
    return any(size == head.size and root == head.root for size, root, *_ in source.checkpoints())


def catch_up(mirror: Mirror, source: Store) -> int:
    """Bring a mirror to the source's head; the number of entries that it took.

    Raises ``Refused`` where the source's own leaves do not give its checkpoint's root.
    """
    taken = 0
    while True:
        size = mirror.head().size
        todo = [one for one in source.checkpoints() if one[0] > size]
        if not todo:
            return taken
        for checkpoints in _batches(todo, size):
            stop = checkpoints[-1][0] + 1
            rows = list(source.log_rows(size + 1, stop))
            placed = _project(rows, source)
            if not mirror.append_verbatim(placed, checkpoints):
                break
            taken += len(rows)
            size = stop - 1


def checkpoint_rows(
    frontier: Frontier, entries: Sequence[Row], checkpoints: Sequence[Checkpoint]
) -> list[Row]:
    """Rows of the table ``checkpoint``, each with the frontier that the leaves really give.

    Extends ``frontier`` by the leaves of ``entries``.
    """
    rows: list[Row] = []
    start = frontier.size
    for size, root, time_us, note in checkpoints:
        some = entries[frontier.size - start : size - start]
        frontier.extend([bytes(row[8]) for row in some])
        if frontier.size != size or frontier.root() != bytes(root):
            raise damaged(
                f"至第 {size} 条的叶与其检查点的根不符",
                f"the leaves up to entry {size} do not give the root of its checkpoint",
            )
        rows.append((size, bytes(root), time_us, note, frontier.to_bytes()))
    return rows


def _batches(checkpoints: Sequence[Checkpoint], size: int) -> Iterator[list[Checkpoint]]:
    """Runs of checkpoints that span about ``BATCH`` entries."""
    some: list[Checkpoint] = []
    start = size
    for one in checkpoints:
        some.append(one)
        if one[0] - start >= BATCH:
            yield some
            start, some = one[0], []
    if some:
        yield some


def _project(rows: list[Row], source: Store) -> Placed:
    whole = Placed(entries=rows, leaves=[row[8] for row in rows])
    for placed in project_log(rows, source.find):
        for name, some in placed.rows.items():
            whole.rows.setdefault(name, []).extend(some)
        whole.supersessions += placed.supersessions
    return whole
