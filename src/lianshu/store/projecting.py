"""Projecting: the log read again from its start, as the rows that every projection holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lianshu.flow.wire import Prepared, prepare
from lianshu.record.entry import Draft
from lianshu.store.placing import Placed
from lianshu.store.store import Row

BATCH = 5_000


def project_log(rows: Iterable[Row]) -> Iterator[Placed]:
    """Projected rows of log rows, in batches; the log itself is not written again.

    Raises ``AssertionError`` if an entry of the log no longer validates: the log holds only what
    was accepted, so that would be a fault of the program, never of a user.
    """
    ids: dict[str, int] = {}
    placed = Placed(rows={"flow": []})
    count = 0
    for row in rows:
        seq, supersedes = row[0], row[9]
        done = prepare(Draft(seq, bytes(row[6]), row[5]), row[4])
        assert isinstance(done, Prepared), f"entry {seq} of the log is not valid: {done}"
        ids[row[1]] = seq
        if supersedes:
            placed.supersessions.append((ids[supersedes], seq))
        placed.rows["flow"] += [(seq, n, *flow) for n, flow in enumerate(done.flows)]
        for n, (name, thing) in enumerate(done.things):
            placed.rows.setdefault(name, []).append((seq, n, *thing))
        count += 1
        if count % BATCH == 0:
            yield placed
            placed = Placed(rows={"flow": []})
    yield placed
