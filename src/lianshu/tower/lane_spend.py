"""Spend by lane: what was delivered from each supplier to each place, at promised prices."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from lianshu.capability.exact import decimal_of, exact
from lianshu.capability.registry import Chart, Column, Example, Row, capability
from lianshu.capability.relation import Read
from lianshu.capability.valuation import promised_prices
from lianshu.kernel.text import Text

DELIVERED = """
    SELECT from_party, to_place, to_party, order_id, fulfils, qty FROM flow
    WHERE mood = 'fact' AND action = 'transfer' AND stream = 'goods'
"""
EVIDENCE = """
    SELECT entry_seq FROM flow
    WHERE mood = 'fact' AND action = 'transfer' AND stream = 'goods'
      AND from_party = :supplier AND to_place = :place AND to_party = :customer
"""


@capability(
    "lane_spend",
    title=Text("线路采购额", "Spend by lane"),
    meaning=Text(
        "每个供应商交付到每个到达地的货物按约定价计的金额与交付次数；不同币种从不相加。",
        "Value at promised prices and number of deliveries from each supplier to each place; "
        "currencies are never added together.",
    ),
    unit=Text("约定币种", "promised currency"),
    columns=(
        Column("supplier", "text", Text("供应商", "Supplier")),
        Column("place", "text", Text("到达地", "Destination")),
        Column("customer", "text", Text("客户", "Customer")),
        Column("currency", "text", Text("币种", "Currency")),
        Column("amount", "money", Text("金额", "Amount")),
        Column("deliveries", "integer", Text("交付次数", "Deliveries")),
    ),
    grain=("supplier", "place", "customer", "currency"),
    reads=("flow",),
    evidence=EVIDENCE,
    reference="SCOR DS CO.1; ISO 20400:2017 spend analysis",
    example=Example(
        flows="flow,mood,action,time,item,qty,unit,from_party,to_party,to_place,order,fulfils\n"
        "1,promise,transfer,5,leaf,10,kg,farm,mill,store,PO1,\n"
        "2,promise,transfer,9,CNY,120,CNY,mill,farm,,PO1,\n"
        "3,fact,transfer,5,leaf,5,kg,farm,mill,store,PO1,1\n",
        rows=[("farm", "store", "mill", "CNY", 60, 1)],
    ),
    chart=Chart("network", x="supplier", y="amount", by="place"),
)
def lane_spend(read: Read) -> Iterable[Row]:
    """Deliveries without a promised price have no amount and are left out."""
    by_promise, by_order = promised_prices(read)
    amounts: dict[tuple[str, str, str, str], Fraction] = {}
    counts: dict[tuple[str, str, str, str], int] = {}
    for giver, place, taker, order, fulfils, qty in read.rows(DELIVERED):
        price = by_promise.get(fulfils) or by_order.get(order)
        if price is None:
            continue
        key = (giver, place, taker, price[1])
        amounts[key] = amounts.get(key, Fraction(0)) + Fraction(exact(qty)) * price[0]
        counts[key] = counts.get(key, 0) + 1
    for key, amount in amounts.items():
        yield *key, decimal_of(amount), counts[key]
