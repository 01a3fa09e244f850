"""Cash-to-cash cycle: days that money is bound in stock and receivables, less days that suppliers wait."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction

from lianshu.capability.exact import exact
from lianshu.capability.registry import Chart, Column, Example, Parameter, Row, capability
from lianshu.capability.relation import Read
from lianshu.capability.valuation import priced_deliveries
from lianshu.kernel.instant import DAY_US
from lianshu.kernel.refusal import Refusal, Refused
from lianshu.kernel.text import Text

PAID = """
    SELECT from_party, to_party, unit, exact_sum(1, qty) FROM flow
    WHERE mood = 'fact' AND action = 'pay' GROUP BY from_party, to_party, unit
"""
HELD = """
    SELECT party, item, exact_sum(sign, qty) FROM (
        SELECT f.to_party AS party, f.item, a.onhand_to AS sign, f.qty
        FROM flow f JOIN action a ON a.action = f.action
        WHERE f.mood = 'fact' AND f.stream = 'goods' AND f.to_party <> '' AND a.onhand_to <> 0
        UNION ALL
        SELECT f.from_party, f.item, a.onhand_from, f.qty
        FROM flow f JOIN action a ON a.action = f.action
        WHERE f.mood = 'fact' AND f.stream = 'goods' AND f.from_party <> '' AND a.onhand_from <> 0
    ) moved GROUP BY party, item
"""
QUANTITIES = """
    SELECT from_party, to_party, item, exact_sum(1, qty) FROM flow
    WHERE mood = 'fact' AND action = 'transfer' AND stream = 'goods'
    GROUP BY from_party, to_party, item
"""
SPAN = "SELECT MIN(time), MAX(time) FROM flow WHERE mood = 'fact'"
EVIDENCE = """
    SELECT entry_seq FROM flow
    WHERE mood = 'fact' AND (from_party = :party OR to_party = :party)
      AND (stream = 'goods' OR action = 'pay')
"""


@dataclass(slots=True)
class _Books:
    """What one party bought, sold, paid and got in one currency, over the span of the record."""

    bought: Fraction = Fraction(0)
    sold: Fraction = Fraction(0)
    paid: Fraction = Fraction(0)
    got: Fraction = Fraction(0)
    item_cost: dict[str, Fraction] = field(default_factory=dict)


@capability(
    "cash_cycle",
    title=Text("现金周转期", "Cash-to-cash cycle"),
    meaning=Text(
        "现金周转期 = 库存天数 + 应收天数 − 应付天数，按记录所覆盖的天数计；库存按平均购入价计价，"
        "没有记录过收款或付款的一项为空，不作推测。",
        "Days of stock plus days of receivables less days of payables, over the days that the record "
        "covers; stock at average purchase price. A part for which no payment was ever recorded is "
        "empty, never guessed.",
    ),
    unit=Text("天", "days"),
    columns=(
        Column("party", "text", Text("主体", "Party")),
        Column("currency", "text", Text("币种", "Currency")),
        Column("stock_days", "days", Text("库存天数", "Days of stock")),
        Column("receivable_days", "days", Text("应收天数", "Days of receivables")),
        Column("payable_days", "days", Text("应付天数", "Days of payables")),
        Column("cycle_days", "days", Text("现金周转期", "Cash-to-cash")),
    ),
    grain=("party", "currency"),
    reads=("flow", "action"),
    evidence=EVIDENCE,
    reference="SCOR DS AM.1.1 Cash-to-Cash Cycle Time; 商办建函〔2019〕185号 附件3 (现金周转期)",
    example=Example(
        flows="flow,mood,action,time,item,qty,unit,from_party,to_party,order,fulfils\n"
        "1,promise,transfer,0,leaf,10,kg,farm,mill,PO1,\n2,promise,transfer,9,CNY,100,CNY,mill,farm,PO1,\n"
        "3,fact,transfer,0,leaf,10,kg,farm,mill,PO1,1\n4,fact,pay,5,CNY,60,CNY,mill,farm,PO1,\n"
        "5,promise,transfer,10,leaf,5,kg,mill,shop,SO1,\n6,promise,transfer,20,CNY,80,CNY,shop,mill,SO1,\n"
        "7,fact,transfer,10,leaf,5,kg,mill,shop,SO1,5\n8,fact,pay,10,CNY,60,CNY,shop,mill,SO1,\n",
        rows=[
            ("farm", "CNY", None, 4.0, None, None),
            ("mill", "CNY", 5.0, 2.5, 4.0, 3.5),
            ("shop", "CNY", None, None, 2.5, None),
        ],
    ),
    parameters=(
        Parameter("days", Text("期间天数（空为记录跨度）", "Days (empty: the span of the record)")),
    ),
    chart=Chart("bar", x="party", y="cycle_days"),
)
def cash_cycle(read: Read) -> Iterable[Row]:
    """Stock days need something bought and sold, receivable days a receipt, payable days a payment."""
    days = _days(read)
    books = _books(read)
    stock = _stock_values(read, books)
    for (party, currency), book in books.items():
        stock_value = stock.get((party, currency))
        stock_days = (
            float(stock_value * days / book.bought)
            if stock_value is not None and book.sold
            else None
        )
        receivable = (
            float((book.sold - book.got) * days / book.sold) if book.got and book.sold else None
        )
        payable = (
            float((book.bought - book.paid) * days / book.bought)
            if book.paid and book.bought
            else None
        )
        whole = None
        if stock_days is not None and receivable is not None and payable is not None:
            whole = stock_days + receivable - payable
        yield party, currency, stock_days, receivable, payable, whole


def _days(read: Read) -> Fraction:
    given = read.args["days"]
    if given:
        if not given.isdigit() or not int(given):
            raise Refused(Refusal("days", Text("须为正整数", "it is a positive whole number"),
                                  Text("如 365", "such as 365"), code="days"))  # fmt: skip
        return Fraction(int(given))
    first, last = read.rows(SPAN)[0]
    return max(Fraction((last or 0) - (first or 0), DAY_US), Fraction(1))


def _books(read: Read) -> dict[tuple[str, str], _Books]:
    books: dict[tuple[str, str], _Books] = {}
    for one in priced_deliveries(read):
        if one.currency and one.from_party != one.to_party:
            books.setdefault((one.from_party, one.currency), _Books()).sold += one.value
            buyer = books.setdefault((one.to_party, one.currency), _Books())
            buyer.bought += one.value
            buyer.item_cost[one.item] = buyer.item_cost.get(one.item, Fraction(0)) + one.value
    for payer, payee, currency, money in read.rows(PAID):
        amount = Fraction(exact(money))
        if (payer, currency) in books:
            books[payer, currency].paid += amount
        if (payee, currency) in books:
            books[payee, currency].got += amount
    return books


def _stock_values(
    read: Read, books: dict[tuple[str, str], _Books]
) -> dict[tuple[str, str], Fraction]:
    """Value of what each party holds of the items that it bought, at its average purchase price."""
    bought: dict[tuple[str, str], Fraction] = {}
    for giver, taker, item, qty in read.rows(QUANTITIES):
        if giver != taker:
            bought[taker, item] = bought.get((taker, item), Fraction(0)) + Fraction(exact(qty))
    held = {(party, item): Fraction(exact(qty)) for party, item, qty in read.rows(HELD)}
    values: dict[tuple[str, str], Fraction] = {}
    for (party, currency), book in books.items():
        for item, cost in book.item_cost.items():
            quantity = bought.get((party, item), Fraction(0))
            if quantity:
                value = held.get((party, item), Fraction(0)) * cost / quantity
                values[party, currency] = values.get((party, currency), Fraction(0)) + value
    return values
