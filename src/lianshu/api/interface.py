"""The interface ``/api/v1``, assembled: every operation, and the OpenAPI document made from them."""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec
from ninja import NinjaAPI, Schema

from lianshu import __version__
from lianshu.api.captures import RefusalAbout, add_captures
from lianshu.api.entries import add_record
from lianshu.api.flows import add_flows
from lianshu.api.problem import handle_problems
from lianshu.api.readings import add_readings
from lianshu.api.reference import add_reference
from lianshu.flow.action import MOODS, actions
from lianshu.flow.table import projections, table
from lianshu.flow.wire import WireEntry

PREFIX = "api/v1/"
REF = "#/components/schemas/{name}"
DESCRIPTION = """链枢的程序接口。数量与金额为十进制文本；时间为 ISO 8601（UTC）。凭证：`Authorization: Bearer lsk_…`
（在个人页或用 `lianshu token` 建立），或网站的登录会话（写请求另带 CSRF 令牌）。错误按 RFC 9457。

Lianshu for programs. Quantities and money are decimal text; times are ISO 8601 in UTC. Credentials:
`Authorization: Bearer lsk_…` (made on the profile page or by `lianshu token`), or the site's session (a
write needs the CSRF token as well). Errors are RFC 9457 problems."""


class Problem(Schema):
    """A refusal (RFC 9457): each field, the rule that it breaks, and the remedy."""

    type: str
    title: str
    status: int
    detail: str
    refusals: list[RefusalAbout]


def make_interface() -> NinjaAPI:
    """All operations of ``/api/v1``, those of installed capabilities included."""
    interface = NinjaAPI(
        title="Lianshu 链枢",
        version=__version__,
        description=DESCRIPTION,
        urls_namespace="v1",
        openapi_url=None,
        docs_url=None,
    )
    handle_problems(interface)
    for add in (add_readings, add_record, add_captures, add_flows, add_reference):
        add(interface)
    return interface


@cache
def interface() -> NinjaAPI:
    """The interface of this process; made once, as ninja asks."""
    return make_interface()


@cache
def openapi_document() -> dict[str, Any]:
    """The OpenAPI 3.1 document of the interface."""
    document: dict[str, Any] = dict(interface().get_openapi_schema(path_prefix=PREFIX))
    schemas = document["components"]["schemas"]
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(problem.pop("$defs", {}))
    schemas["Problem"] = problem
    (_,), wire = msgspec.json.schema_components([WireEntry], ref_template=REF)
    clash = wire.keys() & schemas.keys()
    assert not clash, f"two schemas are called {clash}"
    schemas.update(_with_words(wire))
    schemas["Entry"] = {"$ref": REF.format(name="WireEntry")}
    return document


def _with_words(wire: dict[str, Any]) -> dict[str, Any]:
    """The wire's schemas with what the record's own schema says: terms, forms, titles, meanings."""
    for name in projections():
        properties = wire[name.capitalize()]["properties"]
        for column in table(name).columns:
            shown = properties[column.name]
            shown["title"] = f"{column.title.zh} / {column.title.en}"
            shown["description"] = f"{column.meaning_zh} / {column.meaning}"
            if column.type == "mood":
                shown["enum"] = list(MOODS)
            elif column.type == "action":
                shown["enum"] = list(actions())
            elif column.type == "time":
                shown["anyOf"][0] |= {"format": "date-time"} if column.required else {}
    quantity = wire["Flow"]["properties"]["qty"]["anyOf"]
    quantity[0]["pattern"] = r"^[0-9]{1,20}(\.[0-9]{1,18})?$"
    quantity[1]["minimum"] = 0
    return wire
