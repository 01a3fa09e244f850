"""Periods: a day, ISO week, month, quarter or year of the Asia/Shanghai calendar.

A period is half open: it holds its first microsecond and not the first one of the next period, so
consecutive periods neither overlap nor leave a gap.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from typing import Final

from lianshu.kernel.instant import day_start_us, local_date
from lianshu.kernel.refusal import Refusal, Refused
from lianshu.kernel.text import Text

FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2999

_SHAPE: Final = re.compile(
    r"([0-9]{4})(?:-Q([1-4])|-W([0-9]{2})|-([0-9]{2})(?:-([0-9]{2}))?)?",
)


class Grain(Enum):
    """The length of a period."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


def _month_start(first: date, months: int) -> date:
    """The first of the month that lies so many months away."""
    index = first.year * 12 + first.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


_MONTHS: Final = {Grain.MONTH: 1, Grain.QUARTER: 3, Grain.YEAR: 12}
_DAYS: Final = {Grain.DAY: 1, Grain.WEEK: 7}


@dataclass(frozen=True, slots=True)
class Period:
    """One calendar period; ``first`` is its first local date.

    >>> p = Period.parse("2026-Q1")
    >>> p.first, p.last, str(p.previous()), p.label("zh"), p.label("en")
    (datetime.date(2026, 1, 1), datetime.date(2026, 3, 31), '2025-Q4', '2026年第一季度', 'Q1 2026')
    """

    grain: Grain
    first: date

    def __post_init__(self) -> None:
        assert _first_of(self.grain, self.first) == self.first, "a period starts on its first day"

    @classmethod
    def parse(cls, text: object, field: str = "period") -> Period:
        """A period from ``2026``, ``2026-Q1``, ``2026-03``, ``2026-W05`` or ``2026-03-01``.

        Weeks are those of ISO 8601-1:2019 §5.2.3 (Monday first, week 1 holds 4 January). Raises
        ``Refused`` with code ``period_shape`` or ``period_value``.

        >>> Period.parse("2026-W01").first
        datetime.date(2025, 12, 29)
        """
        shape = _SHAPE.fullmatch(text) if isinstance(text, str) else None
        if shape is None:
            rule = Text("期间格式不正确", "a period has one of five forms")
            raise _refused(field, rule, "period_shape")
        year, quarter, week, month, day = (int(g) if g else None for g in shape.groups())
        assert year is not None, "the pattern requires a year"
        try:
            grain, first = _read(year, quarter, week, (month, day))
        except ValueError:
            first = date.min
        if not FIRST_YEAR <= first.year <= LAST_YEAR:
            rule = Text("该期间不存在或超出 1900 至 2999 年", "no such period in 1900 to 2999")
            raise _refused(field, rule, "period_value")
        return cls(grain, first)

    @classmethod
    def at(cls, us: int, grain: Grain) -> Period:
        """The period in which an instant falls.

        >>> str(Period.at(1772323200000000, Grain.MONTH))
        '2026-03'
        """
        return cls(grain, _first_of(grain, local_date(us)))

    @property
    def last(self) -> date:
        """The last local date."""
        return self.next().first - timedelta(days=1)

    @property
    def start_us(self) -> int:
        """First instant, microseconds UTC, inside the period."""
        return day_start_us(self.first)

    @property
    def end_us(self) -> int:
        """First instant, microseconds UTC, after the period."""
        return day_start_us(self.next().first)

    def contains(self, us: int) -> bool:
        """Whether an instant falls into the period.

        >>> p = Period.parse("2026-03-01")
        >>> p.contains(p.start_us), p.contains(p.end_us)
        (True, False)
        """
        return self.start_us <= us < self.end_us

    def next(self) -> Period:
        """The period that follows."""
        return self.shift(1)

    def previous(self) -> Period:
        """The period before, with which a trend compares."""
        return self.shift(-1)

    def shift(self, count: int) -> Period:
        """The period that lies so many periods away.

        >>> str(Period.parse("2026-02").shift(-12))
        '2025-02'
        """
        if self.grain in _MONTHS:
            return Period(self.grain, _month_start(self.first, count * _MONTHS[self.grain]))
        return Period(self.grain, self.first + timedelta(days=count * _DAYS[self.grain]))

    def label(self, language: str = "zh") -> str:
        """What a person calls the period.

        >>> [Period.parse(t).label() for t in ("2026", "2026-03", "2026-W05", "2026-03-01")]
        ['2026年', '2026年3月', '2026年第5周', '2026年3月1日']
        """
        return self._name().in_language(language)

    def _name(self) -> Text:
        d = self.first
        if self.grain is Grain.DAY:
            return Text(
                f"{d.year}年{d.month}月{d.day}日", f"{d.day} {_MONTH_EN[d.month - 1]} {d.year}"
            )
        if self.grain is Grain.WEEK:
            iso = d.isocalendar()
            return Text(f"{iso.year}年第{iso.week}周", f"week {iso.week}, {iso.year}")
        if self.grain is Grain.MONTH:
            return Text(f"{d.year}年{d.month}月", f"{_MONTH_EN[d.month - 1]} {d.year}")
        if self.grain is Grain.QUARTER:
            number = d.month // 3
            return Text(f"{d.year}年第{'一二三四'[number]}季度", f"Q{number + 1} {d.year}")
        return Text(f"{d.year}年", f"{d.year}")

    def __str__(self) -> str:
        d = self.first
        if self.grain is Grain.WEEK:
            iso = d.isocalendar()
            return f"{iso.year:04d}-W{iso.week:02d}"
        if self.grain is Grain.QUARTER:
            return f"{d.year:04d}-Q{d.month // 3 + 1}"
        length = {Grain.DAY: 10, Grain.MONTH: 7, Grain.YEAR: 4}[self.grain]
        return d.isoformat()[:length]


_MONTH_EN: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def _read(
    year: int, quarter: int | None, week: int | None, month_day: tuple[int | None, int | None]
) -> tuple[Grain, date]:
    """Grain and first date of the parts of a period's text; ``ValueError`` if there is no such date."""
    month, day = month_day
    if quarter is not None:
        return Grain.QUARTER, date(year, quarter * 3 - 2, 1)
    if week is not None:
        return Grain.WEEK, date.fromisocalendar(year, week, 1)
    if month is None:
        return Grain.YEAR, date(year, 1, 1)
    if day is None:
        return Grain.MONTH, date(year, month, 1)
    return Grain.DAY, date(year, month, day)


def _first_of(grain: Grain, day: date) -> date:
    if grain is Grain.DAY:
        return day
    if grain is Grain.WEEK:
        return day - timedelta(days=day.weekday())
    if grain is Grain.MONTH:
        return day.replace(day=1)
    if grain is Grain.QUARTER:
        return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    return date(day.year, 1, 1)


def _refused(field: str, rule: Text, code: str) -> Refused:
    forms = "2026, 2026-Q1, 2026-03, 2026-W05, 2026-03-01"
    remedy = Text(f"写成下列之一：{forms}", f"write one of {forms}")
    return Refused(Refusal(field, rule, remedy, code=code))
