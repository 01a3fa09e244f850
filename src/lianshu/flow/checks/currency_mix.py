"""An order is settled in one currency."""

from __future__ import annotations

from collections.abc import Iterator

from lianshu.flow.check import Found, Look, check, entries, groups
from lianshu.kernel.text import Text

_CURRENCIES = """
    SELECT order_id, unit, MIN(entry_seq), MAX(entry_seq) FROM flow
    WHERE stream = 'money' AND order_id <> '' AND mood IN ('fact', 'promise')
      AND action IN ('transfer', 'invoice', 'pay')
    GROUP BY order_id, unit ORDER BY order_id, unit
"""


@check(
    "currency_mix",
    severity="warning",
    title=Text("一张订单一个币种", "One order, one currency"),
    meaning=Text(
        "同一订单的约定、开票与付款用同一币种；不同币种的金额不能相加。",
        "What is promised, invoiced and paid on an order is in one currency; sums of two mean nothing.",
    ),
    remedy=Text(
        "按约定币种记录，汇兑另记一笔",
        "record it in the promised currency and the exchange by itself",
    ),
    source="ISO 4217; EN 16931 BT-5 (invoice currency)",
)
def currency_mix(look: Look) -> Iterator[Found]:
    """Orders with money in two currencies or more; freight and other charges may differ.

    >>> from lianshu.app.checking import check_flows
    >>> rows = "flow,mood,action,time,item,qty,unit,order\\nF1,promise,transfer,4,CNY,10,CNY,SO1\\n"
    >>> check_flows("currency_mix", rows + "F2,fact,pay,4,USD,1,USD,SO1")
    ['SO1']
    """
    for (order,), run in groups(look.rows(_CURRENCIES), 1):
        rows = list(run)
        if len(rows) > 1:
            shown = ", ".join(row[1] for row in rows)
            message = Text(f"币种有 {shown}", f"currencies {shown}")
            yield Found(order, message, entries(seq for row in rows for seq in row[2:]))
