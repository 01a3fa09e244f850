"""The addresses under ``/api/``. What is not one of them is a problem too, not a page."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import path, re_path
from django.views.decorators.csrf import csrf_exempt

from lianshu.api.answering import JSON
from lianshu.api.docs import docs_page
from lianshu.api.interface import interface, openapi_document
from lianshu.api.problem import Problem, problem_of, problem_response

app_name = "api"
View = Callable[..., HttpResponseBase]


def guarded(view: View) -> View:
    """``view`` that answers every exception and every wrong method as a problem.

    HEAD is answered as GET without the content (RFC 9110 §9.3.2).
    """

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        head = request.method == "HEAD"
        if head:
            request.method = "GET"
        try:
            response = view(request, *args, **kwargs)
        except Exception as error:  # noqa: BLE001 - whatever it is, a program gets no page
            response = problem_response(request, problem_of(error))
        if response.status_code == 405:
            allowed = response.headers.get("Allow", "")
            response = problem_response(request, Problem("method-not-allowed"))
            response["Allow"] = allowed
        if head:
            request.method = "HEAD"
            length = len(getattr(response, "content", b""))
            response.content = b""
            response["Content-Length"] = str(length)
        return response

    return csrf_exempt(answer)  # the operations check it themselves, for sessions


def unknown(request: HttpRequest, **_: str) -> HttpResponse:
    """The problem of an address that is not there."""
    return problem_response(request, Problem("not-found"))


def openapi_json(request: HttpRequest) -> HttpResponse:
    """The OpenAPI document; it describes the program and nothing of the record."""
    if request.method != "GET":
        response = problem_response(request, Problem("method-not-allowed"))
        response["Allow"] = "GET, HEAD"
        return response
    response = HttpResponse(msgspec.json.encode(openapi_document()), content_type=JSON)
    response["Cache-Control"] = "no-cache"
    return response


operations, _, _ = interface().urls
urlpatterns = [
    path("v1/openapi.json", guarded(openapi_json), name="openapi"),
    path("v1/docs", guarded(docs_page), name="docs"),
    *(
        path(f"v1/{_route}", guarded(_one.callback), name=_one.name)
        for _one in operations
        if (_route := str(_one.pattern))
    ),
    re_path(r"^(?P<rest>[\s\S]*)\Z", guarded(unknown), name="unknown"),
]
