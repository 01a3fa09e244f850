"""Permitting: what a party may write. It speaks for itself and takes nothing from another.

A party is the source of what it sends, corrects only what it said, and describes only things that
nobody else described. Whoever sees the whole record may write for anybody.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from lianshu.app.posting import Poster
from lianshu.app.workspace import Workspace
from lianshu.capability.relation import Scope
from lianshu.flow.wire import Prepared, prepare
from lianshu.kernel.refusal import Refusal
from lianshu.kernel.text import Text
from lianshu.record.entry import Draft
from lianshu.record.outcome import CONFLICT, Outcome
from lianshu.store.store import supersedes_refusal


def take(
    workspace: Workspace, poster: Poster, drafts: Iterable[Draft | Refusal], scope: Scope
) -> list[Outcome]:
    """Capture what ``scope`` may write; durable when it returns, one outcome for each draft."""
    now_us = workspace.clock()
    batch = [one if isinstance(one, Refusal) else prepare(one, now_us) for one in drafts]
    if not scope.party:
        return poster.take(batch)
    sent = {one.log_row[0] for one in batch if isinstance(one, Prepared)}
    permitted = [
        one if isinstance(one, Refusal) else _objection(workspace, one, scope.party, sent) or one
        for one in batch
    ]
    outcomes = poster.take(permitted)
    return [_veiled(workspace, outcome, scope.party) for outcome in outcomes]


def _objection(workspace: Workspace, one: Prepared, party: str, sent: set[str]) -> Refusal | None:
    """Why ``party`` may not write this entry, or None. Another's is refused as one not there is."""
    source, supersedes = one.log_row[2], one.log_row[8]
    if source != party:
        rule = Text(f"source 须为您的主体 {party}", f"the source is your party, {party}")
        return Refusal(
            "$.source", rule, Text("改写 source", "write it as source"), one.line, "source"
        )
    if supersedes:
        seq = workspace.store.find(supersedes)
        if workspace.entry(seq).source != party if seq else supersedes not in sent:
            return supersedes_refusal(one.line, supersedes, 0)
    for n, (table, row) in enumerate(one.things):
        if _described_by_another(workspace, table, row[0], party):
            rule = Text(f"{row[0]} 由另一方描述", f"{row[0]} is described by somebody else")
            remedy = Text(
                "请该方更正，或用自己的编号", "ask them to correct it, or use a key of your own"
            )
            return Refusal(f"$.things[{n}].id", rule, remedy, one.line, "thing")
    return None


def _described_by_another(workspace: Workspace, table: str, thing: str, party: str) -> bool:
    sql = (
        f"SELECT 1 FROM {table}_row r JOIN entry e ON e.seq = r.entry_seq "
        "WHERE r.id = :id AND e.source <> :party LIMIT 1"
    )
    return bool(workspace.store.query(sql, {"id": thing, "party": party}))


def _veiled(workspace: Workspace, outcome: Outcome, party: str) -> Outcome:
    """A conflict with another's entry, without its place in the log."""
    if outcome.outcome != CONFLICT or workspace.entry(outcome.seq).source == party:
        return outcome
    assert outcome.reason is not None
    rule = Text("此编号已用于含义不同的条目", "this id already stands for something else")
    return replace(outcome, seq=0, reason=replace(outcome.reason, rule=rule))
