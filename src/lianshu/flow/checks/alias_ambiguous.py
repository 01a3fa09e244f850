"""One code names one thing at a time."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import NamedTuple

from lianshu.flow.check import Found, Look, Row, check, entries, groups
from lianshu.kernel.text import Text

_SAID = """
    SELECT scheme, value, thing_table, thing, valid_from, valid_to, entry_seq FROM said_alias
    ORDER BY scheme, value, thing_table, thing, entry_seq, line
"""


class Naming(NamedTuple):
    """What a code names and from when to when (microseconds UTC; None: open)."""

    thing: str
    start: int | None
    end: int | None
    entry_seq: int

    def meets(self, other: Naming) -> bool:
        """Whether both are in force at some moment; one may begin when the other ends."""
        return _before(self.start, other.end) and _before(other.start, self.end)


@check(
    "alias_ambiguous",
    severity="error",
    title=Text("一码一物", "One code, one thing"),
    meaning=Text(
        "同一体系的同一代码在同一时间只指一个对象。",
        "A code of a scheme names one thing at any one time.",
    ),
    remedy=Text("更正其中一个别名，或写明各自的生效与失效时间", "correct one of them, or give each the time from and to which it holds"),
    source="GS1 General Specifications (allocation rules); GB/T 31866 Ecode",
    reads=("said_alias",),
)  # fmt: skip
def alias_ambiguous(look: Look) -> Iterator[Found]:
    """Codes that name two things while both hold.

    >>> from lianshu.app.checking import check_flows
    >>> said = {"table": "alias", "scheme": "own", "value": "7", "thing_table": "party"}
    >>> check_flows("alias_ambiguous", things=[said | {"id": "a", "thing": "mill"}, said | {"id": "b", "thing": "shop"}])
    ['own:7']
    """
    for (scheme, value), run in groups(look.rows(_SAID), 2):
        for one, other in combinations(_latest(list(run)), 2):
            if one.meets(other):
                message = Text(
                    f"既指 {one.thing}，又指 {other.thing}",
                    f"it names {one.thing} and also {other.thing}",
                )
                seqs = entries([one.entry_seq, other.entry_seq])
                yield Found(f"{scheme}:{value}", message, seqs)


def _latest(rows: list[Row]) -> list[Naming]:
    """The last thing said of the code for each thing that it names."""
    last = {(table, thing): (start, end, seq) for _, _, table, thing, start, end, seq in rows}
    return [Naming(f"{table} {thing}", *said) for (table, thing), said in last.items()]


def _before(start: int | None, end: int | None) -> bool:
    return start is None or end is None or start < end
