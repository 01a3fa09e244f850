"""A promise is due after it was made."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from lianshu.flow.check import Found, Look, check
from lianshu.kernel.instant import format_instant
from lianshu.kernel.text import Text

_EARLY = """
    SELECT id, time, agreed, qty, unit, entry_seq FROM flow
    WHERE mood = 'promise' AND stream <> 'money' AND agreed IS NOT NULL AND time < agreed
    ORDER BY id, entry_seq
"""


@check(
    "due_before_agreed",
    severity="warning",
    title=Text("到期不早于约定", "Due no earlier than agreed"),
    meaning=Text(
        "货物或服务约定的到期时间不早于作出约定的时间；否则提前期为负，准时率失去意义。",
        "A promise of goods or services falls due no earlier than it was made; else its lead time is "
        "negative and being on time means nothing.",
    ),
    remedy=Text("核对下单时间与约定交期", "check the order date and the promised date"),
    source="SCOR DS RS.1.1; UN/CEFACT Order",
)
def due_before_agreed(look: Look) -> Iterator[Found]:
    """Promises whose ``time`` is before ``agreed``; money may be promised in advance of the order.

    >>> from lianshu.app.checking import check_flows
    >>> rows = "flow,mood,action,time,agreed,item,qty,unit\\n"
    >>> check_flows("due_before_agreed", rows + "P1,promise,transfer,4,5,tea,10,kg")
    ['P1']
    """
    for id_, due, agreed, qty, unit, seq in look.rows(_EARLY):
        last, made = format_instant(due), format_instant(agreed)
        message = Text(f"{made} 才约定，却在 {last} 到期", f"agreed at {made} and due at {last}")
        yield Found(id_, message, (seq,), Decimal(qty), unit)
