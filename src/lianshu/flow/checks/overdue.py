"""What was promised by now has at least begun."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from lianshu.flow.check import Found, Look, check
from lianshu.kernel.instant import DAY_US, format_instant
from lianshu.kernel.text import Text

_OPEN = """
    SELECT id, item, time, qty, unit, order_id, entry_seq FROM flow
    WHERE mood = 'promise' AND stream IN ('goods', 'service') AND time < :now_us
      AND id NOT IN (SELECT fulfils FROM flow WHERE mood = 'fact' AND fulfils <> '')
      AND order_id NOT IN (
        SELECT order_id FROM flow WHERE mood = 'fact' AND stream IN ('goods', 'service')
          AND fulfils = '' AND order_id <> '')
    ORDER BY time, id, entry_seq
"""


@check(
    "overdue",
    severity="warning",
    title=Text("到期有交付", "Something delivered when due"),
    meaning=Text(
        "货物或服务的约定到期（加宽限天数）后至少有一笔履行；“现在”取记录中最后一条的接收时间。",
        "A promise of goods or services that fell due, days of grace added, is fulfilled at least in "
        "part; now is when the last known entry was received.",
    ),
    remedy=Text("补录交货，改约新的交期，或取消该约定", "record the delivery, promise a new date, or withdraw the promise"),
    source="民法典 第六百零一条; SCOR RL.1.1",
    whole=True,
    parameters={"grace_days": "0"},
)  # fmt: skip
def overdue(look: Look) -> Iterator[Found]:
    """Promises past due with nothing delivered; deliveries that name only the order count for all of it.

    >>> from lianshu.app.checking import check_flows
    >>> rows = "flow,mood,action,time,item,qty,unit\\n"
    >>> check_flows("overdue", rows + "P1,promise,transfer,4,tea,10,kg\\nP2,promise,transfer,99999,tea,1,kg")
    ['P1']
    """
    limit = look.now_us - int(look.args["grace_days"] * DAY_US)
    for id_, item, due, qty, unit, order, seq in look.rows(_OPEN, now_us=limit):
        moment, of = format_instant(due), f" ({order})" if order else ""
        message = Text(
            f"{item}{of} 应于 {moment} 交付，尚无交付",
            f"{item}{of} was due at {moment} and nothing was delivered",
        )
        yield Found(id_, message, (seq,), Decimal(qty), unit)
