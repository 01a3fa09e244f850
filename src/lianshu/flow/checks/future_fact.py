"""A fact has happened when it is told."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from lianshu.flow.check import Found, Look, check
from lianshu.kernel.instant import DAY_US, format_instant
from lianshu.kernel.text import Text

_LATE = """
    SELECT id, time, qty, unit, entry_seq FROM flow
    WHERE mood = 'fact' AND time > :after_us
    ORDER BY entry_seq, line
"""


@check(
    "future_fact",
    severity="error",
    title=Text("事实不在未来", "No fact of the future"),
    meaning=Text(
        "事实的时间不晚于收到它的时间加一天（容许时钟与时区之差）。",
        "A fact is no later than the time at which it was received and one day, which allows for "
        "clocks and time zones.",
    ),
    remedy=Text("更正时间；尚未发生的，语气写“约定”或“计划”", "correct the time; what has not happened is a promise or a plan"),
    source="EPCIS 2.0 eventTime, recordTime",
    parameters={"days": "1"},
)  # fmt: skip
def future_fact(look: Look) -> Iterator[Found]:
    """Facts that were told more than ``days`` before they happened.

    >>> from lianshu.app.checking import check_flows
    >>> rows = "flow,mood,action,time,item,qty,unit\\nF1,fact,produce,4,tea,10,kg\\n"
    >>> check_flows("future_fact", rows + "F2,fact,produce,99999,tea,1,kg")
    ['F2']
    """
    allowed = int(look.args["days"] * DAY_US)
    for id_, time_us, qty, unit, seq in look.rows(_LATE, after_us=look.received_us(1) + allowed):
        received = look.received_us(seq)
        if time_us > received + allowed:
            said, told = format_instant(time_us), format_instant(received)
            message = Text(
                f"时间写 {said}，而 {told} 就已收到", f"it says {said} and was received at {told}"
            )
            yield Found(id_, message, (seq,), Decimal(qty), unit)
