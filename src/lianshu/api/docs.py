"""The reference page of the interface: drawn by the server from the OpenAPI document, no script."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.utils.translation import get_language

from lianshu import __version__
from lianshu.api.interface import openapi_document
from lianshu.api.problem import KINDS, Problem, problem_response
from lianshu.kernel.text import Text

STYLE = "lianshu_api/docs.css"
TAGS = {
    "readings": Text("读取", "Readings"),
    "record": Text("记录", "The record"),
    "flows": Text("流与主数据", "Flows and things"),
    "reference": Text("参考", "Reference"),
}


@dataclass(frozen=True, slots=True)
class ShownParameter:
    """One parameter of an operation as the page shows it."""

    name: str
    place: str
    type: str
    meaning: Text
    default: str


@dataclass(frozen=True, slots=True)
class ShownOperation:
    """One operation as the page shows it."""

    anchor: str
    method: str
    path: str
    title: Text
    meaning: Text
    parameters: tuple[ShownParameter, ...]
    columns: tuple[ShownParameter, ...]
    statuses: str


def docs_page(request: HttpRequest) -> HttpResponse:
    """The page; open to everybody, as it describes the program and nothing of the record."""
    if request.method != "GET":
        response = problem_response(request, Problem("method-not-allowed"))
        response["Allow"] = "GET, HEAD"
        return response
    groups = [
        (tag, TAGS.get(tag, Text(tag, tag)), operations)
        for tag, operations in shown_operations().items()
    ]
    context = {
        "title": _say("程序接口", "Interface for programs"),
        "lead": _say(
            "每项能力一个地址；凭访问令牌或登录会话使用。",
            "One address for each reading; used with an access token or a signed-in session.",
        ),
        "groups": groups,
        "problems": [(name, kind.status, kind.title) for name, kind in KINDS.items()],
        "host": f"{request.scheme}://{request.get_host()}",
        "words": WORDS,
        "stylesheet": f"{static(STYLE)}?v={__version__}",
    }
    return render(request, "lianshu_api/docs.html", context)


WORDS = {
    "start": Text("开始", "Start"),
    "token": Text(
        "在服务器上为账号建立令牌（只显示一次），再随每个请求发送：",
        "Make a token for an account on the server (it is shown once) and send it with each request:",
    ),
    "document": Text("OpenAPI 文档", "OpenAPI document"),
    "contents": Text("目录", "Contents"),
    "parameter": Text("参数", "Parameter"),
    "place": Text("位置", "In"),
    "type": Text("类型", "Type"),
    "meaning": Text("含义", "Meaning"),
    "default": Text("缺省", "Default"),
    "columns": Text("列", "Columns"),
    "column": Text("列", "Column"),
    "statuses": Text("状态码", "Status codes"),
    "problems": Text("错误", "Problems"),
    "problems_lead": Text(
        "错误以 application/problem+json 作答（RFC 9457），refusals 列出字段、规则与补救。",
        "Errors are application/problem+json (RFC 9457); refusals name field, rule and remedy.",
    ),
    "problem": Text("错误", "Problem"),
    "status": Text("状态码", "Status"),
}


def _say(zh: str, en: str) -> str:
    return Text(zh, en).in_language(get_language() or "zh")


def shown_operations() -> dict[str, list[ShownOperation]]:
    """Every operation of the OpenAPI document by its tag."""
    document = openapi_document()
    groups: dict[str, list[ShownOperation]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            shown = _shown(document, path, method, operation)
            groups.setdefault(operation["tags"][0], []).append(shown)
    return groups


def _shown(document: Any, path: str, method: str, operation: Any) -> ShownOperation:
    return ShownOperation(
        anchor=operation["operationId"],
        method=method.upper(),
        path=path,
        title=_both(operation["summary"], " / "),
        meaning=_both(operation["description"], "\n\n"),
        parameters=tuple(_parameter(one) for one in operation["parameters"]),
        columns=_columns(document, operation),
        statuses=", ".join(str(status) for status in sorted(operation["responses"], key=int)),
    )


def _both(text: str, mark: str) -> Text:
    """What was written as one string in both languages, taken apart.

    >>> _both("库存 / Stock", " / "), _both("only", " / ")
    (Text(zh='库存', en='Stock'), Text(zh='only', en='only'))
    """
    zh, found, en = text.partition(mark)
    return Text(zh, en if found else zh)


def _parameter(one: Any) -> ShownParameter:
    schema = one["schema"]
    return ShownParameter(
        name=one["name"],
        place=one["in"],
        type=_type(schema),
        meaning=_both(one.get("description", ""), " / "),
        default=_default(schema.get("default")),
    )


def _default(value: Any) -> str:
    """A default as JSON writes it; nothing where there is none.

    >>> _default(False), _default(""), _default("KGM"), _default(None)
    ('false', '', 'KGM', '')
    """
    return str(value).lower() if isinstance(value, bool) else str("" if value is None else value)


def _columns(document: Any, operation: Any) -> tuple[ShownParameter, ...]:
    """The columns of a reading's rows; nothing for other operations."""
    answer = operation["responses"].get(200, {}).get("content", {}).get("application/json", {})
    name = answer.get("schema", {}).get("$ref", "").rpartition("/")[2]
    rows = document["components"]["schemas"].get(name, {}).get("properties", {}).get("rows", {})
    cells = rows.get("items", {}).get("prefixItems", [])
    return tuple(
        ShownParameter(cell["title"], "", _type(cell), _both(cell["description"], " / "), "")
        for cell in cells
    )


def _type(schema: Any) -> str:
    """A JSON schema's type in a word or two.

    >>> _type({"type": "string", "format": "date-time"}), _type({"enum": ["a", "b"], "type": "string"})
    ('date-time', 'a | b')
    """
    if "enum" in schema:
        return " | ".join(str(value) or '""' for value in schema["enum"])
    if "anyOf" in schema:
        return " | ".join(dict.fromkeys(_type(one) for one in schema["anyOf"]))
    if re.search(r"\[0-9\]\+\(", schema.get("pattern", "")):
        return "decimal"
    return str(schema.get("format", schema.get("type", "")))
