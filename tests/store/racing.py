"""One of several processes that capture the same ids at the same time."""

from __future__ import annotations

import random
from multiprocessing.synchronize import Barrier
from pathlib import Path

from lianshu.app.workspace import Workspace
from tests.conformance.records import prepared, produce

Answer = tuple[str, str, int]  # id, outcome, seq


def race(folder: Path, dsn: str, number: int, ids: int, barrier: Barrier) -> list[Answer]:
    """Offer every id twice, in an order and batches of its own.

    Ids ``same:*`` mean the same in every process, ``other:*`` something else in each.
    """
    rng = random.Random(number)
    offers = []
    for n in range(ids):
        offers += [produce(f"same:{n}", "1"), produce(f"other:{n}", str(number + 1))]
    offers += offers
    rng.shuffle(offers)
    lines = prepared(offers)
    answers: list[Answer] = []
    barrier.wait(60)
    with Workspace(folder, dsn=dsn) as workspace:
        at = 0
        while at < len(lines):
            some = lines[at : at + rng.randrange(1, 8)]
            for offer, one in zip(offers[at:], workspace.take(some), strict=False):
                answers.append((offer["id"], one.outcome, one.seq))
            at += len(some)
    return answers
