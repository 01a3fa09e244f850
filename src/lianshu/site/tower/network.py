"""The supply network: where the spend of twelve months went, from supplier to destination."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from lianshu.site import said
from lianshu.site.charts.figure import Figure
from lianshu.site.charts.network import Link, Node, network_chart
from lianshu.site.orders.order import all_lines
from lianshu.site.record_view import RecordView
from lianshu.site.texts import current_language, say
from lianshu.site.tower.matrix import late_lanes
from lianshu.site.tower.span import Span
from lianshu.site.tower.spent import by_lane
from lianshu.site.written import percent

MOST_SUPPLIERS, MOST_PLACES = 10, 12
OTHERS = ""
OFTEN_LATE = 0.2  # of the lines due: what the matrix draws darkest
SIZE = (1080, 620)
Pair = tuple[str, str]


def network(view: RecordView, span: Span, currency: str) -> Figure | None:
    """Suppliers and destinations with most spend, all others as one; None where nothing was delivered."""
    amounts = by_lane(view, span, currency)
    if not amounts:
        return None
    lanes, late = folded(amounts), late_lanes(all_lines(view), span)
    risky = {pair for pair, share in late.items() if share > OFTEN_LATE}
    scale, unit = _scale(currency)
    nodes = _nodes(view, lanes, scale)
    links = [
        Link(f"s{a}", f"p{b}", round(amount / scale, 1), "risk" if (a, b) in risky else "")
        for (a, b), amount in lanes.items()
    ]
    total = sum(amounts.values(), Decimal(0))
    top, most = max(lanes.items(), key=lambda pair: pair[1])
    return network_chart(
        say("tower.network", None, window=span.window_label()),
        nodes,
        links,
        layers=(say("tower.suppliers"), say("tower.places")),
        description=say(
            "tower.network_words", None, total=said.short_money(total, currency),
            lane=" → ".join((_party(view, top[0]), _place(view, top[1]))), share=percent(most / total),
        ),
        columns=(say("orders.supplier"), say("orders.place"), say("tower.spend_unit", None, unit=unit)),
        risk_word=say("tower.often_late"),
        size=SIZE,
    )  # fmt: skip


def folded(amounts: Mapping[Pair, Decimal]) -> dict[Pair, Decimal]:
    """The amounts with small suppliers and places taken together.

    >>> folded({("a", "x"): Decimal(1), ("a", "y"): Decimal(2)})[("a", "y")]
    Decimal('2')
    """
    suppliers = _largest(((pair[0], amount) for pair, amount in amounts.items()), MOST_SUPPLIERS)
    places = _largest(((pair[1], amount) for pair, amount in amounts.items()), MOST_PLACES)
    lanes: dict[Pair, Decimal] = {}
    for (supplier, place), amount in amounts.items():
        pair = (supplier if supplier in suppliers else OTHERS, place if place in places else OTHERS)
        lanes[pair] = lanes.get(pair, Decimal(0)) + amount
    return lanes


def _largest(amounts: Iterable[tuple[str, Decimal]], most: int) -> set[str]:
    totals = _totals(amounts)
    return set(sorted(totals, key=lambda key: (-totals[key], key))[:most])


def _totals(amounts: Iterable[tuple[str, Decimal]]) -> dict[str, Decimal]:
    totals: dict[str, Decimal] = {}
    for key, amount in amounts:
        totals[key] = totals.get(key, Decimal(0)) + amount
    return totals


def _nodes(view: RecordView, lanes: Mapping[Pair, Decimal], scale: int) -> list[Node]:
    nodes = []
    for layer, mark, name in ((0, "s", _party), (1, "p", _place)):
        totals = _totals((pair[layer], amount) for pair, amount in lanes.items())
        nodes += [
            Node(f"{mark}{key}", name(view, key), layer, round(totals[key] / scale, 1))
            for key in sorted(totals, key=lambda key: (key == OTHERS, -totals[key], key))
        ]
    return nodes


def _party(view: RecordView, key: str) -> str:
    return view.names.party(key) if key else say("tower.others")


def _place(view: RecordView, key: str) -> str:
    return view.names.of("party", view.names.place(key)) if key else say("tower.others")


def _scale(currency: str) -> tuple[int, str]:
    """In 10,000 in Chinese and in thousands in English, as people there read money."""
    if current_language() == "en":
        return 1_000, f"{currency} k"
    return 10_000, f"万 {currency}"
