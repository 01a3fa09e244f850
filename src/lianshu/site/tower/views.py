"""Which first page each role gets, and what its template needs."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from lianshu.site.access import role_of
from lianshu.site.record_view import RecordView, record_of
from lianshu.site.roles import Role
from lianshu.site.texts import current_language, say
from lianshu.site.tower.evidence import tower_evidence
from lianshu.site.tower.home import (
    grain_links,
    lead,
    settled,
    span_of,
    step_links,
    tower_context,
    tower_page,
)
from lianshu.site.tower.own import own_indicators, own_table, receivables
from lianshu.site.views.account import who_facts
from lianshu.site.written import grouped

Page = tuple[str, dict[str, Any]]


def home_page(request: HttpRequest) -> Page:
    """The template of the first page of whoever is signed in, and its context."""
    view = record_of(request)
    if view is None or not view.head.size:
        return _guest(request, "scope.no_record")
    if view.sees_nothing:
        return _guest(request, "scope.no_grant")
    if view.sees_all:
        return _tower(request, view)
    if role_of(request) is Role.BANK:
        return _bank(view)
    return _own(request, view)


def _guest(request: HttpRequest, reason: str) -> Page:
    context = {
        "title": say("home.title"),
        "lead": say("home.lead"),
        "who": who_facts(request),
        "reason_title": say(f"{reason}_title"),
        "reason": say(reason),
        "steps": [say(f"{reason}_step_{n}") for n in (1, 2, 3)],
    }
    return "lianshu/tower/guest.html", context


def _tower(request: HttpRequest, view: RecordView) -> Page:
    waiting, view = view.head.size, settled(view)
    waiting -= view.head.size
    span = span_of(view, request.GET.dict())
    if span is None:
        return _guest(request, "scope.no_orders")
    page = tower_page(view, span)
    wanted = request.GET.get("evidence", "")
    context: dict[str, Any] = {
        "title": say("tower.title"),
        "lead": page.lead,
        "grains": grain_links(span),
        "steps": step_links(span),
        "span_label": span.label(),
        "drawer": tower_evidence(view, span, page.indicators, wanted),
        "waiting": say("tower.waiting", None, count=grouped(waiting)) if waiting else "",
        "content": _content(request, view, tower_context(view, span)),
    }
    return "lianshu/tower/home.html", context


def _content(request: HttpRequest, view: RecordView, context: dict[str, Any]) -> SafeString:
    """The drawn page, kept: with many readers at once drawing it costs more than all the rest."""

    def draw() -> SafeString:
        # Escaped by the template that draws it.
        return mark_safe(  # noqa: S308
            render_to_string("lianshu/tower/content.html", context, request)
        )

    span = context["page"].span
    # Links of the page keep what was asked of it, so only what the page knows may be in the address.
    known = {"grain", "period", "evidence"}
    if set(request.GET) - known:
        return draw()
    return view.kept("content", draw, str(span.period), request.GET.urlencode(), current_language())


def _own(request: HttpRequest, view: RecordView) -> Page:
    span = span_of(view, request.GET.dict())
    if span is None:
        return _guest(request, "scope.no_orders")
    shown = view.kept(
        "own", lambda: own_indicators(view, span), str(span.period), current_language()
    )
    context = {
        "title": say("tower.own_title"),
        "lead": lead(view),
        "grains": grain_links(span),
        "steps": step_links(span),
        "span_label": span.label(),
        "drawer": tower_evidence(view, span, shown, request.GET.get("evidence", "")),
        "tiles": [each.tile for each in shown],
        "table": own_table(view),
    }
    return "lianshu/tower/own.html", context


def _bank(view: RecordView) -> Page:
    tiles, table = view.kept("receivables", lambda: receivables(view), current_language())
    context = {
        "title": say("tower.bank_title"),
        "lead": lead(view),
        "tiles": tiles,
        "table": table,
    }
    return "lianshu/tower/own.html", context
