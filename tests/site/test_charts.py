"""Charts: well-formed, described, with the same numbers as a table, and legal under the strict policy."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from lianshu.site.charts.bar import Bar, bar_chart
from lianshu.site.charts.figure import Figure, nice_ticks
from lianshu.site.charts.heat import heat_table
from lianshu.site.charts.line import Series, line_chart
from lianshu.site.charts.network import Link, Node, network_chart
from lianshu.site.charts.quantile import Spread, quantile_chart
from lianshu.site.charts.sparkline import sparkline

NASTY = "内蒙古 <script>\"&' 有限责任公司" * 5


def every_figure() -> list[Figure]:
    return [
        line_chart("t", ["1", "2", "3"], [Series(NASTY, [1, None, 3]), Series("b", [0, 0, 0])]),
        line_chart("empty", [], []),
        line_chart("one", ["x"], [Series("a", [5])], from_zero=False),
        bar_chart(NASTY, [Bar(NASTY, 5), Bar("b", -2), Bar("c", 0)], description=NASTY),
        bar_chart("empty", []),
        quantile_chart("t", [Spread(NASTY, 1, 2, 3, 4)]),
        quantile_chart("empty", []),
        network_chart("t", [Node("a", NASTY, 0), Node("b", "乙", 1)], [Link("a", "b", 5, "risk")]),
        network_chart("empty", [], []),
    ]


@pytest.mark.parametrize("figure", every_figure(), ids=lambda f: f.title[:8])
def test_a_drawing_is_well_formed_and_described(figure: Figure) -> None:
    root = ET.fromstring(figure.svg)
    assert root.get("role") == "img"
    assert root.get("aria-label", "").startswith(figure.title)
    assert not any("style" in element.attrib for element in root.iter())
    assert not [e for e in root.iter() if e.tag.endswith("script")]
    assert all("nan" not in value for e in root.iter() for value in e.attrib.values())
    assert all(len(row) == len(figure.columns) for row in figure.rows)


def test_a_gap_is_not_a_zero() -> None:
    figure = line_chart("t", ["1", "2", "3"], [Series("a", [1, None, 3])])
    assert [row[1] for row in figure.rows] == ["1", "–", "3"]
    path = next(e for e in ET.fromstring(figure.svg).iter() if e.get("class") == "series-0")
    assert path.get("d", "").count("M") == 2


def test_a_link_to_an_unknown_node_is_refused() -> None:
    with pytest.raises(KeyError):
        network_chart("t", [Node("a", "甲", 0)], [Link("a", "b")])


def test_every_heat_cell_has_words() -> None:
    table = heat_table("t", ["a", "b"], [("x", [3, 3]), ("y", [None, 3])])
    assert [[cell.words for cell in cells] for _, cells in table.rows] == [["3", "3"], ["–", "3"]]
    assert heat_table("t", [], []).rows == ()


@pytest.mark.parametrize(("low", "high"), [(0, 1), (-5, 3), (0.001, 0.002), (1e9, 3e9), (7, 7)])
def test_ticks_cover_the_values(low: float, high: float) -> None:
    ticks = nice_ticks(low, high)
    assert ticks[0] <= low
    assert ticks[-1] >= high
    assert 2 <= len(ticks) <= 8


def test_a_sparkline_of_equal_values_is_a_line() -> None:
    assert ET.fromstring(sparkline([2, 2, 2], NASTY)).get("role") == "img"
