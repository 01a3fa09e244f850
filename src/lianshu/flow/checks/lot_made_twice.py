"""One lot comes out of one process."""

from __future__ import annotations

from collections.abc import Iterator

from lianshu.flow.check import Found, Look, check, entries, groups, named, total
from lianshu.kernel.text import Text

_MADE = f"""
    SELECT item, lot, process, unit, qty, entry_seq FROM flow
    WHERE mood = 'fact' AND stream = 'goods' AND lot <> '' AND process <> ''
      AND action IN {named(lambda action: action.lineage == "output")}
    ORDER BY item, lot, entry_seq
"""


@check(
    "lot_made_twice",
    severity="warning",
    title=Text("一批一次产出", "A lot has one origin"),
    meaning=Text(
        "同一批次只由一个过程产出；由几个过程产出的批次，召回范围无法缩小。",
        "A lot is produced by one process; where several produce it, a recall cannot be narrowed.",
    ),
    remedy=Text("各过程的产出使用不同的批次号", "give the output of each process its own lot number"),
    source="GS1 Global Traceability Standard 2.0; GB/T 38155-2019",
)  # fmt: skip
def lot_made_twice(look: Look) -> Iterator[Found]:
    """Lots that come out of two processes or more.

    >>> from lianshu.app.checking import check_flows
    >>> rows = "flow,mood,action,time,item,lot,qty,unit,process\\nF1,fact,produce,1,tea,T1,9,kg,roast-1\\n"
    >>> check_flows("lot_made_twice", rows + "F2,fact,produce,2,tea,T1,9,kg,roast-2")
    ['T1']
    """
    for (item, lot), run in groups(look.rows(_MADE), 2):
        made = list(run)
        processes = sorted({row[2] for row in made})
        if len(processes) > 1:
            names = ", ".join(processes[:5])
            message = Text(
                f"{item} 的批次 {lot} 由 {len(processes)} 个过程产出：{names}",
                f"lot {lot} of {item} came out of {len(processes)} processes: {names}",
            )
            doubted = total(row[4] for row in made)
            yield Found(lot, message, entries(row[5] for row in made), doubted, made[0][3])
