"""Values of the record in the words of the page: days, money, quantities, modes."""

from __future__ import annotations

from decimal import Decimal

from lianshu.kernel.instant import DAY_US, format_local, local_date
from lianshu.kernel.refusal import Refused
from lianshu.kernel.unit import parse_unit
from lianshu.site.texts import current_language, dictionary, say
from lianshu.site.written import compact, grouped

SHANGHAI_US = DAY_US // 3


def day(us: int | None) -> str:
    """The local date of an instant; empty when there is none.

    >>> day(1351728000000000), day(None)
    ('2012-11-01', '')
    """
    return "" if us is None else local_date(us).isoformat()


def moment(us: int | None) -> str:
    """Local date and time; only the date where the source gave no more (midnight, or the day's last second).

    >>> moment(1351728000000000), moment(1351731600000000), moment(1351785599000000)
    ('2012-11-01', '2012-11-01 09:00', '2012-11-01')
    """
    if us is None:
        return ""
    local = us + SHANGHAI_US
    if us % DAY_US == 0 or local % DAY_US == 0 or DAY_US - local % DAY_US <= 1_000_000:
        return day(us)
    return format_local(us).replace("T", " ")[:16]


def money(amount: Decimal) -> str:
    """An amount to the hundredth, with thousands separated.

    >>> money(Decimal("4.0176E+5"))
    '401,760.00'
    """
    return grouped(amount, 2)


def short_money(amount: Decimal, currency: str = "") -> str:
    """An amount in few digits, with its currency behind it."""
    return f"{compact(amount, current_language())} {currency}".strip()


def quantity(amount: Decimal, unit: str = "") -> str:
    """An exact quantity with its unit: its name in Chinese, its sign in English.

    >>> quantity(Decimal("1E+3"), "KGM")
    '1,000 千克'
    """
    return f"{amount:,f} {unit_words(unit)}".strip()


def unit_words(code: str) -> str:
    """What people call a unit; the code itself where it is not a known unit."""
    try:
        unit = parse_unit(code)
    except Refused:
        return code
    return unit.symbol if current_language() == "en" else unit.name.zh


def mode_words(mode: str) -> str:
    """What people call a mode of transport; as received where it is not in the list."""
    return _listed("mode", mode)


def kind_words(kind: str) -> str:
    """What people call the kind of an entry."""
    return _listed("entries.kind", kind)


def thing_kind_words(kind: str) -> str:
    """What people call the kind of a party, place, item, lot or lane; as received where it is not in the list."""
    return _listed("things.kind", kind)


def item_words(item: str) -> str:
    """What people call a measured property that stands where an item does (gross_mass); else the item."""
    return _listed("measure", item)


def days_words(days: float) -> str:
    """A number of days: whole, or with one decimal below ten.

    >>> days_words(127.0), days_words(2.25)
    ('127', '2.2')
    """
    return grouped(round(days)) if days >= 10 or days == int(days) else f"{days:.1f}"


def _listed(group: str, word: str) -> str:
    key = f"{group}.{word}"
    return say(key) if word and key in dictionary() else word
