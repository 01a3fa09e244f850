"""The catalogue of readings, the page of each, and its downloads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_safe

from lianshu.app.result import Table as ReadTable
from lianshu.capability.registry import Capability, capabilities
from lianshu.kernel.refusal import Refused
from lianshu.site.access import SIGNED_IN, permit, role_of
from lianshu.site.components.address import same_page
from lianshu.site.components.blocks import Fact, QueryArea, QueryField
from lianshu.site.components.table import PAGE_SIZES, Action, Table, pager_from, sort_from
from lianshu.site.page import render_page
from lianshu.site.readings.asking import Question, query_area, question_of
from lianshu.site.readings.backing import backing
from lianshu.site.readings.calls import calls
from lianshu.site.readings.catalogue import area_title, areas, found
from lianshu.site.readings.cells import first_order, ordered, shown_columns, shown_rows
from lianshu.site.readings.drawing import drawings
from lianshu.site.readings.example import answer_table, flows_table, needs_table
from lianshu.site.readings.exporting import FORMS, csv_bytes, json_bytes
from lianshu.site.readings.naming import Things, known_things
from lianshu.site.record_view import RecordView, record_of
from lianshu.site.refusals import refusal_lines
from lianshu.site.roles import CHAIN_ROLES as CAPTURE_ROLES
from lianshu.site.texts import current_language, say, words_of
from lianshu.site.written import grouped


@permit(SIGNED_IN)
@require_safe
def catalogue(request: HttpRequest) -> HttpResponseBase:
    """Every reading there is, by area, with a search."""
    words, area = request.GET.get("q", ""), request.GET.get("area", "")
    every = list(capabilities().values())
    choices = [(name, area_title(name)) for name, _ in areas(every)]
    query = QueryArea(
        (
            QueryField("q", say("catalogue.words"), hint=say("catalogue.words_hint")),
            QueryField("area", say("catalogue.area"), "select", choices=choices),
        )
    )
    hits = found(every, words, area)
    return render_page(
        request,
        "lianshu/readings/catalogue.html",
        title=say("menu.readings"),
        lead=say("catalogue.lead", None, count=len(every)),
        query_area=query,
        count=len(hits),
        areas=[(area_title(name), members) for name, members in areas(hits)],
    )


@dataclass(frozen=True, slots=True)
class Answer:
    """A question with the record it was asked of and its table, or with why there is none."""

    question: Question
    record: RecordView | None
    table: ReadTable | None = None
    problems: tuple[str, ...] = ()


def capability_of(key: str) -> Capability:
    """The capability of an address; Http404 where there is none."""
    found_one = capabilities().get(key)
    if found_one is None:
        raise Http404(key)
    return found_one


def answer_of(request: HttpRequest, key: str) -> Answer:
    """Read what the address asks, within what this person may see."""
    question = question_of(capability_of(key), request.GET.dict())
    record = record_of(request)
    if record is None:
        return Answer(question, None, problems=(say("reading.no_record"),))
    try:
        table = question.run(record.workspace, record.scope)
    except Refused as refused:
        return Answer(question, record, problems=tuple(refusal_lines(refused)))
    return Answer(question, record, table)


@permit(SIGNED_IN)
@require_safe
def reading(request: HttpRequest, key: str) -> HttpResponseBase:
    """The page of one reading, made from its declaration and its table."""
    answer = answer_of(request, key)
    capability = answer.question.capability
    context: dict[str, Any] = {
        "facts": facts_of(capability),
        "query_area": query_area(capability),
        "problems": answer.problems,
        "withheld": withheld_words(answer.record),
        "calls": calls(answer.question, f"{request.scheme}://{request.get_host()}"),
        "example": (flows_table(capability), answer_table(capability)),
    }
    if answer.table is not None and answer.record is not None:
        context |= table_context(request, answer.question, answer.record, answer.table)
    return render_page(
        request,
        "lianshu/readings/reading.html",
        title=capability.title,
        lead=capability.meaning,
        crumbs=[(say("menu.readings"), reverse("readings")), (area_title(capability.area), "")],
        status=400 if answer.problems else 200,
        **context,
    )


def withheld_words(record: RecordView | None) -> str:
    """What to say to a person who sees a part of the record, or nothing of it; empty for one who sees all."""
    if record is None or record.sees_all:
        return ""
    return say("reading.sees_nothing" if record.sees_nothing else "reading.sees_own")


def facts_of(capability: Capability) -> list[Fact]:
    """What is declared of a reading."""
    titles = {column.name: column.title for column in capability.columns}
    grain = say("list.joint").join(words_of(titles[name]) for name in capability.grain)
    return [
        Fact(say("reading.key"), capability.key, "code"),
        Fact(say("reading.unit"), capability.unit),
        Fact(say("reading.reference"), capability.reference),
        Fact(say("reading.grain"), grain),
    ]


def table_context(
    request: HttpRequest, question: Question, record: RecordView, table: ReadTable
) -> dict[str, Any]:
    """What the page needs of a table: its charts, one page of rows, the drawer, what is missing."""
    columns = shown_columns(table.capability)
    sort, descending = sort_from(request, columns, default=first_order(table.capability))
    pager = pager_from(request, len(table.rows), PAGE_SIZES[0])
    rows = ordered(table, sort, descending=descending)[pager.start : pager.start + pager.size]
    things = record.kept("things", lambda: things_of(record, table), *question.identity)
    shown = Table(
        say("reading.table", None, count=grouped(len(table.rows)), seq=grouped(table.as_of)),
        columns,
        shown_rows(table, rows, things),
        sort=f"-{sort}" if descending else sort,
        pager=pager if len(table.rows) > PAGE_SIZES[0] else None,
        empty=say("reading.empty_narrowed" if question.narrowed else "reading.empty"),
        empty_hint=say("reading.empty_hint"),
        empty_actions=empty_actions(request, question),
        actions=downloads(request, table) if table.rows else (),
        numbered=True,
    )
    return {
        "table": shown,
        "drawings": record.kept(
            "drawings", lambda: drawings(table, things), *question.identity, current_language()
        ),
        "needs": None if table.rows else needs_table(table.capability, record.workspace),
        "drawer": backing(request, record, table, things),
    }


def things_of(record: RecordView, table: ReadTable) -> Things:
    """The things that the text cells of a table name."""
    texts = [n for n, column in enumerate(table.columns) if column.type == "text"]
    return known_things(record.workspace, {row[n] for row in table.rows for n in texts if row[n]})


def downloads(request: HttpRequest, table: ReadTable) -> list[Action]:
    """The links that give the whole table as a file."""
    query = same_page(request, page=None, size=None, sort=None, evidence=None, entries=None)
    return [
        Action(
            form.upper(),
            reverse("reading_download", args=[table.capability.key, form])
            + (query if query != "?" else ""),
            "document",
        )
        for form in FORMS
    ]


def empty_actions(request: HttpRequest, question: Question) -> list[Action]:
    """What to do where there are no rows."""
    actions = []
    if question.narrowed:
        actions.append(Action(say("reading.whole"), request.path, primary=True))
    if role_of(request) in CAPTURE_ROLES:
        actions.append(Action(say("menu.imports"), reverse("imports"), "upload"))
    return actions


@permit(SIGNED_IN)
@require_safe
def download(request: HttpRequest, key: str, form: str) -> HttpResponseBase:
    """The whole table as a file; the same question gives the same bytes."""
    if form not in FORMS:
        raise Http404(form)
    answer = answer_of(request, key)
    if answer.table is None:
        lines = "\n".join(answer.problems)
        return HttpResponse(lines, content_type="text/plain; charset=utf-8", status=400)
    data = csv_bytes(answer.table) if form == "csv" else json_bytes(answer.table)
    response = HttpResponse(data, content_type=FORMS[form])
    name = f"{key}-{answer.table.as_of}.{form}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
