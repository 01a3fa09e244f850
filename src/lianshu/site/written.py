"""Numbers as people write them in each language."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

Number = int | float | Decimal
SCALES = {
    "zh": ((Decimal(10) ** 8, "亿"), (Decimal(10) ** 4, "万")),
    "en": ((Decimal(10) ** 9, "bn"), (Decimal(10) ** 6, "m"), (Decimal(10) ** 3, "k")),
}


def grouped(value: Number, places: int | None = None) -> str:
    """Thousands separated by commas; ``places`` fixes the decimals, otherwise as many as the value has.

    >>> grouped(7110), grouped(Decimal("1234567.50"), 1), grouped(Decimal("0.10")), grouped(-3)
    ('7,110', '1,234,567.5', '0.10', '-3')
    """
    exact = (
        Decimal(int(value))
        if isinstance(value, float) and value.is_integer()
        else Decimal(str(value))
    )
    return f"{exact:,}" if places is None else f"{exact:,.{places}f}"


def compact(value: Number, language: str = "zh-hans", digits: int = 3) -> str:
    """A large number in few digits: 万 and 亿 in Chinese, k, m and bn in English.

    >>> compact(123456789), compact(123456789, "en"), compact(980), compact(Decimal("15234.5"))
    ('1.23亿', '123m', '980', '1.52万')
    """
    exact = Decimal(str(value))
    for size, word in SCALES["en" if language.startswith("en") else "zh"]:
        if abs(exact) >= size:
            return f"{significant(exact / size, digits)}{word}"
    return significant(exact, digits)


def significant(value: Decimal, digits: int) -> str:
    """At least all integer digits, at most ``digits`` figures in all, no zeros at the end.

    >>> significant(Decimal("12.345"), 3), significant(Decimal("1234.5"), 3), significant(Decimal(7), 3)
    ('12.3', '1,234', '7')
    """
    places = max(0, digits - 1 - max(value.adjusted(), 0)) if value else 0
    text = f"{value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_EVEN):,}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(ratio: Number, places: int = 1) -> str:
    """A ratio as a percentage.

    >>> percent(Decimal("0.8853")), percent(1, 0)
    ('88.5%', '100%')
    """
    return f"{Decimal(str(ratio)) * 100:,.{places}f}%"
