"""Valuation: what delivered goods are worth at the prices that were promised for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from lianshu.capability.exact import exact
from lianshu.capability.relation import Read

PROMISES = """
    SELECT p.order_id, p.id, p.item, p.qty, m.qty AS money, m.unit AS currency
    FROM flow p
    LEFT JOIN flow m ON m.reciprocal = p.id AND m.reciprocal <> '' AND m.mood = 'promise'
      AND m.stream = 'money'
    WHERE p.mood = 'promise' AND p.action = 'transfer' AND p.stream = 'goods'
"""
ORDER_MONEY = """
    SELECT order_id, unit, exact_sum(1, qty) FROM flow
    WHERE mood = 'promise' AND stream = 'money' AND action = 'transfer' AND order_id <> ''
    GROUP BY order_id, unit
"""
DELIVERIES = """
    SELECT order_id, fulfils, item, from_party, to_party, qty, entry_seq, time FROM flow
    WHERE mood = 'fact' AND action = 'transfer' AND stream = 'goods'
"""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One goods fact at its promised price; ``value`` is exact, in units of ``currency``.

    ``currency`` is empty and ``value`` zero where no price was promised.
    """

    order: str
    item: str
    from_party: str
    to_party: str
    time_us: int
    entry_seq: int
    value: Fraction
    currency: str


def priced_deliveries(read: Read) -> Iterator[Delivery]:
    """Every goods fact valued at the price promised for it.

    The price is that of the promise it fulfils: the money promised in return for it (reciprocal)
    over its quantity; or, where money was promised for the order as a whole, the order's money over
    the order's quantity. Needs the relation ``flow``.
    """
    by_promise, by_order = promised_prices(read)
    for order, fulfils, item, giver, taker, qty, seq, time_us in read.rows(DELIVERIES):
        price, currency = by_promise.get(fulfils) or by_order.get(order) or (Fraction(0), "")
        value = Fraction(exact(qty)) * price
        yield Delivery(order, item, giver, taker, time_us, seq, value, currency)


Price = tuple[Fraction, str]


def promised_prices(read: Read) -> tuple[dict[str, Price], dict[str, Price]]:
    """Price per unit and currency by promise (flow id) and by order; needs the relation ``flow``."""
    by_promise: dict[str, Price] = {}
    ordered: dict[str, Fraction] = {}
    for order, promise, _, qty, money, currency in read.rows(PROMISES):
        amount = Fraction(exact(qty))
        ordered[order] = ordered.get(order, Fraction(0)) + amount
        if money is not None and amount:
            by_promise[promise] = (Fraction(exact(money)) / amount, currency)
    by_order = {
        order: (Fraction(exact(money)) / ordered[order], currency)
        for order, currency, money in read.rows(ORDER_MONEY)
        if ordered.get(order)
    }
    return by_promise, by_order


def sums(pairs: Iterable[tuple[str, Fraction]]) -> dict[str, Fraction]:
    """Exact sums by key.

    >>> sums([("a", Fraction(1, 3)), ("a", Fraction(2, 3))])
    {'a': Fraction(1, 1)}
    """
    found: dict[str, Fraction] = {}
    for key, amount in pairs:
        found[key] = found.get(key, Fraction(0)) + amount
    return found
