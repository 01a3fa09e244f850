"""Nobody sells to themselves."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from lianshu.flow.check import Found, Look, check, named
from lianshu.kernel.text import Text

_TRADES = named(
    lambda action: action.owner_from < 0 < action.owner_to or action.account in ("claim", "settle")
)
_SELF = f"""
    SELECT id, action, from_party, qty, unit, entry_seq FROM flow
    WHERE from_party <> '' AND from_party = to_party AND action IN {_TRADES}
      AND mood IN ('fact', 'promise', 'offer')
    ORDER BY id, entry_seq
"""


@check(
    "self_trade",
    severity="warning",
    title=Text("不与自己交易", "No trade with oneself"),
    meaning=Text(
        "转让、开票、付款的双方不是同一主体；自买自卖虚增营业额。",
        "The two sides of a transfer, invoice or payment are not one party; selling to oneself "
        "inflates turnover.",
    ),
    remedy=Text("同一主体内的移库写“移动”，否则更正一方", "write move for a change of place within a party, else correct one side"),
    source="REA (exchange between two agents); ValueFlows 1.0 move",
)  # fmt: skip
def self_trade(look: Look) -> Iterator[Found]:
    """Transfers, invoices and payments from a party to the same party.

    >>> from lianshu.app.checking import check_flows
    >>> rows = "flow,mood,action,time,item,qty,unit,from_party,to_party\\nF1,fact,transfer,4,tea,1,kg,mill,mill\\n"
    >>> check_flows("self_trade", rows + "F2,fact,move,4,tea,1,kg,mill,mill")
    ['F1']
    """
    for id_, action, party, qty, unit, seq in look.rows(_SELF):
        message = Text(f"{action} 的双方都是 {party}", f"{action} from {party} to the same party")
        yield Found(id_, message, (seq,), Decimal(qty), unit)
