"""No place gives what it does not have."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from decimal import Decimal

from lianshu.flow.check import MOST_ENTRIES, Found, Look, amount, check, entries, groups, named
from lianshu.kernel.instant import format_instant
from lianshu.kernel.quantity import EXACT
from lianshu.kernel.text import Text

_IN = named(lambda action: action.onhand_to > 0)
_OUT = named(lambda action: action.onhand_from < 0)
# At one moment what comes is counted before what goes: the record does not say which was first.
_MOVED = f"""
    SELECT CASE WHEN s.side = 1 THEN f.to_place ELSE f.from_place END AS place, f.item, f.lot,
           f.unit, f.time, s.side, f.qty, f.entry_seq
    FROM flow f
    JOIN (SELECT 1 AS side UNION ALL SELECT 2 AS side) s
      ON (s.side = 1 AND f.to_place <> '' AND f.action IN {_IN}
          AND f.to_place NOT IN (SELECT id FROM place WHERE negative_allowed = 1))
      OR (s.side = 2 AND f.from_place <> '' AND f.action IN {_OUT}
          AND f.from_place NOT IN (SELECT id FROM place WHERE negative_allowed = 1))
    WHERE f.mood = 'fact' AND f.stream = 'goods'
    ORDER BY place, f.item, f.lot, f.unit, f.time, s.side, f.entry_seq
"""


@check(
    "negative_on_hand",
    severity="error",
    title=Text("库存不为负", "No stock below zero"),
    meaning=Text(
        "任何时刻、任何地点、任何批次的现存量不小于零，除非该地点声明允许负库存。",
        "On hand is never below zero at any moment, place and lot, unless the place declares that "
        "negative stock is allowed.",
    ),
    remedy=Text(
        "补录入库或期初（盘盈），更正错误的时间或批次，或声明该地点允许负库存",
        "record what came in or the opening stock (raise), correct a wrong time or lot, or declare "
        "the place negative_allowed",
    ),
    source="ValueFlows 1.0 onhandEffect; SCOR DS AM.2",
    reads=("flow", "place"),
    whole=True,
)
def negative_on_hand(look: Look) -> Iterator[Found]:
    """The lowest balance of each place, item, lot and unit that ever falls below zero.

    >>> from lianshu.app.checking import check_flows
    >>> rows = "flow,mood,action,time,item,qty,unit,from_place,to_place\\nF1,fact,raise,2,tea,5,kg,,mill\\n"
    >>> check_flows("negative_on_hand", rows + "F2,fact,lower,1,tea,5,kg,mill,")
    ['mill · tea']
    """
    for (place, item, lot, unit), run in groups(look.rows(_MOVED), 4):
        balance, lowest, when = Decimal(0), Decimal(0), 0
        latest: deque[int] = deque(maxlen=MOST_ENTRIES)
        shown: tuple[int, ...] = ()
        for *_, time_us, side, qty, seq in run:
            latest.append(seq)
            number = Decimal(qty)
            balance = EXACT.add(balance, number if side == 1 else -number)
            if balance < lowest:
                lowest, when, shown = balance, time_us, entries(latest)
        if lowest:
            subject = " · ".join(part for part in (place, item, lot) if part)
            low, moment = amount(lowest, unit), format_instant(when)
            message = Text(f"{moment} 现存 {low}", f"on hand was {low} at {moment}")
            yield Found(subject, message, shown, lowest.copy_abs(), unit)
