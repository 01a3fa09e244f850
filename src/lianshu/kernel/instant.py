"""Instants: integer microseconds since 1970-01-01T00:00:00Z, and the local day they fall on.

Text comes in as ISO 8601 with an offset (RFC 3339 §5.6 profile) and leaves in UTC. A time without an
offset is refused, because a guessed offset moves a deadline by up to a day. The local calendar is
that of Asia/Shanghai at its fixed +08:00 (北京时间); the summer time of 1986-1991 is not applied, as
no deadline of this record lies there.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Final

from lianshu.kernel.refusal import Refusal, Refused
from lianshu.kernel.text import Text

SECOND_US: Final = 1_000_000
DAY_US: Final = 86_400 * SECOND_US
SHANGHAI: Final = timezone(timedelta(hours=8), "Asia/Shanghai")
SHANGHAI_OFFSET_US: Final = 8 * 3_600 * SECOND_US

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_ORDINAL: Final = date(1970, 1, 1).toordinal()
# The local date must exist too, so the last day of year 9999 is outside.
MIN_US: Final = (date(1, 1, 1).toordinal() - _EPOCH_ORDINAL) * DAY_US
MAX_US: Final = (date(9999, 12, 31).toordinal() - _EPOCH_ORDINAL) * DAY_US

_SHAPE: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.([0-9]{1,30}))?)?"
    r"([Zz]|[+-][0-9]{2}(?::?[0-9]{2})?)?"
)
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

_NOT_A_TIME: Final = Text("时间按 ISO 8601 书写", "a time is written as ISO 8601")
_NO_OFFSET: Final = Text("时间必须带时区偏移", "a time carries its offset from UTC")
_NO_SUCH_TIME: Final = Text("该日期或时刻不存在", "the date or time of day does not exist")
_TOO_FINE: Final = Text("时间精度到微秒为止", "a time is not finer than one microsecond")
_OUT_OF_RANGE: Final = Text("时间在公元 1 年至 9999 年之间", "a time lies in the years 1 to 9999")
_REMEDY: Final = Text(
    "写成 2026-03-01T08:00:00+08:00 或 2026-03-01T00:00:00Z",
    "write 2026-03-01T08:00:00+08:00 or 2026-03-01T00:00:00Z",
)


def _refused(field: str, rule: Text, code: str) -> Refused:
    return Refused(Refusal(field, rule, _REMEDY, code=code))


def parse_instant(text: object | int, field: str = "time") -> int:
    """Microseconds since the epoch, UTC, from ISO 8601 text with an offset or from microseconds.

    An ``int`` is taken to be microseconds already and only checked for range. Raises ``Refused``
    (codes ``time_shape``, ``time_naive``, ``time_value``, ``time_precision``, ``time_range``).
    Source: ISO 8601-1:2019 §5.4.2.1; RFC 3339 §5.6.

    >>> parse_instant("2026-03-01T08:00:00+08:00")
    1772323200000000
    >>> parse_instant("2026-03-01T00:00:00Z") == parse_instant(1772323200000000)
    True
    >>> parse_instant("2026-03-01T08:00:00")
    Traceback (most recent call last):
    lianshu.kernel.refusal.Refused: time: a time carries its offset from UTC; write \
2026-03-01T08:00:00+08:00 or 2026-03-01T00:00:00Z
    """
    if isinstance(text, int):
        if isinstance(text, bool):
            raise _refused(field, _NOT_A_TIME, "time_shape")
        us = text
    else:
        us = _parse_text(text, field)
    if not MIN_US <= us < MAX_US:
        raise _refused(field, _OUT_OF_RANGE, "time_range")
    return us


def _parse_text(text: object, field: str) -> int:
    shape = _SHAPE.fullmatch(text) if isinstance(text, str) else None
    if shape is None or not isinstance(text, str):
        raise _refused(field, _NOT_A_TIME, "time_shape")
    if shape[2] is None:
        raise _refused(field, _NO_OFFSET, "time_naive")
    if shape[1] is not None and shape[1][6:].strip("0"):
        raise _refused(field, _TOO_FINE, "time_precision")
    try:
        moment = datetime.fromisoformat(text.replace("z", "Z"))
    except ValueError:
        raise _refused(field, _NO_SUCH_TIME, "time_value") from None
    since = moment - _EPOCH
    return since.days * DAY_US + since.seconds * SECOND_US + since.microseconds


def format_instant(us: int) -> str:
    """UTC text of an instant; the fraction appears only when there is one.

    >>> format_instant(1772323200000000)
    '2026-03-01T00:00:00Z'
    >>> format_instant(1772323200250000)
    '2026-03-01T00:00:00.25Z'
    """
    assert MIN_US <= us < MAX_US, "an instant lies in the years 1 to 9999"
    seconds, fraction = divmod(us, SECOND_US)
    moment = (_EPOCH + timedelta(seconds=seconds)).isoformat()[:19]
    tail = f".{fraction:06d}".rstrip("0") if fraction else ""
    return f"{moment}{tail}Z"


def format_local(us: int) -> str:
    """Asia/Shanghai text of an instant, to the second, for people.

    >>> format_local(1772323200000000)
    '2026-03-01 08:00:00'
    """
    return format_instant(us + SHANGHAI_OFFSET_US)[:19].replace("T", " ")


def local_day(us: int) -> int:
    """Number of days from 1970-01-01 to the Asia/Shanghai date of an instant.

    >>> local_day(0), local_day(16 * 3_600 * SECOND_US)
    (0, 1)
    """
    return (us + SHANGHAI_OFFSET_US) // DAY_US


def local_date(us: int) -> date:
    """The Asia/Shanghai date of an instant; deadlines are counted in these.

    >>> local_date(parse_instant("2026-02-28T16:00:00Z"))
    datetime.date(2026, 3, 1)
    """
    return date_of_day(local_day(us))


def day_number(day: date) -> int:
    """Days from 1970-01-01 to a date; the inverse of ``date_of_day``.

    >>> day_number(date(2026, 3, 1))
    20513
    """
    return day.toordinal() - _EPOCH_ORDINAL


def date_of_day(number: int) -> date:
    """The date that lies so many days after 1970-01-01.

    >>> date_of_day(20513)
    datetime.date(2026, 3, 1)
    """
    return date.fromordinal(number + _EPOCH_ORDINAL)


def day_start_us(day: date) -> int:
    """The instant at which a date begins in Asia/Shanghai, in microseconds UTC.

    >>> format_instant(day_start_us(date(2026, 3, 1)))
    '2026-02-28T16:00:00Z'
    """
    return day_number(day) * DAY_US - SHANGHAI_OFFSET_US


def parse_date(text: object, field: str = "date") -> date:
    """A calendar date written ``YYYY-MM-DD`` (ISO 8601-1 §5.2.2.1); raises ``Refused``.

    >>> parse_date("2024-02-29")
    datetime.date(2024, 2, 29)
    """
    remedy = Text("写成 2026-03-01", "write 2026-03-01")
    if not isinstance(text, str) or _DATE.fullmatch(text) is None:
        rule = Text("日期按年-月-日书写", "a date is written year-month-day")
        raise Refused(Refusal(field, rule, remedy, code="date_shape"))
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused(Refusal(field, _NO_SUCH_TIME, remedy, code="date_value")) from None
