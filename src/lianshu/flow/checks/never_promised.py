"""What is delivered on an order was promised."""

from __future__ import annotations

from collections.abc import Iterator

from lianshu.flow.check import Found, Look, check, entries, groups, named, total
from lianshu.kernel.text import Text

_UNPROMISED = f"""
    SELECT order_id, unit, qty, entry_seq FROM flow
    WHERE mood = 'fact' AND stream = 'goods' AND order_id <> '' AND fulfils = ''
      AND action IN {named(lambda action: action.owner_from < 0 < action.owner_to)}
      AND order_id NOT IN (
        SELECT order_id FROM flow WHERE mood = 'promise' AND stream = 'goods')
    ORDER BY order_id, unit, entry_seq
"""


@check(
    "never_promised",
    severity="warning",
    title=Text("交货有约定", "Delivered goods were promised"),
    meaning=Text(
        "写明订单的交货，其订单有货物约定；没有约定就没有价格，也谈不上准时与足量。",
        "An order on which goods were delivered holds a promise of goods; without one there is no "
        "price, and nothing to be on time or in full.",
    ),
    remedy=Text("补录订单，或更正交货上的订单号", "record the order, or correct the order number of the delivery"),
    source="SCOR RL.1.1; REA commitment",
    whole=True,
)  # fmt: skip
def never_promised(look: Look) -> Iterator[Found]:
    """Orders that have deliveries and no promise.

    >>> from lianshu.app.checking import check_flows
    >>> rows = "flow,mood,action,time,item,qty,unit,order\\n"
    >>> check_flows("never_promised", rows + "F1,fact,transfer,4,tea,10,kg,SO9")
    ['SO9']
    """
    for (order, unit), run in groups(look.rows(_UNPROMISED), 2):
        rows = list(run)
        goods = total(row[2] for row in rows)
        message = Text(
            f"有 {len(rows)} 笔交货而没有约定", f"{len(rows)} deliveries and no promise of goods"
        )
        yield Found(order, message, entries(row[3] for row in rows), goods, unit)
