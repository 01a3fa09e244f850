"""A flow id names one flow."""

from __future__ import annotations

from collections.abc import Iterator

from lianshu.flow.check import Found, Look, check, entries, groups
from lianshu.kernel.text import Text

_REUSED = """
    SELECT id, entry_seq FROM flow
    WHERE id IN (SELECT id FROM flow GROUP BY id HAVING COUNT(*) > 1)
    ORDER BY id, entry_seq, line
"""


@check(
    "flow_id_reused",
    severity="error",
    title=Text("流编号不重复", "A flow id is used once"),
    meaning=Text(
        "未被更正的流之间编号不重复；否则“履行”与“对价”不知所指，汇总会重复计数。",
        "No two flows in force have the same id; else what fulfils or answers it is not known, and "
        "sums count it twice.",
    ),
    remedy=Text("换一个流编号；若是改正，用 kind 为 correction 的条目", "give it another id; to change it, send a correction"),
    source="ValueFlows 1.0 EconomicEvent (identity)",
)  # fmt: skip
def flow_id_reused(look: Look) -> Iterator[Found]:
    """Ids of two flows or more that no correction has replaced.

    >>> from lianshu.app.checking import check_flows
    >>> one = '{"id":"%s","kind":"event","flows":[{"id":"F","mood":"fact","action":"produce","time":1,'
    >>> one += '"item":"tea","qty":"1","unit":"kg"}]}'
    >>> check_flows("flow_id_reused", entries=[one % "a", one % "b"])
    ['F']
    """
    for (id_,), run in groups(look.rows(_REUSED), 1):
        seqs = [row[1] for row in run]
        message = Text(f"{len(seqs)} 条流共用此编号", f"{len(seqs)} flows have this id")
        yield Found(id_, message, entries(seqs))
