"""A fact is of the same thing, unit, parties and order as the promise it fulfils."""

from __future__ import annotations

from collections.abc import Iterator

from lianshu.flow.action import actions
from lianshu.flow.check import Found, Look, check, entries
from lianshu.flow.link import Linked, links
from lianshu.kernel.text import Text

# Whose facts go from giver to taker as promised; custody may be a carrier's, an invoice goes back.
_SAME_PARTIES = {
    action.name
    for action in actions().values()
    if action.owner_from < 0 < action.owner_to or action.account == "settle"
}
_TITLES = {
    "item": Text("物品", "item"),
    "unit": Text("单位", "unit"),
    "from_party": Text("发出方", "from party"),
    "to_party": Text("接收方", "to party"),
    "order": Text("订单", "order"),
}


@check(
    "fulfils_mismatch",
    severity="error",
    title=Text("履行与约定相符", "A fact matches its promise"),
    meaning=Text(
        "履行约定的事实与约定物品、单位、双方、订单一致；单位不同则数量不能相加。",
        "A fact agrees with the promise it fulfils in item, unit, parties and order; quantities in "
        "another unit do not add up.",
    ),
    remedy=Text("更正所履行的流编号，或按约定的物品与单位记录", "correct the flow id, or record it in the item and unit promised"),
    source="ValueFlows 1.0 fulfills; CISG Art. 35",
)  # fmt: skip
def fulfils_mismatch(look: Look) -> Iterator[Found]:
    """Facts that differ from their promise; a value left empty differs from nothing.

    >>> from lianshu.app.checking import check_flows
    >>> rows = "flow,mood,action,time,item,qty,unit,fulfils\\nP1,promise,transfer,1,tea,10,kg,\\n"
    >>> check_flows("fulfils_mismatch", rows + "F1,fact,transfer,1,tea,6,t,P1")
    ['F1']
    """
    for promise, facts in links(look):
        for fact in facts:
            names = _differing(promise, fact)
            if names:
                said = [
                    (_TITLES[name], getattr(fact, name), getattr(promise, name)) for name in names
                ]
                message = Text(
                    f"与约定 {promise.id} 不符："
                    + "，".join(f"{t.zh} {a} ≠ {b}" for t, a, b in said),
                    f"not as promised in {promise.id}: "
                    + ", ".join(f"{t.en} {a} is not {b}" for t, a, b in said),
                )
                seqs = entries([promise.entry_seq, fact.entry_seq])
                yield Found(fact.id, message, seqs, fact.qty, fact.unit)


def _differing(promise: Linked, fact: Linked) -> list[str]:
    names = ["item", "unit", "order"]
    if fact.action in _SAME_PARTIES:
        names += ["from_party", "to_party"]
    return [
        name
        for name in names
        if getattr(fact, name) != getattr(promise, name)
        and getattr(fact, name)
        and getattr(promise, name)
    ]
