"""Every part that pages are built of, on one page, with names and numbers as long as real ones."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe

from lianshu.site import styleguide_data as data
from lianshu.site.access import permit
from lianshu.site.components.table import pager_from, sort_from
from lianshu.site.page import render_page
from lianshu.site.roles import Role
from lianshu.site.texts import say, words_of


@permit(Role.LEAD)
@require_safe
def styleguide(request: HttpRequest) -> HttpResponseBase:
    """The style guide, for whoever builds pages."""
    pager = pager_from(request, data.ORDER_COUNT)
    sort, descending = sort_from(request, data.ORDER_COLUMNS, default="order")
    return render_page(
        request,
        "lianshu/styleguide.html",
        title=say("menu.styleguide"),
        lead=say("styleguide.lead"),
        crumbs=[(say("menu.group.account"), "")],
        tiles=data.TILES,
        area=data.QUERY,
        orders=data.order_table(pager, sort, descending=descending),
        figures=data.figures(),
        network=data.network(),
        heat=data.late_heat(),
        facts=data.FACTS,
        moments=data.MOMENTS,
        timeline_name=say("styleguide.timeline"),
        empty=data.EMPTY,
        keyset=data.KEYSET,
        tones=data.TONES,
        alert_body=words_of(data.ALERT_BODY),
        evidence_words=words_of(data.EVIDENCE_WORDS),
        drawer=data.EVIDENCE if request.GET.get("evidence") else None,
    )
