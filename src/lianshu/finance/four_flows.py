"""Four flows match: each order's promise, goods, invoice and money beside each other."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

from lianshu.capability.exact import decimal_of, exact
from lianshu.capability.registry import Chart, Column, Example, Row, capability
from lianshu.capability.relation import Read
from lianshu.capability.valuation import priced_deliveries, sums
from lianshu.kernel.quantity import EXACT
from lianshu.kernel.text import Text

MONEY = """
    SELECT order_id,
           exact_sum(CASE WHEN mood = 'promise' AND action = 'transfer' THEN 1 ELSE 0 END, qty),
           exact_sum(CASE WHEN mood = 'fact' AND action = 'invoice' THEN 1 ELSE 0 END, qty),
           exact_sum(CASE WHEN mood = 'fact' AND action = 'pay' THEN 1 ELSE 0 END, qty)
    FROM flow WHERE stream = 'money' AND order_id <> '' GROUP BY order_id
"""
EVIDENCE = """
    SELECT entry_seq FROM flow
    WHERE order_id = :order AND mood IN ('promise', 'fact')
      AND action IN ('transfer', 'invoice', 'pay')
"""


@capability(
    "four_flows",
    title=Text("四流合一核验", "Four flows match"),
    meaning=Text(
        "每张订单的商流（约定）、物流（按约定价计的货值）、票流（已开票）与资金流（已付款）；"
        "应收 = 货值 − 已付；可融资 = max(0, min(货值, 已开票) − 已付)；"
        "一致 = 已开票与已付均不超过货值。",
        "Each order's promise, goods at promised prices, invoices and payments; receivable = goods − "
        "paid; financeable = max(0, min(goods, invoiced) − paid); consistent = invoiced and paid are "
        "both at most goods.",
    ),
    unit=Text("约定币种", "promised currency"),
    columns=(
        Column("order", "text", Text("订单", "Order")),
        Column("promised", "money", Text("约定", "Promised")),
        Column("goods", "money", Text("货值", "Goods")),
        Column("invoiced", "money", Text("已开票", "Invoiced")),
        Column("paid", "money", Text("已付款", "Paid")),
        Column("receivable", "money", Text("应收", "Receivable")),
        Column("financeable", "money", Text("可融资", "Financeable")),
        Column("consistent", "boolean", Text("一致", "Consistent")),
    ),
    grain=("order",),
    reads=("flow",),
    evidence=EVIDENCE,
    reference="民法典 第761条 (应收账款); 国办发〔2017〕84号 二(四)",
    example=Example(
        flows="flow,mood,action,time,item,qty,unit,from_party,to_party,order,fulfils\n"
        "1,promise,transfer,5,tea,10,kg,mill,shop,SO1,\n"
        "2,promise,transfer,35,CNY,650,CNY,shop,mill,SO1,\n"
        "3,fact,transfer,5,tea,8,kg,mill,shop,SO1,1\n"
        "4,fact,invoice,6,CNY,520,CNY,mill,shop,SO1,\n5,fact,pay,9,CNY,100,CNY,shop,mill,SO1,2\n",
        rows=[
            ("SO1", Decimal(650), Decimal(520), Decimal(520), Decimal(100), Decimal(420),
             Decimal(420), True)
        ],
    ),
    chart=Chart("bar", x="order", y="receivable"),
)  # fmt: skip
def four_flows(read: Read) -> Iterable[Row]:
    """One row per order that any of the four flows names."""
    goods = sums((one.order, one.value) for one in priced_deliveries(read) if one.order)
    money = {
        order: (exact(promised), exact(invoiced), exact(paid))
        for order, promised, invoiced, paid in read.rows(MONEY)
    }
    nothing = (Decimal(0), Decimal(0), Decimal(0))
    for order in goods.keys() | money.keys():
        promised, invoiced, paid = money.get(order, nothing)
        value = decimal_of(goods.get(order, Fraction(0)))
        financeable = max(Decimal(0), EXACT.subtract(min(value, invoiced), paid))
        consistent = invoiced <= value and paid <= value
        yield (
            order,
            promised,
            value,
            invoiced,
            paid,
            EXACT.subtract(value, paid),
            financeable,
            consistent,
        )
