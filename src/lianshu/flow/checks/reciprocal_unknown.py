"""What a flow says is given in return for it is there."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from lianshu.flow.check import Found, Look, check
from lianshu.kernel.text import Text

_DANGLING = """
    SELECT id, reciprocal, qty, unit, entry_seq FROM flow
    WHERE reciprocal <> '' AND (reciprocal = id OR reciprocal NOT IN (SELECT id FROM flow))
    ORDER BY id, entry_seq
"""


@check(
    "reciprocal_unknown",
    severity="error",
    title=Text("对价存在", "The reciprocal exists"),
    meaning=Text(
        "“对价”所指的流存在，且不是它自己；货与钱互为对价，缺一则价格不知。",
        "The flow named as given in return is in the record and is another one; without it no price "
        "is known.",
    ),
    remedy=Text("更正所指的流编号，或先提交对价", "correct the flow id, or send the other flow"),
    source="REA duality (McCarthy 1982); ValueFlows 1.0 reciprocal",
    whole=True,
)
def reciprocal_unknown(look: Look) -> Iterator[Found]:
    """Flows whose ``reciprocal`` names no flow, or themselves.

    >>> from lianshu.app.checking import check_flows
    >>> rows = "flow,mood,action,time,item,qty,unit,reciprocal\\n"
    >>> check_flows("reciprocal_unknown", rows + "F1,promise,transfer,1,CNY,6,CNY,P9")
    ['F1']
    """
    for id_, target, qty, unit, seq in look.rows(_DANGLING):
        message = Text(f"没有作为对价的流 {target}", f"there is no flow {target} given in return")
        yield Found(id_, message, (seq,), Decimal(qty), unit)
