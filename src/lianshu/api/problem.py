"""Problems: every refusal of the interface as ``application/problem+json``, never a traceback.

Source: RFC 9457. ``type`` is an address on this server where the problem is explained; ``refusals``
names each field, the rule that it breaks and the remedy, in the language of ``Accept-Language``.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from lianshu.api.language import accepted_language
from lianshu.kernel.refusal import Refusal, Refused
from lianshu.kernel.text import Text

MEDIA_TYPE = "application/problem+json"
DOCS = "/api/v1/docs"
LOG = logging.getLogger("django.request")


@dataclass(frozen=True, slots=True)
class Kind:
    """A sort of problem: its HTTP status and what it is called."""

    status: int
    title: Text


KINDS: dict[str, Kind] = {
    "bad-request": Kind(400, Text("请求无法理解", "The request cannot be understood")),
    "unauthorized": Kind(401, Text("需要登录或访问令牌", "Sign in or give an access token")),
    "forbidden": Kind(403, Text("无权访问", "Not allowed")),
    "not-found": Kind(404, Text("没有此内容", "There is nothing here")),
    "method-not-allowed": Kind(405, Text("不支持此方法", "The method is not supported")),
    "conflict": Kind(409, Text("编号已用于别的内容", "The id stands for something else")),
    "too-large": Kind(413, Text("请求过大", "The request is too large")),
    "unsupported-media-type": Kind(415, Text("不支持此格式", "The format is not supported")),
    "refused": Kind(422, Text("内容不合规则", "The content breaks a rule")),
    "error": Kind(500, Text("服务器出错", "The server failed")),
    "unavailable": Kind(503, Text("暂时无法服务", "Not available just now")),
}


class Problem(Exception):
    """Raised where an operation ends in a problem of ``kind``, a key of ``KINDS``.

    ``more`` are further members of the answer.
    """

    def __init__(
        self,
        kind: str,
        detail: Text | None = None,
        refusals: Sequence[Refusal] = (),
        more: Mapping[str, Any] | None = None,
    ) -> None:
        self.kind = kind
        self.detail = detail
        self.refusals = tuple(refusals)
        self.more = dict(more or {})
        super().__init__(kind)


def not_found(what: Text) -> Problem:
    """The problem of asking for what is not there, or may not be seen: the two look alike."""
    return Problem("not-found", what)


def refusal_json(refusal: Refusal, language: str) -> dict[str, Any]:
    """One refusal as JSON, in one language.

    >>> refusal_json(Refusal("qty", Text("不得为负", "not negative"), Text("删", "drop"), 3, "n"), "en")
    {'field': 'qty', 'rule': 'not negative', 'remedy': 'drop', 'code': 'n', 'line': 3}
    """
    return {
        "field": refusal.field,
        "rule": refusal.rule.in_language(language),
        "remedy": refusal.remedy.in_language(language),
        "code": refusal.code,
        "line": refusal.line,
    }


def problem_response(request: HttpRequest, problem: Problem) -> HttpResponse:
    """The answer that a problem gives."""
    kind = KINDS[problem.kind]
    language = accepted_language(request.headers.get("Accept-Language", ""))
    detail = problem.detail.in_language(language) if problem.detail else ""
    if not detail and problem.refusals:
        detail = problem.refusals[0].sentence(language)
    body = {
        "type": f"{DOCS}#problem-{problem.kind}",
        "title": kind.title.in_language(language),
        "status": kind.status,
        "detail": detail or kind.title.in_language(language),
        "refusals": [refusal_json(one, language) for one in problem.refusals],
        **problem.more,
    }
    response = HttpResponse(msgspec.json.encode(body), status=kind.status, content_type=MEDIA_TYPE)
    response["Content-Language"] = "en" if language == "en" else "zh-Hans"
    response["Cache-Control"] = "private, no-store"
    response["Vary"] = "Accept-Language, Authorization, Cookie"
    if kind.status == 503:
        response["Retry-After"] = "1"
    if kind.status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="lianshu"'
    return response


def _of_refused(refused: Refused) -> Problem:
    codes = {refusal.code for refusal in refused.refusals}
    if codes & {"visibility"}:
        return Problem("forbidden", refusals=refused.refusals)
    if codes & {"workspace", "busy", "closed"}:
        return Problem("unavailable", refusals=refused.refusals)
    return Problem("refused", refusals=refused.refusals)


def _of_validation(error: ValidationError) -> Problem:
    """Findings of pydantic about parameters as refusals; its English is the detail of the rule."""
    remedy = Text("见接口文档的参数说明", "see the parameter in the interface's documentation")
    refusals = [
        Refusal(
            ".".join(str(part) for part in one["loc"][1:]) or str(one["loc"][0]),
            Text(f"取值不合要求（{one['msg']}）", str(one["msg"])),
            remedy,
            code="parameter",
        )
        for one in error.errors
    ]
    return Problem("refused", refusals=refusals)


def _of_http(error: HttpError) -> Problem:
    kinds = {kind.status: name for name, kind in KINDS.items()}
    if error.status_code == 403 and "CSRF" in error.message:
        rule = Text("登录会话的写请求须带 CSRF 令牌", "a write by session carries the CSRF token")
        remedy = Text(
            "加 X-CSRFToken 头，或改用访问令牌", "send X-CSRFToken, or use an access token"
        )
        return Problem("forbidden", refusals=[Refusal("X-CSRFToken", rule, remedy, code="csrf")])
    return Problem(kinds.get(error.status_code, "bad-request"))


def problem_of(error: Exception) -> Problem:
    """What kind of problem an exception is; one that nobody foresaw is logged and says nothing."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, Refused):
        return _of_refused(error)
    if isinstance(error, ValidationError):
        return _of_validation(error)
    if isinstance(error, AuthenticationError):
        return Problem("unauthorized")
    if isinstance(error, HttpError):
        return _of_http(error)
    if isinstance(error, Http404):
        return Problem("not-found")
    LOG.error("the interface failed", exc_info=error)
    return Problem("error")


def handle_problems(interface: NinjaAPI) -> None:
    """Answer every exception of an operation as a problem."""

    def answer(request: HttpRequest, error: Any) -> HttpResponse:
        return problem_response(request, problem_of(error))

    # ninja looks for the nearest class, and brings handlers of its own for some.
    for kind in (Exception, Http404, HttpError, ValidationError, AuthenticationError):
        interface.add_exception_handler(kind, answer)
