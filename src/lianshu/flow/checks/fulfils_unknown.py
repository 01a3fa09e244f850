"""What a flow says that it fulfils is there."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from lianshu.flow.check import Found, Look, check
from lianshu.kernel.text import Text

_DANGLING = """
    SELECT id, fulfils, qty, unit, entry_seq FROM flow
    WHERE fulfils <> '' AND fulfils NOT IN (SELECT id FROM flow WHERE mood <> 'fact')
    ORDER BY id, entry_seq
"""


@check(
    "fulfils_unknown",
    severity="error",
    title=Text("履行的约定存在", "The promise fulfilled exists"),
    meaning=Text(
        "“履行”所指的流存在，且是约定、报价、计划或预测，不是事实。",
        "The flow that another says it fulfils is in the record, and is a promise, offer, plan or "
        "forecast, never a fact.",
    ),
    remedy=Text("更正所指的流编号，或先提交该约定", "correct the flow id, or send the promise"),
    source="ValueFlows 1.0 fulfills, satisfies",
    whole=True,
)
def fulfils_unknown(look: Look) -> Iterator[Found]:
    """Flows whose ``fulfils`` names nothing that can be fulfilled.

    >>> from lianshu.app.checking import check_flows
    >>> rows = "flow,mood,action,time,item,qty,unit,fulfils\\n"
    >>> check_flows("fulfils_unknown", rows + "F1,fact,transfer,1,tea,6,kg,P9")
    ['F1']
    """
    for id_, target, qty, unit, seq in look.rows(_DANGLING):
        message = Text(f"没有可履行的流 {target}", f"there is no flow {target} to fulfil")
        yield Found(id_, message, (seq,), Decimal(qty), unit)
