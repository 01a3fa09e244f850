"""The charts of a reading, chosen by its declaration: the largest are drawn, the rest is said."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from lianshu.app.result import Table
from lianshu.capability.registry import Chart
from lianshu.site.charts.bar import Bar, bar_chart
from lianshu.site.charts.figure import Figure
from lianshu.site.charts.heat import HeatTable, heat_table
from lianshu.site.charts.line import Series, line_chart
from lianshu.site.charts.network import Link, Node, network_chart
from lianshu.site.charts.quantile import Spread, quantile_chart
from lianshu.site.readings.cells import number_words, written
from lianshu.site.readings.naming import Things, named
from lianshu.site.texts import current_language, say, words_of
from lianshu.site.written import compact, grouped

BARS, SERIES, PERIODS, SPREADS = 12, 5, 120, 10
HEAT_ROWS, HEAT_COLUMNS = 15, 10
WIDTH = 680  # scaled to the page, not below what can be read (readings.css)
ROOTS, LEAVES = 8, 16
UNITS = 2  # figures of one kind on a page; rows of further units stand in the table
UNIT_COLUMNS = ("currency", "unit")
# A line says "later"; so it is drawn over periods only, and over names a bar is.
_PERIOD = re.compile(r"\d{4}(-(\d{2}|Q[1-4]|H[12]|W\d{2})(-\d{2})?)?")
Plain = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Drawings:
    """What is drawn above a table: figures, and shaded tables."""

    figures: list[Figure] = field(default_factory=list)
    heats: list[HeatTable] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows to draw with all that a chart needs to put them into words."""

    table: Table
    chart: Chart
    things: Things
    rows: Sequence[Plain]
    unit: str = ""

    def kind(self, name: str) -> str:
        """The type of a column."""
        return next(c.type for c in self.table.columns if c.name == name)

    def title_of(self, name: str) -> str:
        """The title of a column, with the unit of the drawn rows where it has one."""
        title = words_of(next(c.title for c in self.table.columns if c.name == name))
        return f"{title}（{self.unit}）" if self.unit and name == self.chart.y else title

    def words(self, row: Plain, name: str) -> str:
        """A cell in words."""
        return str(written(row[name], self.kind(name), self.things) or "–")

    def number(self, value: Any) -> str:
        """A value of the y axis in words: short, because it stands on a drawing."""
        kind = self.kind(self.chart.y)
        if kind in ("money", "quantity") and abs(value) >= 10_000:
            return compact(value, current_language())
        return number_words(value, kind)

    def heading(self) -> str:
        """What the drawing is called."""
        title = words_of(self.table.capability.title)
        return f"{title}（{self.unit}）" if self.unit else title


def drawings(table: Table, things: Things) -> Drawings:
    """The charts of a table, or none where none is declared or no row has a value."""
    chart = table.capability.chart
    names = set(table.names)
    if chart is None or not {chart.x, chart.y} <= names or (chart.by and chart.by not in names):
        return Drawings()
    rows = [row for row in table.dicts() if row[chart.y] is not None]
    if not rows:
        return Drawings()
    unit_column = next((name for name in UNIT_COLUMNS if name in names), "")
    if not unit_column:
        return drawn(Sheet(table, chart, things, rows))
    found = Drawings()
    for unit, _ in Counter(row[unit_column] for row in rows).most_common(UNITS):
        mine = [row for row in rows if row[unit_column] == unit]
        made = drawn(Sheet(table, chart, things, mine, str(unit or "")))
        found.figures.extend(made.figures)
        found.heats.extend(made.heats)
    return found


def drawn(sheet: Sheet) -> Drawings:
    """The drawing of one kind; a kind that this page does not know is drawn as bars."""
    kind = sheet.chart.kind
    if kind == "heat":
        return Drawings(heats=[heat(sheet)])
    if kind == "line" and not all(_PERIOD.fullmatch(str(row[sheet.chart.x])) for row in sheet.rows):
        kind = "bar"
    draw: Callable[[Sheet], Figure] = {
        "line": line, "network": network, "quantiles": quantiles,
    }.get(kind, bars)  # fmt: skip
    return Drawings(figures=[draw(sheet)])


def names_of(sheet: Sheet, rows: Sequence[Plain]) -> list[str]:
    """A name for each row: the x column, with the rest of the grain where that names several."""
    x = sheet.chart.x
    more = [
        name
        for name in sheet.table.capability.grain
        if name != x and name not in UNIT_COLUMNS and any(row[name] for row in rows)
    ]
    times = Counter(row[x] for row in sheet.rows)
    return [
        " · ".join(sheet.words(row, name) for name in ([x, *more] if times[row[x]] > 1 else [x]))
        for row in rows
    ]


def bars(sheet: Sheet) -> Figure:
    """The rows with the largest values, as bars."""
    y = sheet.chart.y
    ranked = sorted(sheet.rows, key=lambda row: -abs(row[y]))
    top, rest = ranked[:BARS], ranked[BARS:]
    said = say("reading.top", None, shown=len(top), total=grouped(len(ranked)))
    if not rest:
        said = say("reading.all_drawn", None, total=len(top))
    elif sheet.kind(y) == "money":
        total = sum((row[y] for row in rest), Decimal(0))
        said += say("reading.rest_sum", None, rest=grouped(len(rest)), sum=sheet.number(total))
    made = [
        Bar(name, row[y], sheet.number(row[y]))
        for name, row in zip(names_of(sheet, top), top, strict=True)
    ]
    columns = (sheet.title_of(sheet.chart.x), sheet.title_of(y))
    return bar_chart(sheet.heading(), made, description=said, columns=columns, width=WIDTH)


