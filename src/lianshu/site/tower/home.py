"""The first page: the tower for those who see the whole chain, their own part of it for the others."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from lianshu.app.verifying import verify
from lianshu.kernel.refusal import Refused
from lianshu.site import said
from lianshu.site.charts.figure import Figure
from lianshu.site.charts.heat import HeatTable
from lianshu.site.components.table import Table
from lianshu.site.components.tile import Tile
from lianshu.site.record_view import RecordView
from lianshu.site.texts import current_language, say
from lianshu.site.tower.indicators import NOWHERE, Indicator, indicators, main_currency
from lianshu.site.tower.late import late_table
from lianshu.site.tower.matrix import late_matrix
from lianshu.site.tower.network import network
from lianshu.site.tower.span import GRAINS, Span, span_from
from lianshu.site.tower.spending import service_trend, spend_by_supplier
from lianshu.site.written import grouped
from lianshu.store.store import Head

LATEST = "SELECT MAX(time) FROM flow WHERE mood = 'fact'"
AT_ONCE_S = 1.5
# A log of this size verifies in about a second; a longer one is verified on its own page.
VERIFIED_HERE = 100_000


@dataclass(frozen=True, slots=True)
class TowerPage:
    """Everything that the tower draws for one period."""

    span: Span
    indicators: list[Indicator]
    late: Table
    figures: list[Figure]
    network: Figure | None
    matrix: HeatTable | None
    lead: str


def span_of(view: RecordView, query: Mapping[str, str]) -> Span | None:
    """The span that an address asks for; the months are those in which lines were due."""
    months = [row["group"] for row in view.run("on_time_rate", by="month").dicts()]
    return span_from(query.get("grain", ""), query.get("period", ""), months)


def tower_page(view: RecordView, span: Span) -> TowerPage:
    """The tower of a period, worked out once for each state of the record."""
    return view.kept("tower", lambda: _tower_page(view, span), str(span.period), current_language())


def _tower_page(view: RecordView, span: Span) -> TowerPage:
    currency = main_currency(view)
    figures = [service_trend(view, span), spend_by_supplier(view, span, currency)]
    shown = [*indicators(view, span), record_indicator(view)]
    return TowerPage(
        span,
        shown,
        late_table(view, span),
        [figure for figure in figures if figure is not None],
        network(view, span, currency),
        late_matrix(view, span),
        lead(view),
    )


@dataclass(slots=True)
class _Shown:
    """The state of the record whose tower was worked out last, and how long that took."""

    head: Head
    took_s: float


_SHOWN: dict[str, _Shown] = {}
_REFRESHING = threading.Lock()


def settled(view: RecordView) -> RecordView:
    """The view to draw the tower from: of the last entry, or of the one before while that takes long.

    A tower that takes longer than ``AT_ONCE_S`` to work out is worked out in the background when entries come,
    and until then the one before stands: the page says up to which entry it was read.
    """
    shown = _SHOWN.get(view.workspace.id)
    if shown is None or shown.head == view.head or shown.took_s < AT_ONCE_S:
        return view
    if shown.head.size > view.head.size:
        return view
    if _REFRESHING.acquire(blocking=False):
        threading.Thread(target=_refresh, args=(view,), name="tower", daemon=True).start()
    return replace(view, head=shown.head)


def _refresh(view: RecordView) -> None:
    try:
        with suppress(Refused):  # the workspace was closed meanwhile
            work_out(view)
    finally:
        _REFRESHING.release()


def work_out(view: RecordView) -> None:
    """Work out the tower of the latest month, quarter and year in every language."""
    start = time.monotonic()
    for grain in GRAINS:
        span = span_of(view, {"grain": grain})
        if span is None:
            return
        for language, _ in settings.LANGUAGES:
            with translation.override(language):
                tower_page(view, span)
    _SHOWN[view.workspace.id] = _Shown(view.head, time.monotonic() - start)


def lead(view: RecordView) -> str:
    """What the present is here: the latest fact, and the entry up to which the page was read."""
    latest = view.kept("latest", lambda: view.rows(LATEST)[0][0])
    if latest is None:
        return say("tower.lead_none", None, size=grouped(view.head.size))
    return say("tower.lead", None, latest=said.day(latest), size=grouped(view.head.size))


def record_indicator(view: RecordView) -> Indicator:
    """How many entries the record holds, and whether all of them verify."""
    size, root = view.head.size, view.head.root.hex()
    state = "tower.record_signed"
    if size <= VERIFIED_HERE:
        valid = view.kept("verified", lambda: verify(view.workspace).valid)
        state = "tower.record_valid" if valid else "tower.record_damaged"
    tile = Tile(
        say("tower.record"),
        grouped(size),
        say("tower.entries"),
        period=say("tower.record_root", None, root=root[:12]),
        instead=say(state),
        address=reverse("verification"),
    )
    return Indicator(tile, NOWHERE)


@dataclass(frozen=True, slots=True)
class SpanLink:
    """A link to the same page for another period; ``state`` is the value of aria-current or empty."""

    words: str
    address: str
    state: str = ""


def grain_links(span: Span) -> list[SpanLink]:
    """Month, quarter, year."""
    return [
        SpanLink(
            say(f"tower.grain.{grain}"),
            f"?grain={grain}&period={span.period.last.isoformat()[:7]}",
            "true" if grain == span.grain else "",
        )
        for grain in GRAINS
    ]


def step_links(span: Span) -> dict[str, SpanLink | None]:
    """The period before and the one after, where there are any."""

    def link(count: int) -> SpanLink | None:
        period = span.period.shift(count)
        if not span.first.first <= period.first <= span.last.first:
            return None
        here = Span(period, span.first, span.last)
        return SpanLink(here.label(), f"?grain={span.grain}&period={period}")

    return {"previous": link(-1), "next": link(1)}


def tower_context(view: RecordView, span: Span) -> dict[str, Any]:
    """What the template of the tower needs."""
    page = tower_page(view, span)
    return {
        "page": page,
        "tiles": [each.tile for each in page.indicators],
        "grains": grain_links(span),
        "steps": step_links(span),
        "span_label": span.label(),
    }
