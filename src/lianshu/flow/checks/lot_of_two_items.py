"""One lot number stands for one item."""

from __future__ import annotations

from collections.abc import Iterator

from lianshu.flow.check import Found, Look, check, entries, groups
from lianshu.kernel.text import Text

_ITEMS = """
    SELECT lot, item, MIN(entry_seq), MAX(entry_seq) FROM flow
    WHERE mood = 'fact' AND stream = 'goods' AND lot <> ''
    GROUP BY lot, item ORDER BY lot, item
"""


@check(
    "lot_of_two_items",
    severity="error",
    title=Text("一个批次号一种物品", "A lot is of one item"),
    meaning=Text(
        "批次号在整条记录中只指一种物品；追溯按批次号进行，重号会把两条链连在一起。",
        "A lot number stands for one item in the whole record; traces go by lot, and a number used "
        "for two joins two chains that never met.",
    ),
    remedy=Text("在批次号前加上企业或物品代码", "put the firm's or the item's code before the lot number"),
    source="GS1 General Specifications, AI (10) with AI (01)",
)  # fmt: skip
def lot_of_two_items(look: Look) -> Iterator[Found]:
    """Lots that are said of two items or more.

    >>> from lianshu.app.checking import check_flows
    >>> rows = "flow,mood,action,time,item,lot,qty,unit\\nF1,fact,produce,1,tea,L1,9,kg\\n"
    >>> check_flows("lot_of_two_items", rows + "F2,fact,produce,1,leaf,L1,9,kg")
    ['L1']
    """
    for (lot,), run in groups(look.rows(_ITEMS), 1):
        items = list(run)
        if len(items) > 1:
            names = ", ".join(row[1] for row in items[:5])
            message = Text(
                f"批次 {lot} 用于 {len(items)} 种物品：{names}",
                f"lot {lot} is used for {len(items)} items: {names}",
            )
            yield Found(lot, message, entries(seq for row in items for seq in row[2:]))
