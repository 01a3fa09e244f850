"""Process yield: what came out of a process over what went in."""

from __future__ import annotations

from collections.abc import Iterable

from lianshu.capability.exact import exact, ratio
from lianshu.capability.registry import Chart, Column, Example, Row, capability
from lianshu.capability.relation import Read
from lianshu.kernel.text import Text

THROUGHPUT = """
    SELECT f.process,
           exact_sum(CASE WHEN a.lineage = 'input' THEN 1 ELSE 0 END, f.qty) AS put_in,
           exact_sum(CASE WHEN a.lineage = 'output' THEN 1 ELSE 0 END, f.qty) AS came_out
    FROM flow f JOIN action a ON a.action = f.action
    WHERE f.mood = 'fact' AND f.process <> '' AND a.lineage IN ('input', 'output')
    GROUP BY f.process
"""
EVIDENCE = """
    SELECT f.entry_seq FROM flow f JOIN action a ON a.action = f.action
    WHERE f.mood = 'fact' AND f.process = :process AND a.lineage IN ('input', 'output')
"""


@capability(
    "process_yield",
    title=Text("过程得率", "Process yield"),
    meaning=Text(
        "过程的产出量除以投入量（同一计量单位）。",
        "Quantity that came out of a process over the quantity that went in, in one unit.",
    ),
    unit=Text("比率", "ratio"),
    columns=(
        Column("process", "text", Text("过程", "Process")),
        Column("yield", "ratio", Text("得率", "Yield")),
    ),
    grain=("process",),
    reads=("flow", "action"),
    evidence=EVIDENCE,
    reference="SCOR DS RS.3 make yield; ISO 22400-2:2014",
    example=Example(
        flows="flow,mood,action,time,item,lot,qty,unit,process\n"
        "1,fact,consume,1,leaf,L1,10,kg,roast\n2,fact,produce,1,tea,T1,2.2,kg,roast\n",
        rows=[("roast", 0.22)],
    ),
    chart=Chart("bar", x="process", y="yield"),
)
def process_yield(read: Read) -> Iterable[Row]:
    """Processes that took something in; a process that only puts out (a harvest) has no yield."""
    for process, put_in, came_out in read.rows(THROUGHPUT):
        if exact(put_in):
            yield process, ratio(exact(came_out), exact(put_in))
