"""Suppliers against destinations: the share of late lines, with those that carry most lines first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from lianshu.site.addresses import orders_address
from lianshu.site.charts.heat import HeatCell, HeatTable
from lianshu.site.orders.listing import GROUPED_STATES, NOT_ON_TIME
from lianshu.site.orders.order import all_lines
from lianshu.site.record_view import RecordView
from lianshu.site.texts import say
from lianshu.site.tower.span import Span
from lianshu.site.written import grouped, percent

MOST = 12
OTHERS = ""  # no key is empty
# Shades by late share, so that a colour means the same in every period: 0, up to 5, 10 and 20 %, above.
LIMITS = (0.0, 0.05, 0.10, 0.20)
Pair = tuple[str, str]


def late_matrix(view: RecordView, span: Span) -> HeatTable | None:
    """The table of the twelve months that end with the span; None where nothing was due."""
    start, end = span.window
    lines = [
        (line["supplier"], line["to_place"] or line["customer"], line["state"])
        for line in all_lines(view)
        if start <= line["due"] < end and line["state"] != "open"
    ]
    if not lines:
        return None
    due, late = folded(lines)
    names, other = view.names, say("tower.others")
    suppliers, places = _by_lines(due, 0), _by_lines(due, 1)
    rows = [
        (
            names.party(supplier) if supplier else other,
            tuple(_cell(view, span, (supplier, place), due, late) for place in places),
        )
        for supplier in suppliers
    ]
    return HeatTable(
        say("tower.matrix", None, window=span.window_label()),
        say("tower.matrix_corner"),
        tuple(names.of("party", names.place(key)) if key else other for key in places),
        tuple(rows),
        say("tower.matrix_low"),
        say("tower.matrix_high"),
    )


def folded(lines: Iterable[tuple[str, str, str]]) -> tuple[Counter[Pair], Counter[Pair]]:
    """Lines due and lines late by supplier and place; beyond the first twelve of each as ``OTHERS``.

    >>> due, late = folded([("a", "x", "late"), ("a", "x", "on_time")])
    >>> due["a", "x"], late["a", "x"]
    (2, 1)
    """
    lines = list(lines)
    suppliers = _most(line[0] for line in lines)
    places = _most(line[1] for line in lines)
    due: Counter[Pair] = Counter()
    late: Counter[Pair] = Counter()
    for supplier, place, state in lines:
        pair = (supplier if supplier in suppliers else OTHERS, place if place in places else OTHERS)
        due[pair] += 1
        late[pair] += state in GROUPED_STATES[NOT_ON_TIME]
    return due, late


def _most(keys: Iterable[str]) -> set[str]:
    counts = Counter(keys)
    return set(sorted(counts, key=lambda key: (-counts[key], key))[:MOST])


def _by_lines(due: Mapping[Pair, int], side: int) -> Sequence[str]:
    totals: Counter[str] = Counter()
    for pair, count in due.items():
        totals[pair[side]] += count
    return sorted(totals, key=lambda key: (key == OTHERS, -totals[key], key))


def level(share: float) -> int:
    """The shade of a late share, 1 to 5.

    >>> [level(share) for share in (0, 0.05, 0.1, 0.2, 1)]
    [1, 2, 3, 4, 5]
    """
    return 1 + sum(share > limit for limit in LIMITS)


def _cell(
    view: RecordView, span: Span, pair: Pair, due: Mapping[Pair, int], late: Mapping[Pair, int]
) -> HeatCell:
    if not due[pair]:
        return HeatCell("", 0)
    share = late[pair] / due[pair]
    words = f"{percent(share, 0)} · {grouped(due[pair])}"
    return HeatCell(words, level(share), _address(view, span, pair))


def _address(view: RecordView, span: Span, pair: Pair) -> str:
    supplier, place = pair
    if OTHERS in pair:
        return ""
    first, last = span.window_days
    return orders_address(
        supplier=view.names.party(supplier), place=view.names.place(place), from_=first, to=last
    )


def late_lanes(any_lines: Iterable[Mapping[str, Any]], span: Span) -> dict[Pair, float]:
    """Late share of each lane (supplier, place) of the twelve months."""
    start, end = span.window
    due: Counter[Pair] = Counter()
    late: Counter[Pair] = Counter()
    for line in any_lines:
        if start <= line["due"] < end and line["state"] != "open":
            pair = (line["supplier"], line["to_place"] or line["customer"])
            due[pair] += 1
            late[pair] += line["state"] in GROUPED_STATES[NOT_ON_TIME]
    return {pair: late[pair] / count for pair, count in due.items()}
