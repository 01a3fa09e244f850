"""Projecting: the log read again from its start, as the rows that every projection holds."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import msgspec

from lianshu.flow.wire import project
from lianshu.kernel.refusal import Refusal, Refused
from lianshu.kernel.text import Text
from lianshu.store.placing import Placed
from lianshu.store.store import Row

BATCH = 5_000  # entries
BATCH_ROWS = 20_000  # flow rows: an entry may hold ten thousand

Find = Callable[[str], int]


def project_log(rows: Iterable[Row], find: Find) -> Iterator[Placed]:
    """Projected rows of log rows, in batches; the log itself is not written again.

    ``find`` gives the sequence number of an entry id (0: none); it is asked only for what a
    correction supersedes, so memory stays that of one batch however long the log is. Raises
    ``Refused`` if an entry of the log does not validate: only what was accepted is in the log, so
    its bytes have been changed since.
    """
    placed = Placed(rows={"flow": []})
    flows = placed.rows["flow"]
    count = 0
    for row in rows:
        seq = row[0]
        try:
            found, things = project(bytes(row[6]))
        except (msgspec.MsgspecError, Refused) as error:
            raise damaged(f"第 {seq} 条不再有效", f"entry {seq} is no longer valid") from error
        if row[9]:
            placed.supersessions.append((find(row[9]), seq))
        flows += [(seq, n, *flow) for n, flow in enumerate(found)]
        for n, (name, thing) in enumerate(things):
            placed.rows.setdefault(name, []).append((seq, n, *thing))
        count += 1
        if count == BATCH or len(flows) >= BATCH_ROWS:
            yield placed
            placed = Placed(rows={"flow": []})
            flows = placed.rows["flow"]
            count = 0
    yield placed


@contextmanager
def without_cycles() -> Iterator[None]:
    """Pause the cycle collector: bulk rows are plain tuples, and walking them again costs a sixth.

    >>> with without_cycles():
    ...     gc.isenabled()
    False
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def damaged(zh: str, en: str) -> Refused:
    """What to raise where the log contradicts itself: it is read no further, nothing is derived from it.

    >>> print(damaged("第 3 条不再有效", "entry 3 is no longer valid"))
    log: entry 3 is no longer valid; run lianshu verify to find what was changed
    """
    remedy = Text("运行 lianshu verify 找出改动", "run lianshu verify to find what was changed")
    return Refused(Refusal("log", Text(zh, en), remedy, code="log"))
