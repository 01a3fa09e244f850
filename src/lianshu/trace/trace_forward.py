"""Trace forward: every lot that a lot went into, however many steps away."""

from __future__ import annotations

from collections.abc import Iterable

from lianshu.capability.lineage import entries_between
from lianshu.capability.registry import Chart, Column, Example, Parameter, Row, capability
from lianshu.capability.relation import Read
from lianshu.kernel.text import Text


@capability(
    "trace_forward",
    title=Text("追踪", "Trace forward"),
    meaning=Text(
        "一个批次进入了哪些批次（去向可追），不限级数。",
        "The lots that a lot went into, through any number of steps.",
    ),
    unit=Text("批次", "lots"),
    columns=(
        Column("root", "text", Text("起点批次", "Root lot")),
        Column("lot", "text", Text("去向批次", "Lot it went into")),
    ),
    grain=("root", "lot"),
    reads=("flow", "action", "edge"),
    evidence=lambda read, row: entries_between(read, row["root"], row["lot"]),
    reference="ISO 22005:2007; EPCIS 2.0 TransformationEvent; 国办发〔2017〕84号 二(五)",
    example=Example(
        flows="flow,mood,action,time,item,lot,qty,unit,process\n"
        "1,fact,consume,1,leaf,L1,10,kg,roast\n2,fact,produce,1,tea,T1,2,kg,roast\n",
        rows=[("L1", "T1")],
    ),
    parameters=(
        Parameter("lot", Text("批次（空为全部投入批次）", "Lot (empty: every lot that was used)")),
    ),
    chart=Chart("network", x="root", y="lot"),
)
def trace_forward(read: Read) -> Iterable[Row]:
    """Without a lot, every lot that went into another."""
    lot = read.args["lot"]
    roots = [lot] if lot else [row[0] for row in read.rows("SELECT DISTINCT parent FROM edge")]
    return read.reach(roots, "forward")
