"""Entries: the log as it was told, proofs, and checkpoints."""

from __future__ import annotations

import base64
import json
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Schema
from pydantic import Field

from lianshu.api.answering import etag_of, json_answer, next_address, text_answer, unchanged
from lianshu.api.authentication import caller_of, reading_scope
from lianshu.api.models import READ
from lianshu.api.operation import About, add_operation
from lianshu.api.parameters import After, EntrySeq, PageSize, QueryText
from lianshu.api.problem import not_found
from lianshu.app.proving import prove
from lianshu.app.serving import current_workspace
from lianshu.app.workspace import Workspace
from lianshu.capability.relation import Scope
from lianshu.kernel.instant import format_instant
from lianshu.kernel.text import Text
from lianshu.record.entry import MEDIA_TYPE, Entry
from lianshu.record.proof import PROOF_MEDIA_TYPE

TAG = "record"
NOTE_TYPE = "text/plain; charset=utf-8"
# A party sees what it wrote and what names it; the empty reader sees all.
_SEEN = (
    "(:reader = '' OR e.source = :reader OR EXISTS (SELECT 1 FROM flow_row f "
    "WHERE f.entry_seq = e.seq AND (f.from_party = :reader OR f.to_party = :reader)))"
)
_LIST = f"""
    SELECT e.seq, e.id, e.kind, e.source, e.received_us, e.media_type, e.supersedes, e.digest
    FROM entry e WHERE e.seq > :after AND (:id = '' OR e.id = :id) AND {_SEEN}
    ORDER BY e.seq LIMIT :limit
"""
_ONE = f"SELECT e.seq FROM entry e WHERE e.seq = :seq AND {_SEEN}"


class Envelope(Schema):
    """An entry without what it says. ``digest`` is the SHA-256 of its meaning, in hex."""

    seq: int
    id: str
    kind: str
    source: str
    received: str = Field(json_schema_extra={"format": "date-time"})
    media_type: str
    supersedes: str
    digest: str


class Entries(Schema):
    """A page of the log, in order."""

    entries: list[Envelope]
    next: str | None = None


class EntryAbout(Envelope):
    """One entry: ``payload`` as JSON where it is JSON; ``payload_base64`` the bytes as received."""

    outcome: Literal["accept"]
    superseded_by: int | None
    leaf_index: int
    payload: Any
    payload_base64: str


class CheckpointAbout(Schema):
    """A signed state of the log."""

    size: int
    root: str
    time: str = Field(json_schema_extra={"format": "date-time"})
    note: str


class Checkpoints(Schema):
    """Signed states of the log, newest first; ``vkey`` verifies them."""

    checkpoints: list[CheckpointAbout]
    vkey: str
    next: str | None = None


def add_record(interface: NinjaAPI) -> None:
    """Entries, one entry, its proof, and the checkpoints."""
    add_operation(
        interface, "/entries", list_entries,
        About("list_entries", TAG, Text("条目", "Entries"),
              Text("按序列出条目，after 之后的；一方只见自己写的和涉及自己的条目。",
                   "Entries after a number, in order; a party sees those it wrote or that name it.")),
        response=Entries,
    )  # fmt: skip
    add_operation(
        interface, "/entries/{int:seq}", read_entry,
        About("read_entry", TAG, Text("一个条目", "One entry"),
              Text("信封、内容与结果。", "Envelope, payload and outcome."), ("not-found",)),
        response=EntryAbout,
    )  # fmt: skip
    add_operation(
        interface, "/entries/{int:seq}/proof", read_proof,
        About("prove_entry", TAG, Text("条目的证明", "Proof of an entry"),
              Text("任何人可离线核验的证明文件：python -m lianshu.record.check。",
                   "A proof that anybody checks offline: python -m lianshu.record.check."),
              ("not-found",)),
        response=None, extra={"responses": {200: {"description": "OK", "content": {
            PROOF_MEDIA_TYPE: {"schema": {"type": "object", "required": ["format", "entry"]}}}}}},
    )  # fmt: skip
    add_operation(
        interface, "/checkpoint", read_checkpoint,
        About("read_checkpoint", TAG, Text("最新检查点", "Latest checkpoint"),
              Text("日志最新的签名状态（C2SP tlog-checkpoint）。",
                   "The latest signed state of the log (C2SP tlog-checkpoint)."), ("not-found",)),
        response=None, extra={"responses": {200: {"description": "OK", "content": {
            "text/plain": {"schema": {"type": "string"}}}}}},
    )  # fmt: skip
    add_operation(
        interface, "/checkpoints", list_checkpoints,
        About("list_checkpoints", TAG, Text("全部检查点", "Checkpoints"),
              Text("日志的全部签名状态，最新在前。", "Every signed state, newest first.")),
        response=Checkpoints,
    )  # fmt: skip


