"""Perfect orders: orders of which every line came in full, on time and rightly invoiced."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from lianshu.capability.exact import exact, ratio
from lianshu.capability.ordering import OrderLine, latest_fact_us, order_lines
from lianshu.capability.registry import Chart, Column, Example, Parameter, Row, capability
from lianshu.capability.relation import Read
from lianshu.capability.valuation import priced_deliveries, sums
from lianshu.kernel.period import Grain, Period
from lianshu.kernel.text import Text

INVOICED = """
    SELECT order_id, exact_sum(1, qty) FROM flow
    WHERE mood = 'fact' AND action = 'invoice' AND order_id <> '' GROUP BY order_id
"""
DAMAGED = """
    SELECT DISTINCT order_id FROM flow
    WHERE mood = 'fact' AND action = 'lower' AND order_id <> ''
"""


def _orders(read: Read) -> dict[str, list[OrderLine]]:
    orders: dict[str, list[OrderLine]] = {}
    for line in order_lines(read):
        if line.order:
            orders.setdefault(line.order, []).append(line)
    return orders


def _period(lines: list[OrderLine], grain: str) -> str:
    if grain == "all":
        return "all"
    return str(Period.at(max(line.due_us for line in lines), Grain[grain.upper()]))


def _entries(read: Read, row: Mapping[str, Any]) -> Iterable[int]:
    grain = read.args["by"]
    wanted = {
        order for order, lines in _orders(read).items() if _period(lines, grain) == row["period"]
    }
    found = read.rows(
        "SELECT order_id, entry_seq FROM flow WHERE order_id <> '' AND mood IN ('promise', 'fact') "
        "AND action IN ('transfer', 'invoice', 'lower')"
    )
    return [seq for order, seq in found if order in wanted]


@capability(
    "perfect_order",
    title=Text("完美订单", "Perfect orders"),
    meaning=Text(
        "每一行都足量、按时，开票不超过货值且无记录的损耗，订单才算完美；逐单共同判定，不是比率相乘。",
        "An order is perfect only if every line came in full and on time, invoices are at most the "
        "goods, and no loss was recorded on it; judged order by order, never a product of rates.",
    ),
    unit=Text("订单", "orders"),
    columns=(
        Column("period", "text", Text("期间", "Period")),
        Column("orders", "integer", Text("到期订单", "Orders due")),
        Column("in_full", "integer", Text("足量", "In full")),
        Column("on_time", "integer", Text("按时", "On time")),
        Column("documents", "integer", Text("单据正确", "Documents right")),
        Column("condition", "integer", Text("完好", "In good condition")),
        Column("perfect", "integer", Text("完美", "Perfect")),
        Column("rate", "ratio", Text("完美订单率", "Perfect order rate")),
    ),
    grain=("period",),
    reads=("flow", "order_line"),
    evidence=_entries,
    reference="SCOR DS RL.1.1 Perfect Customer Order Fulfillment",
    example=Example(
        flows="flow,mood,action,time,item,qty,unit,from_party,to_party,order,fulfils\n"
        "1,promise,transfer,5,tea,10,kg,mill,shop,SO1,\n2,fact,transfer,4,tea,10,kg,mill,shop,SO1,1\n"
        "3,promise,transfer,6,tea,10,kg,mill,shop,SO1,\n4,fact,transfer,9,tea,10,kg,mill,shop,SO1,3\n",
        rows=[("1970-01", 1, 1, 0, 1, 1, 0, 0.0)],
    ),
    parameters=(
        Parameter(
            "by",
            Text("期间", "Period"),
            "month",
            ("month", "quarter", "year", "all"),
        ),
    ),
    chart=Chart("line", x="period", y="rate"),
)
def perfect_order(read: Read) -> Iterable[Row]:
    """An order is judged when all of its lines are delivered or due."""
    now_us = latest_fact_us(read)
    goods = sums((one.order, one.value) for one in priced_deliveries(read))
    invoiced = {order: Fraction(exact(qty)) for order, qty in read.rows(INVOICED)}
    damaged = {row[0] for row in read.rows(DAMAGED)}
    counts: dict[str, list[int]] = {}
    for order, lines in _orders(read).items():
        if not all(line.is_due(now_us) for line in lines):
            continue
        tests = (
            all(line.in_full for line in lines),
            all(line.on_time for line in lines),
            invoiced.get(order, Fraction(0)) <= goods.get(order, Fraction(0)),
            order not in damaged,
        )
        count = counts.setdefault(_period(lines, read.args["by"]), [0] * 6)
        for n, passed in enumerate((True, *tests, all(tests))):
            count[n] += passed
    for period, count in counts.items():
        yield period, *count, ratio(count[5], count[0])
