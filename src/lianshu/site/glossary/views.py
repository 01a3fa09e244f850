"""About this site, the glossary and the schema: public, and made from the data that the program runs on."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe

from lianshu.capability.registry import capabilities
from lianshu.flow.glossary import glossary as all_terms
from lianshu.site.access import PUBLIC, permit
from lianshu.site.components.blocks import QueryArea, QueryField
from lianshu.site.glossary.schema import actions_table, schema_tables
from lianshu.site.glossary.terms import found_terms, terms_table
from lianshu.site.page import render_page
from lianshu.site.record_view import record_of
from lianshu.site.texts import say
from lianshu.site.written import grouped


@permit(PUBLIC)
@require_safe
def about(request: HttpRequest) -> HttpResponseBase:
    """What this is, for somebody who has never seen it."""
    record = record_of(request)
    return render_page(
        request,
        "lianshu/glossary/about.html",
        title=say("about.title"),
        lead=say("about.lead"),
        size=grouped(record.head.size) if record else "0",
        readings=len(capabilities()),
        properties=[f"about.property.{n}" for n in range(1, 7)],
    )


@permit(PUBLIC)
@require_safe
def glossary(request: HttpRequest) -> HttpResponseBase:
    """Every term with its meaning and source, with a search."""
    words = request.GET.get("q", "")
    terms = found_terms(words)
    return render_page(
        request,
        "lianshu/glossary/glossary.html",
        title=say("menu.glossary"),
        lead=say("glossary.lead", None, count=len(all_terms())),
        query_area=QueryArea((QueryField("q", say("catalogue.words")),)),
        terms=terms_table(terms),
    )


@permit(PUBLIC)
@require_safe
def schema(request: HttpRequest) -> HttpResponseBase:
    """Every table and column of the record's projection, and every action."""
    tables = schema_tables()
    return render_page(
        request,
        "lianshu/glossary/schema.html",
        title=say("menu.schema"),
        lead=say("schema.lead"),
        tables=tables,
        actions=actions_table(),
    )
