"""On time in full: each order's promise beside what was delivered on it."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from lianshu.capability.exact import exact
from lianshu.capability.registry import Chart, Column, Example, Row, capability
from lianshu.capability.relation import Read
from lianshu.kernel.text import Text

PROMISED = """
    SELECT order_id, exact_sum(1, qty) AS promised, MAX(time) AS due_us FROM flow
    WHERE mood = 'promise' AND action = 'transfer' AND stream = 'goods' AND order_id <> ''
    GROUP BY order_id
"""
DELIVERED = """
    SELECT order_id, exact_sum(1, qty) AS delivered, MAX(time) AS last_us FROM flow
    WHERE mood = 'fact' AND action = 'transfer' AND stream = 'goods' AND order_id <> ''
    GROUP BY order_id
"""
EVIDENCE = """
    SELECT entry_seq FROM flow
    WHERE order_id = :order AND action = 'transfer' AND stream = 'goods'
      AND mood IN ('promise', 'fact')
"""


@capability(
    "otif",
    title=Text("按时足量交付", "On time in full"),
    meaning=Text(
        "每张订单：约定量、交付量、最后一次交付是否不晚于约定时间、是否足量。",
        "Each order: promised and delivered quantity, whether the last delivery came by the promised "
        "time, and whether all of it came.",
    ),
    unit=Text("订单", "orders"),
    columns=(
        Column("order", "text", Text("订单", "Order")),
        Column("promised", "quantity", Text("约定量", "Promised")),
        Column("delivered", "quantity", Text("交付量", "Delivered")),
        Column("on_time", "boolean", Text("按时", "On time")),
        Column("in_full", "boolean", Text("足量", "In full")),
    ),
    grain=("order",),
    reads=("flow",),
    evidence=EVIDENCE,
    reference="SCOR DS RL.2.1, RL.2.2; 商办建函〔2019〕185号 附件3 (及时交付率)",
    example=Example(
        flows="flow,mood,action,time,item,qty,unit,from_party,to_party,order,fulfils\n"
        "1,promise,transfer,5,tea,10,kg,mill,shop,SO1,\n"
        "2,fact,transfer,4,tea,6,kg,mill,shop,SO1,1\n3,fact,transfer,7,tea,4,kg,mill,shop,SO1,1\n",
        rows=[("SO1", Decimal(10), Decimal(10), False, True)],
    ),
    chart=Chart("bar", x="order", y="delivered"),
)
def otif(read: Read) -> Iterable[Row]:
    """An order with nothing delivered is neither on time nor in full."""
    delivered = {order: (exact(qty), last) for order, qty, last in read.rows(DELIVERED)}
    for order, qty, due_us in read.rows(PROMISED):
        promised = exact(qty)
        came, last_us = delivered.get(order, (Decimal(0), None))
        yield order, promised, came, last_us is not None and last_us <= due_us, came >= promised
