"""No more is invoiced than was delivered, at the promised price."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from lianshu.flow.account import accounts
from lianshu.flow.check import Found, Look, amount, check, entries, rounded
from lianshu.kernel.text import Text


@check(
    "invoiced_over_goods",
    severity="error",
    title=Text("开票不超过货值", "Invoiced at most the goods"),
    meaning=Text(
        "每张订单已开票金额不超过按约定价计的已交货值；否则是虚开、多开，或交货没有入账。",
        "What is invoiced on an order is at most the value delivered at promised prices; more is a "
        "false or excess invoice, or a delivery that was not recorded.",
    ),
    remedy=Text("核对交货记录；多开的部分开红字发票", "check what was delivered; credit what was invoiced in excess"),
    source="发票管理办法 (2023) 第二十一条; 民法典 第七百六十一条",
    whole=True,
    parameters={"tolerance": "0"},
)  # fmt: skip
def invoiced_over_goods(look: Look) -> Iterator[Found]:
    """Orders invoiced above their goods by more than the share ``tolerance``.

    Left out are orders of services and orders with goods that nobody promised a price for.

    >>> from lianshu.app.checking import check_flows
    >>> rows = "flow,mood,action,time,item,qty,unit,order,fulfils\\n1,promise,transfer,1,tea,10,kg,SO1,\\n"
    >>> rows += "2,promise,transfer,1,CNY,650,CNY,SO1,\\n3,fact,transfer,1,tea,8,kg,SO1,1\\n"
    >>> check_flows("invoiced_over_goods", rows + "4,fact,invoice,2,CNY,520.01,CNY,SO1,")
    ['SO1']
    """
    allowed = 1 + Fraction(look.args["tolerance"])
    for one in accounts(look):
        for currency, invoiced in sorted(one.invoiced.items()) if one.valued else ():
            goods = one.goods.get(currency, Fraction(0))
            if invoiced > goods * allowed:
                said, worth = amount(rounded(invoiced), currency), amount(rounded(goods), currency)
                message = Text(f"已开票 {said}，货值 {worth}", f"invoiced {said}, goods {worth}")
                over = rounded(invoiced - goods)
                yield Found(one.order, message, entries(one.seqs), over, currency)
