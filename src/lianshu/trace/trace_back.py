"""Trace back: every lot that a lot was made from, however many steps away."""

from __future__ import annotations

from collections.abc import Iterable

from lianshu.capability.lineage import entries_between
from lianshu.capability.registry import Chart, Column, Example, Parameter, Row, capability
from lianshu.capability.relation import Read
from lianshu.kernel.text import Text


@capability(
    "trace_back",
    title=Text("溯源", "Trace back"),
    meaning=Text(
        "一个批次由哪些批次制成（来源可查），不限级数。",
        "The lots that a lot was made from, through any number of steps.",
    ),
    unit=Text("批次", "lots"),
    columns=(
        Column("root", "text", Text("起点批次", "Root lot")),
        Column("lot", "text", Text("来源批次", "Source lot")),
    ),
    grain=("root", "lot"),
    reads=("flow", "action", "edge"),
    evidence=lambda read, row: entries_between(read, row["lot"], row["root"]),
    reference="ISO 22005:2007; EPCIS 2.0 TransformationEvent; 国办发〔2017〕84号 二(五)",
    example=Example(
        flows="flow,mood,action,time,item,lot,qty,unit,process\n"
        "1,fact,consume,1,leaf,L1,10,kg,roast\n2,fact,produce,1,tea,T1,2,kg,roast\n",
        rows=[("T1", "L1")],
    ),
    parameters=(Parameter("lot", Text("批次（空为全部制成批次）", "Lot (empty: every made lot)")),),
    chart=Chart("network", x="root", y="lot"),
)
def trace_back(read: Read) -> Iterable[Row]:
    """Without a lot, every lot that was made from another."""
    lot = read.args["lot"]
    roots = [lot] if lot else [row[0] for row in read.rows("SELECT DISTINCT child FROM edge")]
    return read.reach(roots, "back")
