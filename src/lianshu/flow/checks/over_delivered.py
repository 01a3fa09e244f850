"""Facts fulfil no more than was promised."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from lianshu.flow.check import Found, Look, amount, check, entries, rounded, total
from lianshu.flow.link import links
from lianshu.kernel.text import Text


@check(
    "over_delivered",
    severity="warning",
    title=Text("履行不超过约定", "Fulfilled at most the promise"),
    meaning=Text(
        "履行同一约定的同类事实（同物品同单位）之和不超过约定数量加容差；容差默认为零，"
        "允许超交的合同在参数中声明。",
        "Facts of one kind that fulfil a promise, of its item and unit, add up to at most the promised "
        "quantity and the tolerance; it is zero unless over-delivery is declared by the parameter.",
    ),
    remedy=Text("核对是否重复记录；确为超交的，声明容差或补一张订单", "see whether it was recorded twice; else declare the tolerance or promise the rest"),
    source="民法典 第六百二十九条 (多交标的物); CISG Art. 52(2)",
    parameters={"tolerance": "0"},
)  # fmt: skip
def over_delivered(look: Look) -> Iterator[Found]:
    """Promises of goods or money that facts of one action exceed.

    >>> from lianshu.app.checking import check_flows
    >>> rows = "flow,mood,action,time,item,qty,unit,fulfils\\nP1,promise,transfer,1,tea,10,kg,\\n"
    >>> check_flows("over_delivered", rows + "F1,fact,transfer,1,tea,6,kg,P1\\nF2,fact,transfer,1,tea,5,kg,P1")
    ['P1']
    """
    allowed = 1 + Fraction(look.args["tolerance"])
    for promise, facts in links(look):
        if promise.mood != "promise":
            continue
        for action in sorted({fact.action for fact in facts}):
            same = [
                fact
                for fact in facts
                if (fact.action, fact.item, fact.unit) == (action, promise.item, promise.unit)
            ]
            done = total(fact.qty for fact in same)
            if Fraction(done) > Fraction(promise.qty) * allowed:
                said, meant = amount(done, promise.unit), amount(promise.qty, promise.unit)
                message = Text(
                    f"{promise.item} 约定 {meant}，已履行 {said}（{action}）",
                    f"{meant} of {promise.item} promised, {said} fulfilled ({action})",
                )
                seqs = entries([promise.entry_seq, *(fact.entry_seq for fact in same)])
                over: Decimal = rounded(Fraction(done) - Fraction(promise.qty), 18)
                yield Found(promise.id, message, seqs, over, promise.unit)
