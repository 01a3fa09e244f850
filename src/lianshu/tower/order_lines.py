"""Order lines: each promised line with its delivery, its value and whether it is late."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from lianshu.capability.exact import decimal_of
from lianshu.capability.ordering import OrderLine, latest_fact_us
from lianshu.capability.ordering import order_lines as promised_lines
from lianshu.capability.registry import Chart, Column, Example, Row, capability
from lianshu.capability.relation import Read
from lianshu.kernel.text import Text

EVIDENCE = """
    SELECT entry_seq FROM flow
    WHERE order_id = :order AND mood IN ('promise', 'fact') AND action = 'transfer'
      AND stream IN ('goods', 'money')
      AND (id = :promise OR fulfils = :promise OR reciprocal = :promise)
"""


def state_of(line: OrderLine, now_us: int) -> str:
    """on_time, late (came late), short (came in time, not in full), overdue (due, nothing in time) or open."""
    if line.in_full:
        return "on_time" if line.on_time else "late"
    if line.due_us > now_us:
        return "open"
    return "short" if line.on_time else "overdue"


@capability(
    "order_lines",
    title=Text("订单行", "Order lines"),
    meaning=Text(
        "每个约定的订单行：何时约定、何时到期、交付多少、最后一次交付、约定金额，以及状态："
        "on_time 按时、late 迟到、short 按时但数量不足、overdue 逾期未交、open 未到期。",
        "Each promised line: when agreed, when due, how much came, the last delivery, the promised "
        "money, and its state: on_time, late (came late), short (came in time but not in full), overdue "
        "(due, nothing came in time) or open.",
    ),
    unit=Text("订单行", "order lines"),
    columns=(
        Column("promise", "text", Text("约定", "Promise")),
        Column("order", "text", Text("订单", "Order")),
        Column("line", "text", Text("订单行", "Line")),
        Column("item", "text", Text("物品", "Item")),
        Column("supplier", "text", Text("供应商", "Supplier")),
        Column("customer", "text", Text("客户", "Customer")),
        Column("from_place", "text", Text("发出地", "From")),
        Column("to_place", "text", Text("到达地", "To")),
        Column("mode", "text", Text("运输方式", "Mode")),
        Column("agreed", "instant", Text("约定时间", "Agreed")),
        Column("due", "instant", Text("到期时间", "Due")),
        Column("last", "instant", Text("最后交付", "Last delivery")),
        Column("promised", "quantity", Text("约定量", "Promised")),
        Column("delivered", "quantity", Text("交付量", "Delivered")),
        Column("unit", "text", Text("单位", "Unit")),
        Column("value", "money", Text("约定金额", "Value")),
        Column("currency", "text", Text("币种", "Currency")),
        Column("state", "text", Text("状态", "State")),
        Column("days_late", "days", Text("迟延天数", "Days late")),
    ),
    grain=("promise",),
    reads=("flow", "order_line"),
    evidence=EVIDENCE,
    reference="SCOR DS RL.2.1, RL.2.2; UN/CEFACT Order LineItem",
    example=Example(
        flows="flow,mood,action,time,item,qty,unit,from_party,to_party,order,fulfils\n"
        "1,promise,transfer,5,tea,10,kg,mill,shop,SO1,\n2,promise,transfer,9,CNY,650,CNY,shop,mill,SO1,\n"
        "3,fact,transfer,7,tea,10,kg,mill,shop,SO1,1\n",
        rows=[
            ("1", "SO1", "", "tea", "mill", "shop", "", "", "", None, 432000000000, 604800000000,
             Decimal(10), Decimal(10), "KGM", Decimal(650), "CNY", "late", 2.0)
        ],
    ),
    chart=Chart("bar", x="order", y="value"),
)  # fmt: skip
def order_lines(read: Read) -> Iterable[Row]:
    """The present is the time of the latest fact."""
    now_us = latest_fact_us(read)
    units = dict(read.rows("SELECT id, MIN(unit) FROM order_line GROUP BY id"))
    for line in promised_lines(read):
        yield (
            line.id, line.order, line.line, line.item, line.supplier, line.customer,
            line.from_place, line.to_place, line.mode, line.agreed_us, line.due_us, line.last_us,
            line.promised, line.delivered, units[line.id], decimal_of(line.value), line.currency,
            state_of(line, now_us), line.days_late(now_us),
        )  # fmt: skip
