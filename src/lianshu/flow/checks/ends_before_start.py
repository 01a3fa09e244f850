"""What begins ends later."""

from __future__ import annotations

from collections.abc import Iterator

from lianshu.flow.check import Found, Look, check
from lianshu.kernel.instant import format_instant
from lianshu.kernel.text import Text

# Table, its subject, start and end: everything in the record that has a beginning and an end.
_SPANS = (
    ("flow", "id", "time", "time_end"),
    ("lot", "id", "made", "expires"),
    ("alias", "id", "valid_from", "valid_to"),
)


@check(
    "ends_before_start",
    severity="error",
    title=Text("先开始后结束", "Begins before it ends"),
    meaning=Text(
        "流的结束时间不早于开始，批次失效不早于生产，别名失效不早于生效。",
        "A flow ends, a lot expires and an alias lapses no earlier than it began.",
    ),
    remedy=Text("更正其中一个时间", "correct one of the two times"),
    source="ISO 8601-1 (time interval)",
    reads=("flow", "lot", "alias"),
)
def ends_before_start(look: Look) -> Iterator[Found]:
    """Flows, lots and aliases whose two times are the wrong way round; equal times are in order.

    >>> from lianshu.app.checking import check_flows
    >>> rows = "flow,mood,action,time,time_end,item,qty,unit\\nF1,fact,work,4,3,labour,1,h\\n"
    >>> check_flows("ends_before_start", rows + "F2,fact,work,4,4,labour,1,h")
    ['F1']
    """
    for name, key, start, end in _SPANS:
        sql = f"SELECT {key}, {start}, {end}, entry_seq FROM {name} WHERE {end} < {start} ORDER BY {key}"
        for id_, began, ended, seq in look.rows(sql):
            first, last = format_instant(began), format_instant(ended)
            message = Text(f"始于 {first}，止于 {last}", f"it begins at {first} and ends at {last}")
            yield Found(id_ if name == "flow" else f"{name} {id_}", message, (seq,))
