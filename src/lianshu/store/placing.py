"""Placing: decide what becomes of each entry of a batch, before any row is written.

Pure, so that every engine decides alike; the engine's UNIQUE constraints stay the guard.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from lianshu.flow.wire import Prepared
from lianshu.kernel.refusal import Refusal
from lianshu.record.outcome import ACCEPT, CONFLICT, EXISTS, REJECT, Outcome
from lianshu.store.store import Row, already_refusal, supersedes_refusal

MOST_KEPT_BYTES = 65_536  # of a refused payload


@dataclass(slots=True)
class Placed:
    """What to write: log rows with their seq, projected rows, supersessions, refusals, leaves."""

    outcomes: list[Outcome] = field(default_factory=list)
    entries: list[Row] = field(default_factory=list)
    leaves: list[bytes] = field(default_factory=list)
    rows: dict[str, list[Row]] = field(default_factory=dict)
    supersessions: list[Row] = field(default_factory=list)
    refusals: list[Row] = field(default_factory=list)


def ids_of(batch: Sequence[Prepared | Refusal]) -> list[str]:
    """Every id that a batch names, as its own or as the one it supersedes."""
    own = {one.log_row[0] for one in batch if isinstance(one, Prepared)}
    named = {one.log_row[8] for one in batch if isinstance(one, Prepared) and one.log_row[8]}
    return list(own | named)


def place(
    batch: Sequence[Prepared | Refusal],
    known: Mapping[str, tuple[int, bytes]],
    corrected: Mapping[int, int],
    size: int,
    now_us: int,
) -> Placed:
    """Decide every element of ``batch``.

    ``known`` gives (seq, digest) of ids that the log has, ``corrected`` which entry superseded which,
    ``size`` is the number of entries in the log.
    """
    placed = Placed(rows={"flow": []})
    seen = dict(known)
    done = dict(corrected)
    flows = placed.rows["flow"]
    for one in batch:
        if isinstance(one, Refusal):
            placed.outcomes.append(Outcome(one.line, REJECT, 0, one))
            continue
        row = one.log_row
        if (old := seen.get(row[0])) is not None:
            _met_again(placed, one, old, now_us)
            continue
        if row[8]:
            target = seen.get(row[8])
            by = done.get(target[0], 0) if target else 0
            if target is None or by:
                refusal = supersedes_refusal(one.line, row[8], by)
                placed.outcomes.append(Outcome(one.line, REJECT, 0, refusal))
                placed.refusals.append(refusal_row(one, refusal, REJECT, now_us))
                continue
        size += 1
        if row[8]:
            done[seen[row[8]][0]] = size
            placed.supersessions.append((seen[row[8]][0], size))
        seen[row[0]] = (size, row[6])
        placed.entries.append((size, *row))
        placed.leaves.append(row[7])
        for n, flow in enumerate(one.flows):
            flows.append((size, n, *flow))
        for n, (name, thing) in enumerate(one.things):
            placed.rows.setdefault(name, []).append((size, n, *thing))
        placed.outcomes.append(Outcome(one.line, ACCEPT, size))
    return placed


def _met_again(placed: Placed, one: Prepared, old: tuple[int, bytes], now_us: int) -> None:
    if old[1] == one.log_row[6]:
        placed.outcomes.append(Outcome(one.line, EXISTS, old[0]))
        return
    refusal = already_refusal(one.line, one.log_row[0], old[0])
    placed.outcomes.append(Outcome(one.line, CONFLICT, old[0], refusal))
    placed.refusals.append(refusal_row(one, refusal, CONFLICT, now_us))


def refusal_row(one: Prepared, refusal: Refusal, outcome: str, now_us: int) -> Row:
    """The kept record of an attempt that was refused; the same attempt is kept once."""
    entry_id, payload = one.log_row[0], one.log_row[5]
    fingerprint = hashlib.sha256(f"{outcome}\n{entry_id}\n".encode() + payload).digest()
    return (
        fingerprint,
        entry_id,
        now_us,
        outcome,
        refusal.at_line(0).sentence("zh"),
        refusal.at_line(0).sentence("en"),
        payload[:MOST_KEPT_BYTES],
    )
