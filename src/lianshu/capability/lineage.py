"""Entries of the makings that lie between two lots: the evidence of a trace."""

from __future__ import annotations

from lianshu.capability.relation import Read

MAKINGS = """
    SELECT f.lot, f.entry_seq FROM flow f JOIN action a ON a.action = f.action
    WHERE f.mood = 'fact' AND f.lot <> '' AND a.lineage IN ('input', 'output')
"""


def entries_between(read: Read, source: str, product: str) -> list[int]:
    """Entry numbers of every making on a way from the lot ``source`` to the lot ``product``."""
    ahead = {source} | {lot for _, lot in read.reach([source], "forward")}
    behind = {product} | {lot for _, lot in read.reach([product], "back")}
    on_the_way = ahead & behind
    return [seq for lot, seq in read.rows(MAKINGS) if lot in on_the_way]
