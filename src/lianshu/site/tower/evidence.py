"""The drawers of the tower: the number of a tile, opened to the entries it was read from."""

from __future__ import annotations

from collections.abc import Sequence

from lianshu.site.addresses import orders_address
from lianshu.site.components.evidence import Evidence
from lianshu.site.drawer import drawer
from lianshu.site.record_view import RecordView
from lianshu.site.texts import current_language, say, words_of
from lianshu.site.tower.indicators import Indicator
from lianshu.site.tower.span import Span


def tower_evidence(
    view: RecordView, span: Span, indicators: Sequence[Indicator], wanted: str
) -> Evidence | None:
    """The drawer of the tile whose key is wanted; None where there is no such tile or nothing behind it."""
    for each in indicators:
        if wanted and each.tile.evidence == wanted:
            return view.kept(
                "tower evidence",
                lambda found=each: _drawer(view, span, found),  # type: ignore[misc]
                str(span.period), wanted, current_language(),
            )  # fmt: skip
    return None


def _drawer(view: RecordView, span: Span, indicator: Indicator) -> Evidence:
    tile = indicator.tile
    table, seqs = indicator.source.seqs(view)
    first, last = span.window_days if tile.evidence == "hhi" else span.days
    arguments = " ".join(f"{k}={v}" for k, v in indicator.source.arguments.items())
    capability = table.capability
    return drawer(
        view,
        " · ".join((words_of(tile.name), words_of(tile.period))),
        f"{tile.value} {words_of(tile.unit)}".strip(),
        say(
            "tower.method", None, meaning=say("tower.hhi_meaning") if tile.evidence == "hhi" else words_of(capability.meaning),
            reference=capability.reference, key=capability.key, arguments=arguments,
        ),
        seqs,
        address=orders_address(from_=first, to=last),
    )  # fmt: skip
