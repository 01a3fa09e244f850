from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianshu.kernel.instant import (
    DAY_US,
    MAX_US,
    MIN_US,
    date_of_day,
    day_number,
    day_start_us,
    format_instant,
    format_local,
    local_date,
    local_day,
    parse_date,
    parse_instant,
)
from tests.kernel.refusals import refusal_code

instants = st.integers(MIN_US, MAX_US - 1)


@given(instants)
def test_text_of_an_instant_reads_back(us: int) -> None:
    assert parse_instant(format_instant(us)) == us


@given(
    st.datetimes(datetime(1900, 1, 1), datetime(2900, 1, 1)),
    st.integers(-23 * 60 - 59, 23 * 60 + 59),
)
def test_any_offset_names_the_same_instant(naive: datetime, minutes: int) -> None:
    moment = naive.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    assert parse_instant(moment.isoformat()) == parse_instant(moment.astimezone(UTC).isoformat())


@given(instants)
def test_every_instant_lies_in_its_local_day(us: int) -> None:
    start = day_start_us(local_date(us))
    assert start <= us < start + DAY_US
    assert date_of_day(local_day(us)) == local_date(us)


@given(st.dates())
def test_day_numbers_are_days(day: date) -> None:
    assert date_of_day(day_number(day)) == day
    assert date(1970, 1, 1) + timedelta(days=day_number(day)) == day


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-01T08:00+08:00",
        "2026-03-01 08:00:00+08",
        "2026-03-01T08:00:00.000000+0800",
        "2026-03-01t00:00:00z",
        "2026-02-28T19:00:00-05:00",
        "2026-03-01T00:00:00.0000000000Z",
    ],
)
def test_spellings_of_one_instant(text: str) -> None:
    assert parse_instant(text) == 1_772_323_200_000_000


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2026-03-01T08:00:00", "time_naive"),
        ("2026-03-01 08:00", "time_naive"),
        ("2026-03-01", "time_shape"),
        ("", "time_shape"),
        (" 2026-03-01T00:00:00Z", "time_shape"),
        ("2026-03-01T00:00:00Z\n", "time_shape"),
        ("２０２６-03-01T00:00:00Z", "time_shape"),  # full-width digits
        ("2026/03/01T00:00:00Z", "time_shape"),
        ("See ASN-93 (ID#:1281)", "time_shape"),
        ("2026-02-29T00:00:00Z", "time_value"),
        ("2026-03-01T24:00:00Z", "time_value"),
        ("2026-06-30T23:59:60Z", "time_value"),
        ("2026-03-01T00:00:00+24:00", "time_value"),
        ("0000-03-01T00:00:00Z", "time_value"),
        ("2026-03-01T00:00:00.0000001Z", "time_precision"),
        ("0001-01-01T00:00:00+08:00", "time_range"),
        ("9999-12-31T23:00:00Z", "time_range"),
        (10**30, "time_range"),
        (True, "time_shape"),
        (None, "time_shape"),
        (1.5e15, "time_shape"),
        (float("nan"), "time_shape"),
    ],
)
def test_what_is_no_instant(text: str, code: str) -> None:
    assert refusal_code(lambda: parse_instant(text)) == code


def test_local_text() -> None:
    assert format_local(parse_instant("2026-12-31T16:00:00.5Z")) == "2027-01-01 00:00:00"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2026-02-30", "date_value"),
        ("20260228", "date_shape"),
        ("2026-2-28", "date_shape"),
        (" 2026-02-28", "date_shape"),
        (None, "date_shape"),
    ],
)
def test_what_is_no_date(text: object, code: str) -> None:
    assert refusal_code(lambda: parse_date(text)) == code
