"""Goods that leave one place reach another one."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from lianshu.flow.check import Found, Look, check, named
from lianshu.kernel.text import Text

_MOVES = named(lambda action: action.onhand_from < 0 < action.onhand_to)
_BROKEN = f"""
    SELECT id, from_place, to_place, qty, unit, entry_seq FROM flow
    WHERE mood = 'fact' AND stream = 'goods' AND action IN {_MOVES}
      AND (from_place <> '' OR to_place <> '')
      AND (from_place = '' OR to_place = '' OR from_place = to_place)
"""


@check(
    "two_places",
    severity="error",
    title=Text("有去有来", "Leaves one place, reaches one"),
    meaning=Text(
        "转让或移动的货物须从一地发出、到达另一地；只写一地则货物凭空出现或消失。",
        "Goods that are transferred or moved leave one place and reach another; with one place "
        "alone they appear from nothing or vanish.",
    ),
    remedy=Text("补上另一地点；在途货物写在途地点", "name the other place; use a transit place for goods under way"),
    source="ValueFlows 1.0 onhandEffect; EPCIS 2.0 readPoint, bizLocation",
)  # fmt: skip
def two_places(look: Look) -> Iterator[Found]:
    """Goods moves with one place, or twice the same; one that names no place says nothing of stock.

    >>> from lianshu.app.checking import check_flows
    >>> rows = "flow,mood,action,time,item,qty,unit,from_place,to_place\\n"
    >>> check_flows("two_places", rows + "F1,fact,move,1,tea,5,kg,mill,\\nF2,fact,move,1,tea,5,kg,mill,shop")
    ['F1']
    """
    for id_, start, end, qty, unit, seq in look.rows(_BROKEN):
        if start == end:
            message = Text(f"从 {start} 到 {end}，是同一地点", f"from {start} to the same place")
        elif start:
            message = Text(f"离开 {start} 而没有到达地", f"it leaves {start} and reaches no place")
        else:
            message = Text(f"到达 {end} 而没有发出地", f"it reaches {end} and leaves no place")
        yield Found(id_, message, (seq,), Decimal(qty), unit)
