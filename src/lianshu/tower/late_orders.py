"""Late orders: what came late or is late, the most valuable first."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

from lianshu.capability.exact import decimal_of
from lianshu.capability.ordering import OrderLine, latest_fact_us, order_lines
from lianshu.capability.registry import Chart, Column, Example, Row, capability
from lianshu.capability.relation import Read
from lianshu.kernel.text import Text

EVIDENCE = """
    SELECT entry_seq FROM flow
    WHERE order_id = :order AND action = 'transfer' AND stream IN ('goods', 'money')
      AND mood IN ('promise', 'fact')
"""


@capability(
    "late_orders",
    title=Text("迟延订单", "Late orders"),
    meaning=Text(
        "交付晚于约定或逾期未交的订单：迟延行的约定金额与最长迟延天数。",
        "Orders delivered after the promised time or overdue: promised value of the late lines and "
        "the longest delay in days.",
    ),
    unit=Text("订单", "orders"),
    columns=(
        Column("order", "text", Text("订单", "Order")),
        Column("supplier", "text", Text("供应商", "Supplier")),
        Column("customer", "text", Text("客户", "Customer")),
        Column("due", "instant", Text("约定时间", "Due")),
        Column("late_lines", "integer", Text("迟延行数", "Late lines")),
        Column("open_lines", "integer", Text("未交行数", "Still open")),
        Column("days_late", "days", Text("最长迟延天数", "Days late")),
        Column("late_value", "money", Text("迟延金额", "Late value")),
        Column("currency", "text", Text("币种", "Currency")),
    ),
    grain=("order", "currency"),
    reads=("flow", "order_line"),
    evidence=EVIDENCE,
    reference="SCOR DS RL.2.2; RS.1.1",
    example=Example(
        flows="flow,mood,action,time,item,qty,unit,from_party,to_party,order,fulfils\n"
        "1,promise,transfer,5,tea,10,kg,mill,shop,SO1,\n2,promise,transfer,9,CNY,650,CNY,shop,mill,SO1,\n"
        "3,fact,transfer,7,tea,10,kg,mill,shop,SO1,1\n",
        rows=[("SO1", "mill", "shop", 432000000000, 1, 0, 2.0, Decimal(650), "CNY")],
    ),
    chart=Chart("bar", x="order", y="late_value"),
)
def late_orders(read: Read) -> Iterable[Row]:
    """One row per order and currency; the earliest promised time of its late lines is shown."""
    now_us = latest_fact_us(read)
    late: dict[tuple[str, str], list[OrderLine]] = {}
    for line in order_lines(read):
        if line.is_due(now_us) and not line.on_time:
            late.setdefault((line.order, line.currency), []).append(line)
    for (order, currency), lines in late.items():
        yield (
            order, _names(line.supplier for line in lines), _names(line.customer for line in lines),
            min(line.due_us for line in lines), len(lines),
            sum(not line.in_full for line in lines),
            max(line.days_late(now_us) for line in lines),
            decimal_of(sum((line.value for line in lines), Fraction(0))), currency,
        )  # fmt: skip


def _names(names: Iterable[str]) -> str:
    return "; ".join(sorted(set(names)))
