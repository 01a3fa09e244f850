"""A lot is made before it is used or sent."""

from __future__ import annotations

from collections.abc import Iterator

from lianshu.flow.check import Found, Look, check, entries, groups, named, total
from lianshu.kernel.instant import format_instant
from lianshu.kernel.text import Text

# What puts a lot into the world (made, or found there), and what takes it away from a place.
_BORN = named(lambda action: action.owner_to > 0 and action.owner_from == 0 == action.onhand_from
              and action.onhand_to > 0)  # fmt: skip
_GONE = named(lambda action: action.onhand_from < 0)
_LIVES = f"""
    SELECT f.item, f.lot, f.time, CASE WHEN f.action IN {_BORN} THEN 1 ELSE 2 END AS side,
           f.qty, f.unit, f.entry_seq, l.made
    FROM flow f LEFT JOIN lot l ON l.id = f.lot AND (l.item = f.item OR l.item = '')
    WHERE f.mood = 'fact' AND f.stream = 'goods' AND f.lot <> ''
      AND (f.action IN {_BORN} OR f.action IN {_GONE})
    ORDER BY f.item, f.lot, f.time, side, f.entry_seq
"""


@check(
    "lot_before_made",
    severity="error",
    title=Text("先有批次后使用", "Made before it is used"),
    meaning=Text(
        "批次的消耗或发出不早于它的产出（或期初）；没有产出记录时，不早于批次主数据的生产时间。",
        "A lot is consumed or sent no earlier than it was produced or first counted, or, where no "
        "production is recorded, no earlier than the lot's own time of making.",
    ),
    remedy=Text("更正产出或使用的时间，或更正批次", "correct the time of making or of use, or the lot"),
    source="EPCIS 2.0 TransformationEvent; GB/T 38155-2019",
    reads=("flow", "lot"),
    whole=True,
)  # fmt: skip
def lot_before_made(look: Look) -> Iterator[Found]:
    """Lots that left a place before they existed; a lot bought from outside has no birth to compare.

    >>> from lianshu.app.checking import check_flows
    >>> rows = "flow,mood,action,time,item,lot,qty,unit\\nF1,fact,produce,5,tea,T1,9,kg\\n"
    >>> check_flows("lot_before_made", rows + "F2,fact,transfer,4,tea,T1,9,kg")
    ['T1']
    """
    for (item, lot), run in groups(look.rows(_LIVES), 2):
        before, born = [], None
        for row in run:
            if row[3] == 1:
                born = row
                break
            before.append(row)
        # Sorted by time: what stands before the birth was earlier, or there was no birth.
        limit = born[2] if born else before[0][7]
        early = [row for row in before if limit is not None and row[2] < limit]
        if not early:
            continue
        used, began = format_instant(early[0][2]), format_instant(limit)
        message = Text(
            f"{item} 的批次 {lot} 在 {used} 已被使用，而 {began} 才产出",
            f"lot {lot} of {item} was used at {used} and made at {began}",
        )
        said = [row[6] for row in early] + ([born[6]] if born else [])
        yield Found(lot, message, entries(said), total(row[4] for row in early), early[0][5])
