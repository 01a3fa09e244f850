"""Account of an order: what was promised, delivered at promised prices, invoiced and paid.

One sorted walk over the flows of every order; the memory is that of one order.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from lianshu.flow.check import Look, Row, groups

_FLOWS = """
    SELECT order_id, mood, action, stream, id, fulfils, reciprocal, qty, unit, entry_seq
    FROM flow
    WHERE order_id <> '' AND (mood = 'fact' OR mood = 'promise')
      AND (stream = 'service' OR (stream IN ('goods', 'money')
           AND action IN ('transfer', 'invoice', 'pay')))
    ORDER BY order_id, entry_seq, line
"""
_CLAIMED = "SELECT 1 FROM flow WHERE mood = 'fact' AND action IN ('invoice', 'pay') LIMIT 1"
Sums = dict[str, Fraction]


@dataclass(slots=True)
class Account:
    """Sums of one order by currency, exact.

    ``valued`` is false where some delivered goods had no promised price, or where the order is for
    services, so that ``goods`` says nothing about what may be invoiced.
    """

    order: str
    promised: Sums = field(default_factory=lambda: defaultdict(Fraction))
    goods: Sums = field(default_factory=lambda: defaultdict(Fraction))
    invoiced: Sums = field(default_factory=lambda: defaultdict(Fraction))
    paid: Sums = field(default_factory=lambda: defaultdict(Fraction))
    valued: bool = True
    seqs: list[int] = field(default_factory=list)


def accounts(look: Look) -> Iterator[Account]:
    """The account of every order that was invoiced or paid. Needs the relation ``flow``.

    A delivery is worth the price promised in return for the promise that it fulfils, or else the
    order's promised money over its promised quantity.

    >>> class One:
    ...     def rows(self, sql):
    ...         yield ("SO1", "promise", "transfer", "goods", "P", "", "", "10", "KGM", 1)
    ...         yield ("SO1", "promise", "transfer", "money", "M", "", "P", "650", "CNY", 1)
    ...         yield ("SO1", "fact", "transfer", "goods", "F", "P", "", "8", "KGM", 2)
    ...         yield ("SO1", "fact", "invoice", "money", "I", "", "", "520", "CNY", 3)
    >>> [(one.order, one.goods["CNY"] == one.invoiced["CNY"] == 520) for one in accounts(One())]
    [('SO1', True)]
    """
    if not any(look.rows(_CLAIMED)):
        return
    for (order,), run in groups(look.rows(_FLOWS), 1):
        account = _account(order, list(run))
        if account.invoiced or account.paid:
            yield account


def _account(order: str, rows: list[Row]) -> Account:
    account = Account(order)
    ordered: dict[str, Fraction] = {}
    prices: dict[str, tuple[Fraction, str]] = {}
    delivered: list[tuple[str, Fraction]] = []
    for _, mood, action, stream, id_, fulfils, reciprocal, qty, unit, seq in rows:
        number = Fraction(Decimal(qty))
        account.seqs.append(seq)
        if stream == "service":
            account.valued = False
        elif mood == "promise" and stream == "goods":
            ordered[id_] = number
        elif mood == "promise" and action == "transfer":
            account.promised[unit] += number
            if reciprocal:
                prices[reciprocal] = (number, unit)
        elif stream == "goods":
            delivered.append((fulfils, number))
        elif action == "invoice":
            account.invoiced[unit] += number
        elif action == "pay":
            account.paid[unit] += number
    _value(account, delivered, ordered, prices)
    return account


def _value(
    account: Account,
    delivered: list[tuple[str, Fraction]],
    ordered: dict[str, Fraction],
    prices: dict[str, tuple[Fraction, str]],
) -> None:
    total = sum(ordered.values(), Fraction(0))
    whole = next(iter(account.promised.items())) if len(account.promised) == 1 else None
    for fulfils, number in delivered:
        if fulfils in prices and ordered.get(fulfils):
            money, currency = prices[fulfils]
            account.goods[currency] += number * money / ordered[fulfils]
        elif whole and total:
            account.goods[whole[0]] += number * whole[1] / total
        else:
            account.valued = False
