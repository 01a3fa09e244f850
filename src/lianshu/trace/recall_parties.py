"""Recall parties: everybody who had a lot, or anything made from it, in their hands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from lianshu.capability.registry import Chart, Column, Example, Parameter, Row, capability
from lianshu.capability.relation import Read
from lianshu.kernel.text import Text

HELD = """
    SELECT lot, party, entry_seq FROM (
        SELECT lot, from_party AS party, entry_seq FROM flow
        WHERE mood = 'fact' AND stream = 'goods' AND lot <> '' AND from_party <> ''
        UNION ALL
        SELECT lot, to_party, entry_seq FROM flow
        WHERE mood = 'fact' AND stream = 'goods' AND lot <> '' AND to_party <> ''
    ) held
"""


def _entries(read: Read, row: Mapping[str, Any]) -> Iterable[int]:
    lots = {row["lot"]} | {lot for _, lot in read.reach([row["lot"]], "forward")}
    return [seq for lot, party, seq in read.rows(HELD) if lot in lots and party == row["party"]]


@capability(
    "recall_parties",
    title=Text("召回涉及方", "Recall parties"),
    meaning=Text(
        "批次及其去向批次经手过的所有主体：召回时要通知谁。",
        "Every party that had the lot, or a lot it went into: whom a recall must reach.",
    ),
    unit=Text("主体", "parties"),
    columns=(
        Column("lot", "text", Text("批次", "Lot")),
        Column("party", "text", Text("主体", "Party")),
    ),
    grain=("lot", "party"),
    reads=("flow", "action", "edge"),
    evidence=_entries,
    reference="食品召回管理办法 第十二条; GS1 Global Traceability Standard 2.0",
    example=Example(
        flows="flow,mood,action,time,item,lot,qty,unit,from_party,to_party,process\n"
        "1,fact,produce,1,leaf,L1,10,kg,,farm,grow\n2,fact,transfer,2,leaf,L1,10,kg,farm,mill,\n"
        "3,fact,consume,3,leaf,L1,10,kg,mill,,roast\n4,fact,produce,3,tea,T1,2,kg,,mill,roast\n"
        "5,fact,transfer,4,tea,T1,2,kg,mill,shop,\n",
        rows=[("L1", "farm"), ("L1", "mill"), ("L1", "shop")],
    ),
    parameters=(
        Parameter("lot", Text("批次（空为全部投入批次）", "Lot (empty: every lot that was used)")),
    ),
    chart=Chart("network", x="lot", y="party"),
)
def recall_parties(read: Read) -> Iterable[Row]:
    """Without a lot, every lot that went into another."""
    lot = read.args["lot"]
    roots = [lot] if lot else [row[0] for row in read.rows("SELECT DISTINCT parent FROM edge")]
    holders: dict[str, set[str]] = {}
    for held, party, _ in read.rows(HELD):
        holders.setdefault(held, set()).add(party)
    found = {(root, party) for root in roots for party in holders.get(root, ())}
    for root, reached in read.reach(roots, "forward"):
        found.update((root, party) for party in holders.get(reached, ()))
    return found
