"""Which period the tower shows: a month, quarter or year, and the twelve months that end with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lianshu.kernel.instant import format_instant
from lianshu.kernel.period import Grain, Period
from lianshu.kernel.refusal import Refused
from lianshu.site.texts import current_language, say

GRAINS = ("month", "quarter", "year")
TREND = 13  # periods: a year and the same month of the year before
YEAR_MONTHS = 12


@dataclass(frozen=True, slots=True)
class Span:
    """The period shown, and the first and last for which there are numbers."""

    period: Period
    first: Period
    last: Period

    @property
    def grain(self) -> str:
        """month, quarter or year."""
        return self.period.grain.value

    @property
    def periods(self) -> list[str]:
        """The periods of the trend, oldest first, this one last."""
        shown = [self.period.shift(-n) for n in range(TREND - 1, -1, -1)]
        return [str(each) for each in shown if each.first >= self.first.first]

    @property
    def previous(self) -> str:
        """The period before."""
        return str(self.period.previous())

    @property
    def window(self) -> tuple[int, int]:
        """First instant of the twelve months that end with the period, and the first one after them (µs)."""
        start = Period(Grain.MONTH, self._last_month.first).shift(1 - YEAR_MONTHS)
        return start.start_us, self.period.end_us

    @property
    def _last_month(self) -> Period:
        return Period(Grain.MONTH, self.period.last.replace(day=1))

    @property
    def window_arguments(self) -> dict[str, str]:
        """The same as ``since`` and ``until`` of a reading."""
        start, end = self.window
        return {"since": format_instant(start), "until": format_instant(end - 1)}

    @property
    def window_days(self) -> tuple[str, str]:
        """First and last local date of the window."""
        start, _ = self.window
        return str(Period.at(start, Grain.DAY)), self.period.last.isoformat()

    @property
    def days(self) -> tuple[str, str]:
        """First and last local date of the period."""
        return self.period.first.isoformat(), self.period.last.isoformat()

    def label(self) -> str:
        """What a person calls the period."""
        return self.period.label("en" if current_language() == "en" else "zh")

    def window_label(self) -> str:
        """What a person calls the twelve months."""
        first, _ = self.window_days
        return say("tower.window", None, first=first[:7], last=self.period.last.isoformat()[:7])


def span_from(asked_grain: str, asked_period: str, groups: Sequence[str]) -> Span | None:
    """The span that an address asks for, or the latest one; None where there are no numbers.

    ``groups`` are the months for which there are numbers. A period beyond them is moved to the nearest.

    >>> span_from("quarter", "", ["2013-02", "2013-06"]).periods
    ['2013-Q1', '2013-Q2']
    >>> str(span_from("month", "2020-01", ["2013-02", "2013-06"]).period)
    '2013-06'
    """
    months = sorted(groups)
    if not months:
        return None
    grain = Grain(asked_grain) if asked_grain in GRAINS else Grain.MONTH
    first, last = (_within(Period.parse(each), grain) for each in (months[0], months[-1]))
    try:
        wanted = _within(Period.parse(asked_period), grain) if asked_period else last
    except Refused:
        wanted = last
    if wanted.first > last.first:
        wanted = last
    if wanted.first < first.first:
        wanted = first
    return Span(wanted, first, last)


def _within(period: Period, grain: Grain) -> Period:
    """The period of another grain that holds the last day of this one."""
    if period.grain is grain:
        return period
    return Period.at(period.end_us - 1, grain)