def line(sheet: Sheet) -> Figure:
    """Values over periods, one line for each of the names with most periods."""
    x, y, by = sheet.chart.x, sheet.chart.y, sheet.chart.by
    labels = sorted({str(row[x]) for row in sheet.rows})[-PERIODS:]
    groups = Counter(row[by] if by else "" for row in sheet.rows).most_common()
    series = []
    for group, _ in groups[:SERIES]:
        values = {str(row[x]): float(row[y]) for row in sheet.rows if not by or row[by] == group}
        name = named(str(group), sheet.things) if by else sheet.title_of(y)
        series.append(Series(name, [values.get(each) for each in labels]))
    said = say("reading.periods", None, first=labels[0], last=labels[-1], count=len(labels))
    if len(groups) > SERIES:
        said += say("reading.more_series", None, rest=len(groups) - SERIES)
    return line_chart(
        sheet.heading(), labels, series, description=said, period_name=sheet.title_of(x),
        size=(WIDTH, 260), shown=sheet.number,
    )  # fmt: skip


def heat(sheet: Sheet) -> HeatTable:
    """Rows by columns, those with most cells first."""
    chart = sheet.chart
    by = chart.by or chart.x
    weights = [c.name for c in sheet.table.columns if c.type == "integer"]

    def ranked(name: str) -> list[Any]:
        found: Counter[Any] = Counter()
        for row in sheet.rows:
            found[row[name]] += row[weights[0]] if weights else 1
        return [key for key, _ in found.most_common()]

    every = ranked(by), ranked(chart.x)
    rows, columns = every[0][:HEAT_ROWS], every[1][:HEAT_COLUMNS]
    values = {(row[by], row[chart.x]): row[chart.y] for row in sheet.rows}
    caption = say(
        "reading.heat_caption", None, title=sheet.heading(), value=sheet.title_of(chart.y),
        rows=len(rows), all_rows=len(every[0]), columns=len(columns), all_columns=len(every[1]),
    )  # fmt: skip
    return heat_table(
        caption,
        [named(str(key), sheet.things) for key in columns],
        [
            (named(str(key), sheet.things), [values.get((key, column)) for column in columns])
            for key in rows
        ],
        corner=sheet.title_of(by),
        shown=sheet.number,
        ends=(say("reading.low"), say("reading.high")),
    )


def network(sheet: Sheet) -> Figure:
    """What leads from x to y, for the names with most links."""
    x, y = sheet.chart.x, sheet.chart.y
    roots = [key for key, _ in Counter(row[x] for row in sheet.rows).most_common(ROOTS)]
    kept = [row for row in sheet.rows if row[x] in roots]
    leaves = [key for key, _ in Counter(row[y] for row in kept).most_common(LEAVES)]
    pairs = Counter((row[x], row[y]) for row in kept if row[y] in leaves)
    sizes = (Counter(a for a, _ in pairs), Counter(b for _, b in pairs))
    nodes = [
        Node(f"{layer}:{key}", named(str(key), sheet.things), layer, sizes[layer][key])
        for layer, keys in enumerate((roots, leaves))
        for key in keys
        if sizes[layer][key]
    ]
    links = [Link(f"0:{a}", f"1:{b}", count) for (a, b), count in pairs.items()]
    said = say("reading.links", None, shown=len(pairs), total=grouped(len(sheet.rows)))
    height = max(180, 60 + 34 * max(len(roots), len(leaves)))
    return network_chart(
        sheet.heading(), nodes, links, layers=(sheet.title_of(x), sheet.title_of(y)),
        description=said, columns=(sheet.title_of(x), sheet.title_of(y), say("reading.count")),
        size=(900, height),
    )  # fmt: skip


def quantiles(sheet: Sheet) -> Figure:
    """The spread of the groups with most observations; the columns p10, p50 and p90 are drawn."""
    names = set(sheet.table.names)
    if not {"p10", "p50", "p90"} <= names:
        return bars(sheet)
    counts = [c.name for c in sheet.table.columns if c.type == "integer"]
    ranked = sorted(sheet.rows, key=lambda row: -(row[counts[0]] if counts else 0))
    top = ranked[:SPREADS]
    by = sheet.chart.by
    spreads = []
    for row in top:
        name = sheet.words(row, sheet.chart.x)
        p10, p50, p90 = (round(float(row[q]), 1) for q in ("p10", "p50", "p90"))
        count = row[counts[0]] if counts else 0
        whole = f"{sheet.words(row, by)} · {name}" if by else name
        spreads.append(Spread(whole, p10, p50, p90, count))
    said = say("reading.top_counted", None, shown=len(top), total=grouped(len(ranked)))
    columns = (sheet.title_of(sheet.chart.x), "p10", "p50", "p90", "n")
    unit = words_of(sheet.table.capability.unit)
    return quantile_chart(
        sheet.heading(), spreads, description=said, unit=unit, columns=columns, width=WIDTH
    )
