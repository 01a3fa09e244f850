"""Operations: how a function becomes an endpoint with its OpenAPI entry.

Every operation asks for a credential, refuses a query parameter that it does not have (a name
misspelt must not give a wrong answer silently), and documents its problems.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI

from lianshu.api.authentication import SessionAuth, TokenAuth
from lianshu.api.problem import KINDS, MEDIA_TYPE, Problem
from lianshu.kernel.refusal import Refusal
from lianshu.kernel.text import Text

View = Callable[..., HttpResponse]
AUTH = (TokenAuth(), SessionAuth())
ALWAYS = ("unauthorized", "forbidden", "refused", "error")


@dataclass(frozen=True, slots=True)
class About:
    """What the documentation says of an operation: its name there, title and meaning."""

    operation_id: str
    tag: str
    title: Text
    meaning: Text
    problems: tuple[str, ...] = ()


def add_operation(
    interface: NinjaAPI,
    path: str,
    view: View,
    about: About,
    *,
    response: Any,
    method: str = "GET",
    extra: Mapping[str, Any] | None = None,
) -> None:
    """Put ``view`` at ``path``; ``response`` is the model of its answer, ``extra`` more OpenAPI."""
    interface.default_router.add_api_operation(
        path,
        [method],
        _checked(view),
        auth=list(AUTH),
        response=response,
        operation_id=about.operation_id,
        summary=f"{about.title.zh} / {about.title.en}",
        description=f"{about.meaning.zh}\n\n{about.meaning.en}",
        tags=[about.tag],
        url_name=about.operation_id,
        openapi_extra=_with_problems(dict(extra or {}), (*ALWAYS, *about.problems)),
    )


def _with_problems(extra: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    problem = {"content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
    responses = {
        KINDS[name].status: {"description": KINDS[name].title.en, **problem}
        for name in dict.fromkeys(names)
    }
    return {**extra, "responses": {**responses, **extra.get("responses", {})}}


def _checked(view: View) -> View:
    """``view`` behind the checks of every operation, with a signature that ninja can read."""
    signature = inspect.signature(view, eval_str=True)
    known = set(query_names(signature))

    @functools.wraps(view)
    def checked(request: HttpRequest, **values: Any) -> HttpResponse:
        refuse_unknown(request, known)
        if any("\0" in value for value in values.values() if isinstance(value, str)):
            raise _bad_parameter("path", Text("不得含 NUL 字符", "it holds no character NUL"))
        return view(request, **values)

    checked.__signature__ = signature  # type: ignore[attr-defined]
    return checked


def query_names(signature: inspect.Signature) -> list[str]:
    """Names that may stand in the query: of parameters, and of the fields of a parameter model."""
    names: list[str] = []
    for name, parameter in signature.parameters.items():
        if name == "request":
            continue
        models = [parameter.annotation, *getattr(parameter.annotation, "__args__", ())]
        fields = next((m.model_fields for m in models if hasattr(m, "model_fields")), None)
        names += [name] if fields is None else [f.alias or n for n, f in fields.items()]
    return names


def refuse_unknown(request: HttpRequest, known: set[str]) -> None:
    """Raises ``Problem`` for a query parameter that is not known, or holds the character NUL."""
    for name in request.GET:
        if name not in known:
            names = "、".join(sorted(known)) or "-"
            raise _bad_parameter(
                name,
                Text("没有这个参数", "there is no such parameter"),
                Text(f"可用：{names}", f"use one of: {names.replace('、', ', ')}"),
            )
        if any("\0" in value for value in request.GET.getlist(name)):
            raise _bad_parameter(name, Text("不得含 NUL 字符", "it holds no character NUL"))


def _bad_parameter(name: str, rule: Text, remedy: Text | None = None) -> Problem:
    advice = remedy or Text("删去该字符", "remove it")
    return Problem("refused", refusals=[Refusal(name, rule, advice, code="parameter")])
