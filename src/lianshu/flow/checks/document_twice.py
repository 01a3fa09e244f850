"""An invoice number is used once by its issuer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from lianshu.flow.check import Found, Look, Row, check, entries, groups, named, total
from lianshu.kernel.text import Text

_INVOICES = f"""
    SELECT from_party, document, to_party, order_id, order_line, unit, qty, entry_seq FROM flow
    WHERE mood = 'fact' AND document <> '' AND from_party <> ''
      AND action IN {named(lambda action: action.account == "claim")}
    ORDER BY from_party, document, entry_seq, line
"""


@check(
    "document_twice",
    severity="warning",
    title=Text("发票号不重复", "An invoice number is used once"),
    meaning=Text(
        "同一开票方的同一发票号不出现在两个条目中：不给两个购买方，不重复同一订单行，"
        "也不以同一金额出现两次；分行录入的一张发票不在此列。",
        "An issuer's invoice number does not stand in two entries for two buyers, for one order line, "
        "or with one amount; the lines of one invoice, sent one by one, are in order.",
    ),
    remedy=Text("核对是否重复提交或重复融资；改正用更正条目", "see whether it was sent or financed twice; send a correction to change it"),
    source="发票管理办法 (2023); EN 16931 BT-1",
)  # fmt: skip
def document_twice(look: Look) -> Iterator[Found]:
    """Invoice numbers that one issuer used in two entries for what looks like one claim.

    >>> from lianshu.app.checking import check_flows
    >>> rows = "flow,mood,action,time,item,qty,unit,from_party,to_party,order,document\\n"
    >>> rows += "F1,fact,invoice,4,CNY,10,CNY,mill,shop,SO1,INV1\\n"
    >>> check_flows("document_twice", rows + "F2,fact,invoice,4,CNY,10,CNY,mill,shop,SO2,INV1")
    ['INV1']
    """
    for (issuer, document), run in groups(look.rows(_INVOICES), 2):
        rows = list(run)
        if len({row[7] for row in rows}) > 1 and (why := _doubled(rows)):
            message = Text(
                f"{issuer} 的发票 {document} 出现在 {len(rows)} 处：{why.zh}",
                f"invoice {document} of {issuer} stands in {len(rows)} places: {why.en}",
            )
            seqs = entries(row[7] for row in rows)
            yield Found(document, message, seqs, total(row[6] for row in rows), rows[0][5])


def _doubled(rows: list[Row]) -> Text | None:
    if len({row[2] for row in rows}) > 1:
        return Text("购买方不同", "the buyers differ")
    if max(Counter(row[3:5] for row in rows).values()) > 1:
        return Text("订单行相同", "one order line twice")
    if max(Counter((row[5], total([row[6]])) for row in rows).values()) > 1:
        return Text("金额相同", "one amount twice")
    return None
