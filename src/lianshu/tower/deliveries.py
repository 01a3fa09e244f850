"""Deliveries: every goods fact with its value at the promised price, from which spend is added up."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from lianshu.capability.exact import decimal_of, exact
from lianshu.capability.registry import Chart, Column, Example, Row, capability
from lianshu.capability.relation import Read
from lianshu.capability.valuation import promised_prices
from lianshu.kernel.text import Text

DELIVERED = """
    SELECT id, order_id, item, from_party, to_party, to_place, time, fulfils, qty FROM flow
    WHERE mood = 'fact' AND action = 'transfer' AND stream = 'goods'
"""
EVIDENCE = """
    SELECT entry_seq FROM flow
    WHERE mood = 'fact' AND action = 'transfer' AND stream = 'goods' AND id = :delivery
"""


@capability(
    "deliveries",
    title=Text("交付明细", "Deliveries"),
    meaning=Text(
        "每次交付：订单、物品、由谁交给谁、何地、何时，以及按约定价计的金额；没有约定价的没有金额。",
        "Each delivery: order, item, from whom to whom, where, when, and its value at the promised "
        "price; without a promised price it has none.",
    ),
    unit=Text("次", "deliveries"),
    columns=(
        Column("delivery", "text", Text("交付", "Delivery")),
        Column("order", "text", Text("订单", "Order")),
        Column("item", "text", Text("物品", "Item")),
        Column("supplier", "text", Text("供应商", "Supplier")),
        Column("customer", "text", Text("客户", "Customer")),
        Column("place", "text", Text("到达地", "Destination")),
        Column("time", "instant", Text("时间", "Time")),
        Column("value", "money", Text("金额", "Value")),
        Column("currency", "text", Text("币种", "Currency")),
    ),
    grain=("delivery",),
    reads=("flow",),
    evidence=EVIDENCE,
    reference="SCOR DS CO.1; UN/CEFACT Despatch Advice",
    example=Example(
        flows="flow,mood,action,time,item,qty,unit,from_party,to_party,to_place,order,fulfils\n"
        "1,promise,transfer,5,leaf,10,kg,farm,mill,store,PO1,\n"
        "2,promise,transfer,9,CNY,120,CNY,mill,farm,,PO1,\n"
        "3,fact,transfer,5,leaf,5,kg,farm,mill,store,PO1,1\n",
        rows=[("3", "PO1", "leaf", "farm", "mill", "store", 432000000000, 60, "CNY")],
    ),
    chart=Chart("bar", x="delivery", y="value"),
)
def deliveries(read: Read) -> Iterable[Row]:
    """One row per goods fact, valued by the promise it fulfils or else by its order."""
    by_promise, by_order = promised_prices(read)
    for id_, order, item, giver, taker, place, time_us, fulfils, qty in read.rows(DELIVERED):
        price, currency = by_promise.get(fulfils) or by_order.get(order) or (Fraction(0), "")
        value = decimal_of(Fraction(exact(qty)) * price)
        yield id_, order, item, giver, taker, place, time_us, value, currency
