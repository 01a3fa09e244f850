"""Capturing over HTTP: one entry as JSON, or many as NDJSON; each is answered by itself."""

from __future__ import annotations

from collections import Counter
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Schema

from lianshu.api.answering import json_answer, language_of
from lianshu.api.authentication import caller_of
from lianshu.api.entries import TAG
from lianshu.api.models import CAPTURE
from lianshu.api.operation import About, add_operation
from lianshu.api.permitting import take
from lianshu.api.problem import Problem, refusal_json
from lianshu.app.serving import current_poster, current_workspace
from lianshu.capability.relation import Scope
from lianshu.exchange.entries import MAX_ENTRY_BYTES, read_entries
from lianshu.kernel.refusal import Refusal, Refused
from lianshu.kernel.text import Text
from lianshu.record.entry import MEDIA_TYPE, Draft
from lianshu.record.outcome import ACCEPT, CONFLICT, EXISTS, OUTCOMES, REJECT, Outcome

MOST_BYTES = 8 * 1024 * 1024
ONE = ("application/json", MEDIA_TYPE)
MANY = ("application/x-ndjson", "application/ndjson", "application/jsonl")


class RefusalAbout(Schema):
    """Why a field was not accepted."""

    field: str
    rule: str
    remedy: str
    code: str
    line: int


class OutcomeAbout(Schema):
    """The answer to one entry; ``seq`` is its place in the log, 0 if it has none."""

    line: int
    outcome: Literal["accept", "exists", "conflict", "reject"]
    seq: int
    reason: RefusalAbout | None


class Outcomes(Schema):
    """The answers to a batch, one for each line."""

    outcomes: list[OutcomeAbout]
    counts: dict[str, int]


_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            **{name: {"schema": {"$ref": "#/components/schemas/Entry"}} for name in ONE},
            MANY[0]: {"schema": {"type": "string", "description": "one entry a line"}},
        },
    }
}


def add_captures(interface: NinjaAPI) -> None:
    """``POST /entries``."""
    add_operation(
        interface,
        "/entries",
        capture_entries,
        About(
            "capture_entries",
            TAG,
            Text("写入条目", "Capture entries"),
            Text(
                "一个 JSON 条目答 201（写入）、200（已有）、409（编号冲突）或 422（拒绝）；"
                "NDJSON 逐行作答，状态为 200。供应商等一方只能以自己为 source，只能更正自己的条目。",
                "One JSON entry answers 201 (accepted), 200 (exists), 409 (the id stands for something "
                "else) or 422 (rejected); NDJSON answers each line, with status 200. A party writes "
                "with itself as source and corrects its own entries only.",
            ),
            ("bad-request", "conflict", "too-large", "unsupported-media-type"),
        ),
        method="POST",
        response={200: OutcomeAbout | Outcomes, 201: OutcomeAbout},
        extra=_BODY,
    )


def capture_entries(request: HttpRequest) -> HttpResponse:
    """Take one entry or a batch."""
    caller = caller_of(request)
    caller.allow(CAPTURE)
    scope = caller.scope()
    kind = _content_type(request)
    data = _limited_body(request)
    if kind in ONE:
        return _capture_one(request, data, scope)
    return _capture_many(request, data, scope)


def _content_type(request: HttpRequest) -> str:
    charset = (request.content_params or {}).get("charset", "utf-8").lower()
    if request.content_type in (*ONE, *MANY) and charset in ("utf-8", "utf8"):
        return request.content_type
    rule = Text("内容须为 UTF-8 的 JSON 或 NDJSON", "the content is JSON or NDJSON in UTF-8")
    remedy = Text(
        f"Content-Type 写 {ONE[0]} 或 {MANY[0]}", f"send Content-Type {ONE[0]} or {MANY[0]}"
    )
    refusal = Refusal("Content-Type", rule, remedy, code="content_type")
    raise Problem("unsupported-media-type", refusals=[refusal])


def _limited_body(request: HttpRequest) -> bytes:
    """The body, read no further than the limit. Raises ``Problem`` if it is empty or too large."""
    data: bytes = request.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        rule = Text("一次请求至多 8 MiB", "a request has at most 8 MiB")
        remedy = Text("分几次发送", "send it in several requests")
        raise Problem("too-large", refusals=[Refusal("body", rule, remedy, code="size")])
    if not data.strip():
        rule = Text("请求没有内容", "the request is empty")
        remedy = Text("发送一个条目", "send an entry")
        raise Problem("bad-request", refusals=[Refusal("body", rule, remedy, code="empty")])
    return data


def _capture_one(request: HttpRequest, data: bytes, scope: Scope) -> HttpResponse:
    if len(data) > MAX_ENTRY_BYTES:
        rule = Text("一条记录不得超过 1 MiB", "an entry has at most 1 MiB")
        remedy = Text(
            "拆成几条记录，大附件只存摘要", "split it; of large attachments keep the digest"
        )
        raise Problem("too-large", refusals=[Refusal("body", rule, remedy, code="entry_size")])
    outcome = take(current_workspace(), current_poster(), [Draft(1, data)], scope)[0]
    body = outcome_json(outcome, language_of(request))
    if outcome.outcome in (ACCEPT, EXISTS):
        response = json_answer(request, body, status=201 if outcome.outcome == ACCEPT else 200)
        response["Location"] = f"{request.path}/{outcome.seq}"
        return response
    assert outcome.reason is not None
    more = {name: body[name] for name in ("line", "outcome", "seq")}
    kind = "conflict" if outcome.outcome == CONFLICT else "refused"
    raise Problem(kind, refusals=[outcome.reason], more=more)


def _capture_many(request: HttpRequest, data: bytes, scope: Scope) -> HttpResponse:
    drafts = list(read_entries(data))
    whole = [one for one in drafts if isinstance(one, Refusal) and one.line == 0]
    if whole:
        raise Refused(whole)
    outcomes = take(current_workspace(), current_poster(), drafts, scope)
    counts = Counter(outcome.outcome for outcome in outcomes)
    language = language_of(request)
    body = {
        "outcomes": [outcome_json(outcome, language) for outcome in outcomes],
        "counts": {name: counts[name] for name in OUTCOMES},
    }
    return json_answer(request, body)


def outcome_json(outcome: Outcome, language: str) -> dict[str, Any]:
    """One outcome as JSON.

    >>> outcome_json(Outcome(1, "accept", 7), "en")
    {'line': 1, 'outcome': 'accept', 'seq': 7, 'reason': None}
    """
    assert outcome.outcome in (ACCEPT, EXISTS, CONFLICT, REJECT)
    return {
        "line": outcome.line,
        "outcome": outcome.outcome,
        "seq": outcome.seq,
        "reason": refusal_json(outcome.reason, language) if outcome.reason else None,
    }