def list_entries(
    request: HttpRequest, after: After = 0, limit: PageSize = 100, id: QueryText = ""
) -> HttpResponse:
    """One page of envelopes."""
    scope = reading_scope(request)
    workspace = current_workspace()
    head = workspace.head().size
    etag = etag_of(request, head, scope)
    if (same := unchanged(request, etag)) is not None:
        return same
    binds = {"after": after, "limit": limit + 1, "id": id, "reader": scope.party}
    rows = workspace.store.query(_LIST, binds)
    entries = [
        {
            "seq": seq, "id": id_, "kind": kind, "source": source,
            "received": format_instant(received_us), "media_type": media_type,
            "supersedes": supersedes, "digest": bytes(digest).hex(),
        }
        for seq, id_, kind, source, received_us, media_type, supersedes, digest in rows[:limit]
    ]  # fmt: skip
    following = {"after": rows[limit - 1][0]} if len(rows) > limit else None
    body = {
        "entries": entries,
        "next": next_address(request, following) if following else None,
    }
    return json_answer(request, body, etag=etag, following=following)


def visible_entry(workspace: Workspace, seq: int, scope: Scope) -> Entry:
    """The entry, or the problem 404: to whoever may not see it, it is not there."""
    if workspace.store.query(_ONE, {"seq": seq, "reader": scope.party}):
        return workspace.entry(seq)
    raise not_found(Text(f"没有第 {seq} 条，或它不涉及您", f"there is no entry {seq} of yours"))


def read_entry(request: HttpRequest, seq: EntrySeq) -> HttpResponse:
    """One entry with what it says."""
    scope = reading_scope(request)
    workspace = current_workspace()
    entry = visible_entry(workspace, seq, scope)
    superseded = workspace.store.query(
        "SELECT by_seq FROM supersession WHERE entry_seq = :seq", {"seq": seq}
    )
    body = {
        "seq": entry.seq,
        "id": entry.id,
        "kind": entry.kind,
        "source": entry.source,
        "received": format_instant(entry.received_us),
        "media_type": entry.media_type,
        "supersedes": entry.supersedes,
        "digest": entry.digest.hex(),
        "outcome": "accept",
        "superseded_by": superseded[0][0] if superseded else None,
        "leaf_index": entry.seq - 1,
        "payload": json.loads(entry.payload) if entry.media_type == MEDIA_TYPE else None,
        "payload_base64": base64.b64encode(entry.payload).decode(),
    }
    return json_answer(request, body)


def read_proof(request: HttpRequest, seq: EntrySeq) -> HttpResponse:
    """The proof file of one entry against the latest checkpoint."""
    scope = reading_scope(request)
    workspace = current_workspace()
    visible_entry(workspace, seq, scope)
    response = text_answer(request, prove(workspace, seq), PROOF_MEDIA_TYPE)
    response["Content-Disposition"] = f'attachment; filename="proof-{seq}.json"'
    return response


def read_checkpoint(request: HttpRequest) -> HttpResponse:
    """The latest signed note; it says no more than how long the log is."""
    caller_of(request).allow(READ)
    head = current_workspace().head()
    if not head.note:
        raise not_found(Text("记录还没有条目", "the record has no entry yet"))
    return text_answer(request, head.note, NOTE_TYPE, etag=etag_of(request, head.size, Scope()))


def list_checkpoints(request: HttpRequest, after: After = 0, limit: PageSize = 100) -> HttpResponse:
    """Signed states, newest first; ``after`` is the size of the last one seen."""
    caller_of(request).allow(READ)
    workspace = current_workspace()
    rows = workspace.store.query(
        "SELECT size, root, time_us, note FROM checkpoint "
        "WHERE :after = 0 OR size < :after ORDER BY size DESC LIMIT :limit",
        {"after": after, "limit": limit + 1},
    )
    following = {"after": rows[limit - 1][0]} if len(rows) > limit else None
    body = {
        "checkpoints": [
            {"size": size, "root": bytes(root).hex(), "time": format_instant(time_us), "note": note}
            for size, root, time_us, note in rows[:limit]
        ],
        "vkey": workspace.key.vkey,
        "next": next_address(request, following) if following else None,
    }
    return json_answer(request, body, following=following)
