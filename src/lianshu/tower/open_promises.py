"""Open promises: lines of which something is still to come."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

from lianshu.capability.exact import decimal_of, exact
from lianshu.capability.ordering import latest_fact_us, order_lines
from lianshu.capability.registry import Chart, Column, Example, Row, capability
from lianshu.capability.relation import Read
from lianshu.kernel.quantity import EXACT
from lianshu.kernel.text import Text

EVIDENCE = "SELECT entry_seq FROM flow WHERE id = :promise OR fulfils = :promise"


@capability(
    "open_promises",
    title=Text("未交付约定", "Open promises"),
    meaning=Text(
        "尚未足量交付的订单行：还欠多少、值多少、迟了几天（以最近一项事实的时间为当前）。",
        "Order lines not yet delivered in full: what is still to come, its value, and days late at "
        "the time of the latest fact.",
    ),
    unit=Text("订单行", "order lines"),
    columns=(
        Column("promise", "text", Text("约定", "Promise")),
        Column("order", "text", Text("订单", "Order")),
        Column("item", "text", Text("物品", "Item")),
        Column("supplier", "text", Text("供应商", "Supplier")),
        Column("customer", "text", Text("客户", "Customer")),
        Column("due", "instant", Text("约定时间", "Due")),
        Column("open_qty", "quantity", Text("未交付量", "Open quantity")),
        Column("open_value", "money", Text("未交付金额", "Open value")),
        Column("currency", "text", Text("币种", "Currency")),
        Column("days_late", "days", Text("迟延天数", "Days late")),
    ),
    grain=("promise",),
    reads=("flow", "order_line"),
    evidence=EVIDENCE,
    reference="SCOR DS RL.2; ValueFlows 1.0 Commitment finished=false",
    example=Example(
        flows="flow,mood,action,time,item,qty,unit,from_party,to_party,order,fulfils\n"
        "1,promise,transfer,5,tea,10,kg,mill,shop,SO1,\n2,promise,transfer,9,CNY,650,CNY,shop,mill,SO1,\n"
        "3,fact,transfer,7,tea,6,kg,mill,shop,SO1,1\n",
        rows=[
            ("1", "SO1", "tea", "mill", "shop", 432000000000, Decimal(4), Decimal(260), "CNY", 2.0)
        ],
    ),
    chart=Chart("bar", x="order", y="open_value"),
)
def open_promises(read: Read) -> Iterable[Row]:
    """Lines delivered in full or more are left out."""
    now_us = latest_fact_us(read)
    for line in order_lines(read):
        if line.in_full:
            continue
        open_qty = exact(EXACT.subtract(line.promised, line.delivered))
        value = line.value * Fraction(open_qty) / Fraction(line.promised)
        yield (
            line.id, line.order, line.item, line.supplier, line.customer, line.due_us, open_qty,
            decimal_of(value), line.currency, line.days_late(now_us),
        )  # fmt: skip
