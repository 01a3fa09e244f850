"""The indicators of the tower: each a reading of the record for one period, beside the period before."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from lianshu.app.result import Table
from lianshu.site import said
from lianshu.site.addresses import orders_address
from lianshu.site.components.tile import Tile
from lianshu.site.record_view import RecordView
from lianshu.site.texts import current_language, say
from lianshu.site.tower.span import Span
from lianshu.site.tower.spent import by_supplier, hhi, shares
from lianshu.site.written import compact, grouped, percent

Line = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Source:
    """Where a number stands: a reading, its arguments, and what its row says in some columns.

    ``entries`` are arguments in place of those when its entries are wanted: those of all rows at once are one
    row of a coarser grain, found as quickly as those of one row.
    """

    reading: str
    arguments: Mapping[str, str]
    where: Mapping[str, str]
    entries: Mapping[str, str] = field(default_factory=dict)

    def seqs(self, view: RecordView) -> tuple[Table, list[int]]:
        """The reading, and the numbers of the entries behind the number, ascending."""
        table = view.run(self.reading, **{**self.arguments, **self.entries})
        rows = [r for r in table.dicts() if all(r[k] == v for k, v in self.where.items())]
        return table, sorted({seq for row in rows for seq in table.evidence(row)})


NOWHERE = Source("", {}, {})  # of a number that no reading gives


@dataclass(frozen=True, slots=True)
class Indicator:
    """A tile and the source of its number; the tile's ``evidence`` is the key of both."""

    tile: Tile
    source: Source


@dataclass(frozen=True, slots=True)
class Series:
    """One reading by period: the rows of the periods shown, in one currency where it has currencies."""

    source: Source
    rows: Mapping[str, Line]
    span: Span

    def now(self) -> Line | None:
        """The row of the period shown."""
        return self.rows.get(str(self.span.period))

    def values(self, value: Callable[[Line], float], absent: float | None) -> list[float | None]:
        """The trend; ``absent`` stands for a period without a row (None: nothing to say of it)."""
        return [
            round(value(self.rows[p]), 2) if p in self.rows else absent for p in self.span.periods
        ]

    def change(
        self, value: Callable[[Line], Any], *, relative: bool = False, absent: Any = None
    ) -> Decimal | None:
        """The difference to the period before, in points or in per cent; None where there is none."""
        now, before = (
            value(row) if (row := self.rows.get(p)) is not None else absent
            for p in (str(self.span.period), self.span.previous)
        )
        if now is None or before is None or (relative and not before):
            return None
        difference = Decimal(str(now)) - Decimal(str(before))
        if relative:
            difference = difference / Decimal(str(before)) * 100
        return round(difference, 1).normalize() + 0 if difference else Decimal(0)


def series(view: RecordView, span: Span, reading: str, column: str, currency: str = "") -> Series:
    """A reading by the grain of the span; ``column`` names its periods."""
    arguments = {"by": span.grain}
    rows = view.run(reading, **arguments).dicts()
    where = {column: str(span.period)} | ({"currency": currency} if currency else {})
    kept = {row[column]: row for row in rows if not currency or row["currency"] == currency}
    return Series(Source(reading, arguments, where), kept, span)


def main_currency(view: RecordView) -> str:
    """The currency in which most was delivered; currencies are never added together."""
    rows = view.run("spend", by="all").dicts()
    return (
        max(rows, key=lambda row: (row["deliveries"], row["currency"]))["currency"] if rows else ""
    )


def indicators(view: RecordView, span: Span) -> list[Indicator]:
    """The tiles of the tower, in the order in which a planner asks."""
    currency = main_currency(view)
    made = [on_time(view, span), perfect(view, span), lead_time(view, span)]
    if currency:
        made += [
            spend(view, span, currency),
            late_value(view, span, currency),
            backlog(view, span, currency),
            concentration(view, span, currency),
        ]
    return made


def on_time(view: RecordView, span: Span) -> Indicator:
    """Share of the lines due that came by the promised time."""
    return _rate(series(view, span, "on_time_rate", "group"), "on_time", ("on_time", "lines"))


def perfect(view: RecordView, span: Span) -> Indicator:
    """Share of perfect orders."""
    return _rate(series(view, span, "perfect_order", "period"), "perfect", ("perfect", "orders"))


def _rate(found: Series, key: str, counts: tuple[str, str]) -> Indicator:
    row = found.now()
    first, last = found.span.days
    tile = Tile(
        say(f"tower.{key}"),
        percent(row["rate"]) if row else "–",
        period=found.span.label(),
        change=found.change(lambda r: round(r["rate"] * 100, 1)),
        change_unit=say("tower.points"),
        better="up",
        trend=found.values(lambda r: r["rate"] * 100, None),
        note=_note(f"tower.{key}_note", row, counts),
        address=orders_address(from_=first, to=last),
        evidence=key if row else "",
    )
    return Indicator(tile, found.source)


