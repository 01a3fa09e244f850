"""Supplier concentration: how much of what a party buys comes from few suppliers."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from lianshu.capability.exact import ratio
from lianshu.capability.registry import Chart, Column, Example, Parameter, Row, capability
from lianshu.capability.relation import Read
from lianshu.capability.valuation import priced_deliveries
from lianshu.kernel.text import Text

MADE_HERE = """
    SELECT DISTINCT o.item FROM flow o
    JOIN flow i ON i.process = o.process AND i.mood = 'fact' AND i.action = 'consume'
    WHERE o.mood = 'fact' AND o.action = 'produce' AND o.process <> ''
"""
EVIDENCE = """
    SELECT entry_seq FROM flow
    WHERE mood = 'fact' AND action = 'transfer' AND stream = 'goods' AND to_party = :party
"""


@capability(
    "supplier_hhi",
    title=Text("供应商集中度", "Supplier concentration"),
    meaning=Text(
        "采购方外购物品的供应商份额平方和（HHI，0 至 1）；默认只计本链之外制成的物品，"
        "items=all 时计全部。",
        "Sum of squared supplier shares of a party's purchases (HHI, 0 to 1), valued at promised "
        "prices; by default of items that no process of this record makes, with items=all of all.",
    ),
    unit=Text("比率", "ratio"),
    columns=(
        Column("party", "text", Text("采购方", "Buyer")),
        Column("hhi", "ratio", Text("集中度", "HHI")),
    ),
    grain=("party",),
    reads=("flow",),
    evidence=EVIDENCE,
    reference="Hirschman (1964) AER 54(5) 761; SCOR DS CO supplier concentration",
    example=Example(
        flows="flow,mood,action,time,item,qty,unit,from_party,to_party,order,fulfils\n"
        "1,promise,transfer,1,leaf,3,kg,a,mill,PO1,\n2,promise,transfer,9,CNY,36,CNY,mill,a,PO1,\n"
        "3,fact,transfer,1,leaf,3,kg,a,mill,PO1,1\n"
        "4,promise,transfer,1,leaf,1,kg,b,mill,PO2,\n5,promise,transfer,9,CNY,12,CNY,mill,b,PO2,\n"
        "6,fact,transfer,1,leaf,1,kg,b,mill,PO2,4\n",
        rows=[("mill", 0.625)],
    ),
    parameters=(
        Parameter(
            "items",
            Text("采购范围", "Range of purchases"),
            "bought_in",
            ("bought_in", "all"),
        ),
    ),
    chart=Chart("bar", x="party", y="hhi"),
)
def supplier_hhi(read: Read) -> Iterable[Row]:
    """Purchases without a promised price have no spend and are left out."""
    inside = set() if read.args["items"] == "all" else {row[0] for row in read.rows(MADE_HERE)}
    spent: dict[tuple[str, str], dict[str, Fraction]] = {}
    for one in priced_deliveries(read):
        if one.item not in inside and one.value and one.to_party and one.from_party:
            shares = spent.setdefault((one.to_party, one.currency), {})
            shares[one.from_party] = shares.get(one.from_party, Fraction(0)) + one.value
    for party, shares in _largest_currency(spent).items():
        total = sum(shares.values())
        yield party, ratio(sum(v * v for v in shares.values()), total * total)


def _largest_currency(
    spent: dict[tuple[str, str], dict[str, Fraction]],
) -> dict[str, dict[str, Fraction]]:
    """Shares in the currency in which the buyer has most suppliers: currencies are never added."""
    chosen: dict[str, dict[str, Fraction]] = {}
    for (party, _), shares in sorted(spent.items(), key=lambda pair: pair[0]):
        if len(shares) > len(chosen.get(party, ())):
            chosen[party] = shares
    return chosen
