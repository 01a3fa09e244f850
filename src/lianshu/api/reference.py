"""Reference: the words, actions and tables of the record, the named checks, and who one is."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import NinjaAPI, Path, Query, Schema

from lianshu.api.answering import etag_of, json_answer, language_of, unchanged
from lianshu.api.authentication import caller_of, reading_scope
from lianshu.api.operation import About, add_operation
from lianshu.api.parameters import AsOfText
from lianshu.api.readings import ReadingScope
from lianshu.api.tokens import live_tokens
from lianshu.api.visibility import SEE_ALL, parties_of
from lianshu.app.checking import check
from lianshu.app.serving import current_workspace
from lianshu.flow.action import actions
from lianshu.flow.glossary import glossary
from lianshu.flow.table import table
from lianshu.kernel.refusal import Refused
from lianshu.kernel.text import Text

TAG = "reference"
MOST_FINDINGS = 1_000
TableName = Literal["flow", "party", "place", "item", "lot", "recipe", "lane", "resource", "alias"]
CheckName = Annotated[
    str, Query("", max_length=100, description="只做这一项检查 / only this check")
]


class Term(Schema):
    """A word of the field with one meaning, in both languages."""

    zh: str
    en: str
    meaning_zh: str
    meaning_en: str
    source: str


class Glossary(Schema):
    """The words of the product in both languages."""

    terms: list[Term]


class ActionAbout(Schema):
    """What an action does to stock and ownership at both ends, and to accounts."""

    action: str
    stream: str
    onhand_from: int
    onhand_to: int
    owner_from: int
    owner_to: int
    account: str
    lineage: str
    title: str
    meaning: str
    source: str


class Actions(Schema):
    """Every action."""

    actions: list[ActionAbout]


class SchemaColumn(Schema):
    """A column of a table of the record."""

    name: str
    type: str
    unit: str
    required: bool
    title: str
    meaning: str
    source: str


class SchemaTable(Schema):
    """A table of the record."""

    table: str
    columns: list[SchemaColumn]


class FindingAbout(Schema):
    """A breach of a named check: what it is about, and the entries that show it."""

    check: str
    severity: str
    subject: str
    message: str
    entries: list[int]


class Findings(Schema):
    """Findings by severity; ``counts`` has all of them, ``findings`` at most a thousand."""

    as_of: int
    scope: ReadingScope
    counts: dict[str, int]
    withheld: list[str]
    findings: list[FindingAbout]


class TokenAbout(Schema):
    """A token, without its secret."""

    prefix: str
    name: str
    scopes: list[str]
    created: str
    expires: str
    last_used: str | None


class Me(Schema):
    """Who the caller is, and what the credential allows. ``party`` is null where nothing is read."""

    username: str
    name: str
    role: str
    by: Literal["token", "session"]
    scopes: list[str]
    parties: list[str]
    reads: Literal["all", "own", "nothing"]
    tokens: list[TokenAbout]


def add_reference(interface: NinjaAPI) -> None:
    """Checks, glossary, actions, schema and the caller."""
    add_operation(
        interface, "/checks", list_findings,
        About("list_findings", TAG, Text("数据质量检查", "Data-quality checks"),
              Text("按名检查的结果，每项可打开到条目。", "Findings of the named checks, with their entries.")),
        response=Findings,
    )  # fmt: skip
    add_operation(
        interface, "/glossary", list_terms,
        About("list_terms", TAG, Text("词汇表", "Glossary"),
              Text("记录所用的词，中英对照。", "The words of the record, in both languages.")),
        response=Glossary,
    )  # fmt: skip
    add_operation(
        interface, "/actions", list_actions,
        About("list_actions", TAG, Text("动作", "Actions"),
              Text("每个动作对库存、所有权和账目的作用。",
                   "What each action does to stock, ownership and accounts.")),
        response=Actions,
    )  # fmt: skip
    add_operation(
        interface, "/schema/{table}", read_schema,
        About("read_schema", TAG, Text("表结构", "Schema of a table"),
              Text("记录中一张表的各列。", "The columns of a table of the record.")),
        response=SchemaTable,
    )  # fmt: skip
    add_operation(
        interface, "/me", read_me,
        About("read_me", TAG, Text("我是谁", "Who I am"),
              Text("账号、角色、主体与此凭证的权限。",
                   "Account, role, parties, and what the credential allows.")),
        response=Me,
    )  # fmt: skip


def list_findings(request: HttpRequest, only: CheckName = "", as_of: AsOfText = "") -> HttpResponse:
    """Run the checks in the caller's scope."""
    scope = reading_scope(request)
    workspace = current_workspace()
    seq = workspace.as_of_seq(as_of)
    etag = etag_of(request, seq, scope)
    if (same := unchanged(request, etag)) is not None:
        return same
    report = check(workspace, only=[only] if only else [], as_of=seq, scope=scope)
    language = language_of(request)
    body = {
        "as_of": report.as_of,
        "scope": {"party": scope.party},
        "counts": report.counts,
        "withheld": report.withheld,
        "findings": [
            {
                "check": one.check,
                "severity": one.severity,
                "subject": one.subject,
                "message": one.message.in_language(language),
                "entries": list(one.entry_seqs),
            }
            for one in report.findings[:MOST_FINDINGS]
        ],
    }
    return json_answer(request, body, etag=etag)


