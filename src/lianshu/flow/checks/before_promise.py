"""Nothing is delivered on a promise before it was made."""

from __future__ import annotations

from collections.abc import Iterator

from lianshu.flow.check import Found, Look, check, entries
from lianshu.flow.link import links
from lianshu.kernel.instant import format_instant
from lianshu.kernel.text import Text


@check(
    "before_promise",
    severity="warning",
    title=Text("先约定后履行", "Promised before it is fulfilled"),
    meaning=Text(
        "事实的时间不早于它所履行的约定的约定时间；倒签的订单会越过它。",
        "A fact is no earlier than the promise that it fulfils was made; an order written afterwards "
        "breaks this.",
    ),
    remedy=Text("核对下单时间与交货时间；确为补单的，说明理由", "check both dates; an order written afterwards needs a reason"),
    source="企业内部控制应用指引第7号 采购业务 (购买)",
)  # fmt: skip
def before_promise(look: Look) -> Iterator[Found]:
    """Facts earlier than ``agreed`` of their promise; the same moment is in order.

    >>> from lianshu.app.checking import check_flows
    >>> rows = "flow,mood,action,time,agreed,item,qty,unit,fulfils\\nP1,promise,transfer,9,5,tea,10,kg,\\n"
    >>> check_flows("before_promise", rows + "F1,fact,transfer,4,,tea,6,kg,P1")
    ['F1']
    """
    for promise, facts in links(look):
        for fact in facts:
            if promise.agreed is not None and fact.time < promise.agreed:
                done, agreed = format_instant(fact.time), format_instant(promise.agreed)
                message = Text(
                    f"{done} 已发生，而约定 {promise.id} 在 {agreed} 才作出",
                    f"it happened at {done}, and promise {promise.id} was made at {agreed}",
                )
                seqs = entries([promise.entry_seq, fact.entry_seq])
                yield Found(fact.id, message, seqs, fact.qty, fact.unit)
