"""Spend of twelve months by supplier, and the trend of the two service rates."""

from __future__ import annotations

from decimal import Decimal

from lianshu.site import said
from lianshu.site.charts.bar import Bar, bar_chart
from lianshu.site.charts.figure import Figure
from lianshu.site.charts.line import Series as DrawnSeries
from lianshu.site.charts.line import line_chart
from lianshu.site.record_view import RecordView
from lianshu.site.texts import say
from lianshu.site.tower.indicators import series
from lianshu.site.tower.span import Span
from lianshu.site.tower.spent import by_supplier, hhi, shares
from lianshu.site.written import percent

MOST = 8


def spend_by_supplier(view: RecordView, span: Span, currency: str) -> Figure | None:
    """The largest suppliers with amount and share, the others as one bar; None where nothing was spent."""
    amounts = by_supplier(view, span, currency)
    parts = shares(amounts)
    if not parts:
        return None
    names = list(amounts)
    bars = [
        _bar(view.names.party(name), amounts[name], share)
        for name, share in zip(names[:MOST], parts, strict=False)
    ]
    rest = names[MOST:]
    if rest:
        amount = sum((amounts[name] for name in rest), Decimal(0))
        title = say("tower.other_suppliers", None, count=len(rest))
        bars.append(_bar(title, amount, sum(parts[MOST:])))
    return bar_chart(
        say("tower.spend_by_supplier", None, window=span.window_label(), currency=currency),
        bars,
        description=say(
            "tower.spend_words",
            None,
            suppliers=len(parts),
            share=percent(sum(parts[:3])),
            hhi=f"{hhi(parts):.2f}",
        ),
        columns=(say("orders.supplier"), say("tower.spend_unit", None, unit=currency)),
    )


def _bar(name: str, amount: Decimal, share: float) -> Bar:
    return Bar(name, amount, f"{said.short_money(amount)} · {percent(share)}")


def service_trend(view: RecordView, span: Span) -> Figure:
    """On-time rate and perfect order rate of the last periods."""
    shown = [
        (say(f"tower.{key}"), series(view, span, reading, column))
        for key, reading, column in (
            ("on_time", "on_time_rate", "group"),
            ("perfect", "perfect_order", "period"),
        )
    ]
    lines = [
        DrawnSeries(name, found.values(lambda row: round(row["rate"] * 100, 1), None))
        for name, found in shown
    ]
    known = [value for line in lines for value in line.values if value is not None]
    return line_chart(
        say("tower.service"),
        span.periods,
        lines,
        description=say("tower.service_words", None, low=f"{min(known)}%", high=f"{max(known)}%")
        if known
        else "",
        unit="%",
        period_name=say("tower.period"),
        from_zero=False,
        size=(560, 392),
    )