def list_terms(request: HttpRequest) -> HttpResponse:
    """Every word of the glossary, in both languages whichever is asked for."""
    terms = [
        {
            "zh": one.name.zh,
            "en": one.name.en,
            "meaning_zh": one.meaning.zh,
            "meaning_en": one.meaning.en,
            "source": one.source,
        }
        for one in glossary().values()
    ]
    return json_answer(request, {"terms": terms})


def list_actions(request: HttpRequest) -> HttpResponse:
    """Every action and its effects."""
    language = language_of(request)
    rows = [
        {
            "action": one.name,
            "stream": one.stream,
            "onhand_from": one.onhand_from,
            "onhand_to": one.onhand_to,
            "owner_from": one.owner_from,
            "owner_to": one.owner_to,
            "account": one.account,
            "lineage": one.lineage,
            "title": one.title.in_language(language),
            "meaning": Text(one.meaning_zh, one.meaning).in_language(language),
            "source": one.source,
        }
        for one in actions().values()
    ]
    return json_answer(request, {"actions": rows})


def read_schema(request: HttpRequest, table: Annotated[TableName, Path(...)]) -> HttpResponse:
    """The columns of one table, as they stand on the wire."""
    return json_answer(request, schema_json(table, language_of(request)))


def schema_json(name: str, language: str) -> dict[str, Any]:
    """A table's columns as JSON.

    >>> schema_json("party", "en")["columns"][0]["name"]
    'id'
    """
    columns = [
        {
            "name": column.name,
            "type": column.type,
            "unit": column.unit,
            "required": column.required,
            "title": column.title.in_language(language),
            "meaning": Text(column.meaning_zh, column.meaning).in_language(language),
            "source": column.source,
        }
        for column in table(name).columns
    ]
    return {"table": name, "columns": columns}


def read_me(request: HttpRequest) -> HttpResponse:
    """The caller's account and what this credential allows."""
    caller = caller_of(request)
    user = caller.user
    try:
        reads = "own" if caller.scope().party else "all"
    except Refused:
        reads = "nothing"
    body = {
        "username": user.username,
        "name": user.name,
        "role": user.role,
        "by": caller.by,
        "scopes": list(caller.scopes),
        "parties": [] if user.role in SEE_ALL else parties_of(user),
        "reads": reads,
        "tokens": [
            {
                "prefix": token.prefix,
                "name": token.name,
                "scopes": token.scopes.split(),
                "created": token.created.isoformat(),
                "expires": token.expires.isoformat(),
                "last_used": token.last_used and token.last_used.isoformat(),
            }
            for token in live_tokens(user, timezone.now())
        ],
    }
    return json_answer(request, body)
