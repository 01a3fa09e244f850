"""A chain as layers of nodes with links between them, and the same links as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from lianshu.site.charts.figure import (
    INK,
    SERIES_COLOURS,
    Figure,
    fitted,
    label,
    number,
    svg_document,
)
from lianshu.site.written import Number, grouped


@dataclass(frozen=True, slots=True)
class Node:
    """A party or place: key, name, layer (0 is the source of the chain) and size (say, value through it)."""

    key: str
    name: str
    layer: int
    size: Number = 1
    address: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """What runs from one node to another; ``tone`` may be "" or "risk" (drawn dashed and named in the table)."""

    source: str
    target: str
    weight: Number = 1
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Box:
    """A node's place on the drawing."""

    x: float
    y: float
    height: float


NODE_WIDTH, ROW_GAP, HEAD = 14, 14, 34


def network_chart(
    title: str,
    nodes: Sequence[Node],
    links: Sequence[Link],
    *,
    layers: Sequence[str] = (),
    description: str = "",
    columns: tuple[str, str, str] = ("", "", ""),
    risk_word: str = "",
    size: tuple[int, int] = (900, 420),
) -> Figure:
    """Nodes in columns by layer, as tall as their share of the layer; links as wide as their weight.

    Links to unknown nodes raise KeyError: a drawing must not leave out what it was given.

    >>> f = network_chart("chain", [Node("a", "甲", 0), Node("b", "乙", 1)], [Link("a", "b", 5)])
    >>> f.rows
    (('甲', '乙', '5'),)
    """
    places = placed(nodes, size)
    names = {node.key: node.name for node in nodes}
    body = [
        label(x, 16, words, anchor=anchor, css_class="chart-label chart-head")
        for x, anchor, words in heads(nodes, layers, size[0])
    ]
    body += drawn_links(links, places)
    last = max((node.layer for node in nodes), default=0)
    room = size[0] / max(last, 1) - NODE_WIDTH - 24 if last else size[0]
    body += [drawn_node(node, places[node.key], last, room) for node in nodes]
    rows = tuple(
        (
            names[k.source],
            names[k.target],
            grouped(k.weight) + (f" · {risk_word}" if k.tone and risk_word else ""),
        )
        for k in sorted(links, key=lambda k: -float(k.weight))
    )
    return Figure(
        title,
        description,
        svg_document(size, title, description, body, css_class="chart chart-wide"),
        columns,
        rows,
    )


def layer_x(layer: int, last: int, width: int) -> float:
    """The left edge of a layer: the first at the left end, the last at the right end."""
    return (width - NODE_WIDTH) * (layer / last if last else 0.5)


def heads(nodes: Sequence[Node], layers: Sequence[str], width: int) -> list[tuple[float, str, str]]:
    """Where the names of the layers stand."""
    last = max((node.layer for node in nodes), default=0)
    out = []
    for i, words in enumerate(layers):
        x = layer_x(i, last, width)
        out.append(
            (
                x + (NODE_WIDTH if i == last and last else 0),
                "end" if i == last and last else "start",
                words,
            )
        )
    return out


def placed(nodes: Sequence[Node], size: tuple[int, int]) -> dict[str, Box]:
    """A place for each node: layers as columns, heights by share, never less than a readable 20 units."""
    last = max((node.layer for node in nodes), default=0)
    places: dict[str, Box] = {}
    for layer in range(last + 1):
        members = [node for node in nodes if node.layer == layer]
        room = size[1] - HEAD - ROW_GAP * len(members)
        total = sum(float(node.size) for node in members) or 1.0
        heights = [max(20.0, room * float(node.size) / total) for node in members]
        shrink = min(1.0, room / sum(heights)) if heights else 1.0
        y = float(HEAD)
        for node, height in zip(members, heights, strict=True):
            places[node.key] = Box(layer_x(layer, last, size[0]), y, height * shrink)
            y += height * shrink + ROW_GAP
    return places


def drawn_links(links: Sequence[Link], places: Mapping[str, Box]) -> list[str]:
    """Curved bands that leave and enter nodes one below the other."""
    leaving: dict[str, float] = {}
    entering: dict[str, float] = {}
    out_sum: dict[str, float] = {}
    in_sum: dict[str, float] = {}
    for k in links:
        out_sum[k.source] = out_sum.get(k.source, 0) + float(k.weight)
        in_sum[k.target] = in_sum.get(k.target, 0) + float(k.weight)
    drawn = []
    for k in sorted(links, key=lambda k: (places[k.source].y, places[k.target].y)):
        a, b, weight = places[k.source], places[k.target], float(k.weight)
        a_part = a.height * weight / (out_sum[k.source] or 1)
        b_part = b.height * weight / (in_sum[k.target] or 1)
        ya = a.y + leaving.get(k.source, 0) + a_part / 2
        yb = b.y + entering.get(k.target, 0) + b_part / 2
        leaving[k.source] = leaving.get(k.source, 0) + a_part
        entering[k.target] = entering.get(k.target, 0) + b_part
        drawn.append(drawn_link(k, (a.x + NODE_WIDTH, ya), (b.x, yb), min(a_part, b_part)))
    return drawn


def drawn_link(
    link: Link, start: tuple[float, float], end: tuple[float, float], width: float
) -> str:
    """One band; a risky one is another colour and has a dashed line along its middle."""
    middle = number((start[0] + end[0]) / 2)
    path = (
        f"M{number(start[0])} {number(start[1])}C{middle} {number(start[1])} "
        f"{middle} {number(end[1])} {number(end[0])} {number(end[1])}"
    )
    colour = SERIES_COLOURS[1] if link.tone else SERIES_COLOURS[0]
    band = (
        f'<path class="chart-link" d="{path}" fill="none" stroke="{colour}" stroke-opacity="0.24" '
        f'stroke-width="{number(max(1.5, width))}"/>'
    )
    if link.tone:
        band += f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="8 5"/>'
    return band


def drawn_node(node: Node, box: Box, last: int, room: float) -> str:
    """A block with its name beside it: to its right, in the last layer to its left."""
    at_end = node.layer == last and last > 0
    x = box.x - 6 if at_end else box.x + NODE_WIDTH + 6
    words = label(
        x,
        box.y + box.height / 2 + 4,
        fitted(node.name, room * (0.5 if last else 1)),
        anchor="end" if at_end else "start",
        css_class="chart-label chart-node",
    )
    block = (
        f'<rect x="{number(box.x)}" y="{number(box.y)}" width="{NODE_WIDTH}" height="{number(box.height)}" '
        f'rx="3" fill="{SERIES_COLOURS[0] if node.layer != last else INK}"/>'
    )
    return f"<g><title>{escape(f'{node.name}: {grouped(node.size)}')}</title>{block}{words}</g>"
