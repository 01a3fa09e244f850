"""A lot is not sold or used after it expired."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from lianshu.flow.check import Found, Look, check, named
from lianshu.kernel.instant import format_instant
from lianshu.kernel.text import Text

# Sold to another party or used up by a process; moving or scrapping what has expired is right.
_USED = named(
    lambda action: action.owner_from < 0 and (action.owner_to > 0 or action.lineage == "input")
)
_EXPIRED = f"""
    SELECT f.id, f.action, f.item, f.lot, f.time, l.expires, f.qty, f.unit, f.entry_seq, l.entry_seq
    FROM flow f JOIN lot l ON l.id = f.lot AND (l.item = f.item OR l.item = '')
    WHERE f.mood = 'fact' AND f.stream = 'goods' AND f.lot <> '' AND f.action IN {_USED}
      AND f.time >= l.expires
    ORDER BY f.id, f.entry_seq
"""


@check(
    "expired_lot",
    severity="warning",
    title=Text("不用过期批次", "No expired lot is used"),
    meaning=Text(
        "批次失效后不再转让、不再投入生产；移库与报废不在此列。",
        "Once a lot has expired it is neither transferred nor consumed; moving or scrapping it is in "
        "order.",
    ),
    remedy=Text("隔离并报废该批次，追查去向；或更正失效时间", "hold and scrap the lot and trace where it went; or correct the expiry"),
    source="食品安全法 第三十四条第(十)项; 药品管理法 第九十八条",
    reads=("flow", "lot"),
)  # fmt: skip
def expired_lot(look: Look) -> Iterator[Found]:
    """Transfers and uses at or after the moment of expiry.

    >>> from lianshu.app.checking import check_flows
    >>> rows = "flow,mood,action,time,item,lot,qty,unit\\nF1,fact,transfer,4,tea,T1,10,kg\\n"
    >>> lot = {"table": "lot", "id": "T1", "item": "tea", "expires": "1970-01-05T00:00:00Z"}
    >>> check_flows("expired_lot", rows, [lot])
    ['F1']
    """
    for id_, action, item, lot, time_us, expires, qty, unit, seq, of in look.rows(_EXPIRED):
        done, ended = format_instant(time_us), format_instant(expires)
        message = Text(
            f"{item} 的批次 {lot} 于 {ended} 失效，{done} 仍有 {action}",
            f"lot {lot} of {item} expired at {ended}; {action} at {done}",
        )
        yield Found(id_, message, tuple(sorted({seq, of})), Decimal(qty), unit)
