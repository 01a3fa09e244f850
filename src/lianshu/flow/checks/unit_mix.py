"""An item is counted in one unit."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from lianshu.flow.check import Found, Look, check, entries, groups
from lianshu.kernel.refusal import Refused
from lianshu.kernel.text import Text
from lianshu.kernel.unit import parse_unit

_UNITS = """
    SELECT f.item, f.unit, f.first_seq, f.last_seq, i.unit AS base
    FROM (SELECT item, unit, MIN(entry_seq) AS first_seq, MAX(entry_seq) AS last_seq
          FROM flow WHERE stream = 'goods' GROUP BY item, unit) f
    LEFT JOIN item i ON i.id = f.item
    ORDER BY f.item, f.unit
"""


@check(
    "unit_mix",
    severity="error",
    title=Text("一种物品一个单位", "One item, one unit"),
    meaning=Text(
        "同一物品的货物流用同一单位，且与其基本单位一致；读数把同一物品的数量直接相加。",
        "Goods flows of an item are in one unit, that of its base unit where it has one; readings add "
        "the quantities of an item as they stand.",
    ),
    remedy=Text("以物品的基本单位提交；换算在提交之前做", "send quantities in the item's base unit; convert before sending"),
    source="UNECE Rec 20; GS1 General Specifications (base unit)",
    reads=("flow", "item"),
)  # fmt: skip
def unit_mix(look: Look) -> Iterator[Found]:
    """Items with flows in two units or more, or in a unit other than their base unit.

    >>> from lianshu.app.checking import check_flows
    >>> rows = "flow,mood,action,time,item,qty,unit\\nF1,fact,produce,4,tea,10,kg\\n"
    >>> check_flows("unit_mix", rows + "F2,fact,produce,4,tea,1,t\\nF3,fact,produce,4,leaf,1,t")
    ['tea']
    """
    for (item,), run in groups(look.rows(_UNITS), 1):
        rows = list(run)
        found = sorted({row[1] for row in rows} | _base(rows[0][4]))
        if len(found) == 1:
            continue
        declared = all(parse_unit(a).converts_to(parse_unit(b)) for a, b in pairwise(found))
        shown = ", ".join(found)
        message = Text(
            f"单位有 {shown}，" + ("可以换算" if declared else "没有声明换算"),
            f"units {shown}, " + ("which convert" if declared else "no conversion is declared"),
        )
        yield Found(item, message, entries(seq for row in rows for seq in row[2:4]))


def _base(text: str | None) -> set[str]:
    """The code of a base unit as the item's sender wrote it; nothing where it is no unit."""
    try:
        return {parse_unit(text).code} if text else set()
    except Refused:
        return set()
