"""No more is paid than was invoiced."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from lianshu.flow.account import accounts
from lianshu.flow.check import Found, Look, amount, check, entries, rounded
from lianshu.kernel.text import Text


@check(
    "paid_over_invoiced",
    severity="warning",
    title=Text("付款不超过开票", "Paid at most the invoiced"),
    meaning=Text(
        "每张订单同币种已付款不超过已开票；预付、重复付款或漏记发票都会越过它。",
        "What is paid on an order is at most what was invoiced in that currency; a prepayment, a "
        "payment made twice or an invoice not recorded exceed it.",
    ),
    remedy=Text("补录发票，或核对是否重复付款；预付款到货后补开", "record the invoice, or see whether it was paid twice"),
    source="企业内部控制应用指引第7号 采购业务 (付款)",
    whole=True,
    parameters={"tolerance": "0"},
)  # fmt: skip
def paid_over_invoiced(look: Look) -> Iterator[Found]:
    """Orders paid above what was invoiced by more than the share ``tolerance``.

    >>> from lianshu.app.checking import check_flows
    >>> rows = "flow,mood,action,time,item,qty,unit,order\\n1,fact,invoice,1,CNY,100,CNY,SO1\\n"
    >>> check_flows("paid_over_invoiced", rows + "2,fact,pay,2,CNY,60,CNY,SO1\\n3,fact,pay,2,CNY,60,CNY,SO1")
    ['SO1']
    """
    allowed = 1 + Fraction(look.args["tolerance"])
    for one in accounts(look):
        for currency, paid in sorted(one.paid.items()):
            invoiced = one.invoiced.get(currency, Fraction(0))
            if paid > invoiced * allowed:
                said, due = amount(rounded(paid), currency), amount(rounded(invoiced), currency)
                message = Text(f"已付款 {said}，已开票 {due}", f"paid {said}, invoiced {due}")
                over = rounded(paid - invoiced)
                yield Found(one.order, message, entries(one.seqs), over, currency)
