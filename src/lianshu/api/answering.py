"""Answering: JSON with the headers that let a program keep and continue an answer.

The record only grows, so an answer is a function of the entry number that it was read at; its ETag
says that number, who reads, and this program's version.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import msgspec
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response

from lianshu import __version__
from lianshu.api.language import accepted_language
from lianshu.capability.relation import Scope

JSON = "application/json"
MOST_ROWS = 10_000


def language_of(request: HttpRequest) -> str:
    """``zh`` or ``en``, as ``Accept-Language`` asks."""
    return accepted_language(request.headers.get("Accept-Language", ""))


def etag_of(request: HttpRequest, seq: int, scope: Scope) -> str:
    """The weak ETag of what ``scope`` reads at entry ``seq`` in the request's language."""
    reader = f"{__version__} {scope.party} {language_of(request)}"
    return f'W/"seq-{seq}-{hashlib.sha256(reader.encode()).hexdigest()[:12]}"'


def unchanged(request: HttpRequest, etag: str) -> HttpResponse | None:
    """The answer 304 where the caller has this version already; ask before doing the work."""
    response = get_conditional_response(request, etag=etag)
    if response is None or response.status_code != 304:
        return None
    return _with_headers(request, response, etag)


def json_answer(
    request: HttpRequest,
    body: Any,
    *,
    etag: str = "",
    following: Mapping[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    """``body`` as JSON. ``following`` are the query parameters of the next page, if there is one."""
    response = HttpResponse(msgspec.json.encode(body), status=status, content_type=JSON)
    if following is not None:
        response["Link"] = f'<{next_address(request, following)}>; rel="next"'
    return _with_headers(request, response, etag)


def text_answer(
    request: HttpRequest, text: str, content_type: str, *, etag: str = ""
) -> HttpResponse:
    """Text of another media type with the same headers."""
    response = HttpResponse(text.encode(), content_type=content_type)
    return _with_headers(request, response, etag)


def next_address(request: HttpRequest, following: Mapping[str, Any]) -> str:
    """The address of this request with some query parameters changed."""
    query = {**request.GET.dict(), **{name: str(value) for name, value in following.items()}}
    return f"{request.path}?{urlencode(query)}"


def _with_headers(request: HttpRequest, response: HttpResponse, etag: str) -> HttpResponse:
    response["Cache-Control"] = "private, no-cache" if etag else "private, no-store"
    response["Vary"] = "Accept-Language, Authorization, Cookie"
    response["Content-Language"] = "en" if language_of(request) == "en" else "zh-Hans"
    if etag:
        response["ETag"] = etag
    return response