def _note(key: str, row: Line | None, columns: Sequence[str]) -> str:
    if row is None:
        return say("tower.none_due")
    return say(key, None, **{name: grouped(row[name]) for name in columns})


def lead_time(view: RecordView, span: Span) -> Indicator:
    """Median days from agreement to the last delivery."""
    found = series(view, span, "lead_time_trend", "group")
    row = found.now()
    spread = {name: said.days_words(row[name]) for name in ("p10", "p90")} if row else {}
    tile = Tile(
        say("tower.lead_time"),
        said.days_words(row["p50"]) if row else "–",
        say("tower.days") if row else "",
        period=span.label(),
        change=found.change(lambda r: round(r["p50"], 1)),
        change_unit=say("tower.days_unit"),
        better="down",
        trend=found.values(lambda r: float(r["p50"]), None),
        note=say("tower.lead_time_note", None, **spread) if row else say("tower.none_agreed"),
        evidence="lead_time" if row else "",
    )
    return Indicator(tile, found.source)


def spend(view: RecordView, span: Span, currency: str) -> Indicator:
    """Delivered goods at promised prices."""
    found = series(view, span, "spend", "group", currency)
    row = found.now()
    tile = Tile(
        say("tower.spend"),
        _short(row["amount"]) if row else "0",
        currency,
        period=span.label(),
        change=found.change(lambda r: r["amount"], relative=True),
        better="",
        trend=found.values(lambda r: float(r["amount"]), 0),
        note=say("tower.spend_note", None, deliveries=grouped(row["deliveries"] if row else 0)),
        evidence="spend" if row else "",
    )
    return Indicator(tile, found.source)


def late_value(view: RecordView, span: Span, currency: str) -> Indicator:
    """Promised value of the lines that came late or are overdue."""
    found = series(view, span, "late_value", "group", currency)
    row = found.now()
    first, last = span.days
    tile = Tile(
        say("tower.late_value"),
        _short(row["late_value"]) if row else "0",
        currency,
        period=span.label(),
        change=found.change(lambda r: r["late_value"], relative=True),
        better="down",
        trend=found.values(lambda r: float(r["late_value"]), 0),
        note=say("tower.late_value_note", None, lines=grouped(row["late_lines"]), share=percent(row["share"]))
        if row
        else say("tower.none_due"),
        address=orders_address(state="not_on_time", from_=first, to=last),
        evidence="late_value" if row else "",
    )  # fmt: skip
    return Indicator(tile, found.source)


def backlog(view: RecordView, span: Span, currency: str) -> Indicator:
    """Lines promised and still to come at the end of the period."""
    found = series(view, span, "backlog", "period", currency)
    row = found.now()
    value = said.short_money(row["value"], currency) if row else f"0 {currency}"
    tile = Tile(
        say("tower.backlog"),
        grouped(row["lines"] if row else 0),
        say("tower.lines"),
        period=span.label(),
        change=found.change(lambda r: r["lines"], absent=0),
        change_unit=say("tower.lines_unit"),
        better="",
        trend=found.values(lambda r: float(r["lines"]), 0),
        note=say("tower.backlog_note", None, value=value),
        evidence="backlog" if row else "",
    )
    return Indicator(tile, found.source)


def concentration(view: RecordView, span: Span, currency: str) -> Indicator:
    """Sum of squared supplier shares of the spend of twelve months (HHI)."""
    source = Source(
        "spend", {"by": "supplier", **span.window_arguments}, {"currency": currency}, {"by": "all"}
    )
    parts = shares(by_supplier(view, span, currency))
    year_before = Span(span.period.shift(-_in_a_year(span)), span.first, span.last)
    before = hhi(shares(by_supplier(view, year_before, currency)))
    now = hhi(parts)
    change = round(Decimal(str(now - before)), 2).normalize() + 0 if now and before else None
    tile = Tile(
        say("tower.hhi"),
        f"{now:.2f}" if parts else "–",
        period=span.window_label(),
        change=change,
        change_unit="",
        better="down",
        note=say("tower.hhi_note", None, share=percent(parts[0]), suppliers=len(parts))
        if parts
        else "",
        evidence="hhi" if parts else "",
    )
    return Indicator(tile, source)


def _in_a_year(span: Span) -> int:
    return {"month": 12, "quarter": 4, "year": 1}[span.grain]


def _short(amount: Decimal) -> str:
    return compact(amount, current_language())
