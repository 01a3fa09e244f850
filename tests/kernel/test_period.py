from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianshu.kernel.instant import day_start_us, parse_instant
from lianshu.kernel.period import Grain, Period
from tests.kernel.refusals import refusal_code

moments = st.dates(date(1901, 1, 1), date(2998, 12, 31)).map(day_start_us)
grains = st.sampled_from(list(Grain))


@given(moments, st.integers(0, 86_399_999_999), grains)
def test_periods_neither_overlap_nor_leave_a_gap(day_us: int, offset: int, grain: Grain) -> None:
    us = day_us + offset
    period = Period.at(us, grain)
    assert period.contains(us)
    assert period.next().start_us == period.end_us
    assert period.previous().end_us == period.start_us
    assert not period.next().contains(us)
    assert not period.previous().contains(us)
    assert period.next().previous() == period


@given(moments, grains)
def test_text_reads_back(us: int, grain: Grain) -> None:
    period = Period.at(us, grain)
    assert Period.parse(str(period)) == period


@given(moments, grains, st.integers(-200, 200))
def test_a_shift_is_so_many_steps(us: int, grain: Grain, count: int) -> None:
    period = Period.at(us, grain)
    step = period
    for _ in range(abs(count)):
        step = step.next() if count > 0 else step.previous()
    assert period.shift(count) == step


def test_a_deadline_is_of_the_local_day() -> None:
    late = parse_instant("2026-03-31T16:00:00Z")
    assert str(Period.at(late, Grain.QUARTER)) == "2026-Q2"
    assert str(Period.at(late - 1, Grain.QUARTER)) == "2026-Q1"


def test_the_last_days_of_a_year_may_be_of_week_one() -> None:
    assert str(Period.at(day_start_us(date(2024, 12, 30)), Grain.WEEK)) == "2025-W01"
    assert Period.parse("2026-W53").last == date(2027, 1, 3)
    assert Period.parse("2024-02").last == date(2024, 2, 29)


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        ("2026", "2026年", "2026"),
        ("2026-Q3", "2026年第三季度", "Q3 2026"),
        ("2026-12", "2026年12月", "December 2026"),
        ("2026-W05", "2026年第5周", "week 5, 2026"),
        ("2026-03-09", "2026年3月9日", "9 March 2026"),
    ],
)
def test_labels(text: str, zh: str, en: str) -> None:
    period = Period.parse(text)
    assert (period.label("zh-hans"), period.label("en")) == (zh, en)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "period_shape"),
        ("2026-Q5", "period_shape"),
        ("2026Q1", "period_shape"),
        ("2026-q1", "period_shape"),
        ("26-01", "period_shape"),
        (" 2026", "period_shape"),
        ("２０２６", "period_shape"),
        (2026, "period_shape"),
        ("2026-13", "period_value"),
        ("2026-00", "period_value"),
        ("2026-02-30", "period_value"),
        ("2025-W53", "period_value"),
        ("2026-W00", "period_value"),
        ("0000", "period_value"),
        ("1899", "period_value"),
        ("3000", "period_value"),
    ],
)
def test_what_is_no_period(text: object, code: str) -> None:
    assert refusal_code(lambda: Period.parse(text)) == code
