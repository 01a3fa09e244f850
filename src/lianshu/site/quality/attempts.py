"""What somebody offered to the record and it did not take: conflicts and rejects."""

from __future__ import annotations

from lianshu.app.workspace import Workspace
from lianshu.kernel.text import Text
from lianshu.site.addresses import entry_address
from lianshu.site.components.table import Cell, Column, Pager, Row, Table
from lianshu.site.readings.cells import moment
from lianshu.site.texts import say

OUTCOMES = ("conflict", "reject")


def attempts_count(workspace: Workspace, outcome: str = "") -> int:
    """How many attempts were refused."""
    sql = "SELECT COUNT(*) FROM refusal WHERE :outcome = '' OR outcome = :outcome"
    ((count,),) = workspace.store.query(sql, {"outcome": outcome})
    return int(count)


def attempts_table(workspace: Workspace, pager: Pager, outcome: str = "") -> Table:
    """One page of refused attempts, the latest first; a conflict links to the entry that was first."""
    sql = (
        "SELECT id, received_us, outcome, reason_zh, reason_en FROM refusal "
        "WHERE :outcome = '' OR outcome = :outcome "
        "ORDER BY received_us DESC, fingerprint LIMIT :size OFFSET :start"
    )
    binds = {"outcome": outcome, "size": pager.size, "start": pager.start}
    rows = []
    for id_, received_us, kind, zh, en in workspace.store.query(sql, binds):
        first = workspace.store.find(id_) if kind == "conflict" else 0
        rows.append(
            Row(
                [
                    Cell(id_, address=entry_address(first) if first else ""),
                    Cell(say(f"outcome.{kind}"), tone="bad" if kind == "conflict" else "warn"),
                    Text(zh, en),
                    moment(received_us),
                ]
            )
        )
    columns = [
        Column("id", say("quality.entry_id"), header=True),
        Column("outcome", say("quality.outcome")),
        Column("reason", say("quality.reason")),
        Column("received", say("quality.entry_received"), "date"),
    ]
    return Table(
        say("quality.refused"), columns, rows, pager=pager, numbered=True,
        empty=say("quality.refused_none"), empty_hint=say("quality.refused_hint"),
    )  # fmt: skip
