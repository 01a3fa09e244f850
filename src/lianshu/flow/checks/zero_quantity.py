"""A fact moves something."""

from __future__ import annotations

from collections.abc import Iterator

from lianshu.flow.check import Found, Look, check
from lianshu.kernel.text import Text

# Equality with zero is the same in every store: decimals are numbers there, or canonical text.
_ZERO = """
    SELECT id, action, item, entry_seq FROM flow
    WHERE mood = 'fact' AND stream IN ('goods', 'money') AND qty = '0'
    ORDER BY id, entry_seq
"""


@check(
    "zero_quantity",
    severity="note",
    title=Text("数量不为零", "A quantity that is not zero"),
    meaning=Text(
        "货物与金钱的事实数量不为零；零多半是缺值。观测与排放可以为零。",
        "Facts of goods and money are of more than zero; a zero mostly stands for a missing value. "
        "Measured values and emissions may be zero.",
    ),
    remedy=Text(
        "填写真实数量；没有发生的不必记录",
        "give the true quantity; what did not happen needs no flow",
    ),
    source="ISO 8000-8 (completeness)",
)
def zero_quantity(look: Look) -> Iterator[Found]:
    """Goods and money facts of exactly zero; below zero is refused at capture.

    >>> from lianshu.app.checking import check_flows
    >>> rows = "flow,mood,action,time,item,qty,unit\\nF1,fact,produce,4,tea,0.00,kg\\n"
    >>> check_flows("zero_quantity", rows + "F2,fact,produce,4,tea,0.01,kg\\nF3,fact,observe,4,t,0,CEL")
    ['F1']
    """
    for id_, action, item, seq in look.rows(_ZERO):
        message = Text(f"{action} {item} 的数量为零", f"{action} of {item} is of quantity zero")
        yield Found(id_, message, (seq,))
