"""Exact decimal numbers as the record holds them: at most 20 integer and 18 fraction digits.

Binary floating point never enters: a ``float`` is refused, and text is read digit by digit. The
canonical text has no exponent, no plus sign, no needless zeros and no negative zero, so equal
numbers have equal text and therefore equal digests.
"""

from __future__ import annotations

import re
from decimal import Context, Decimal
from typing import Final

from lianshu.kernel.refusal import Refusal, Refused
from lianshu.kernel.text import Text

MAX_INTEGER_DIGITS: Final = 20
MAX_FRACTION_DIGITS: Final = 18

# Wide enough for any sum or product of two checked numbers, so none of them is rounded.
EXACT: Final = Context(prec=2 * (MAX_INTEGER_DIGITS + MAX_FRACTION_DIGITS) + 4)

_PLAIN: Final = re.compile(r"-?[0-9]{1,20}(?:\.[0-9]{1,18})?")
_LONG: Final = re.compile(r"(-?)0*([0-9]+?)(?:\.([0-9]+?)0*)?")
_LONGEST_TEXT: Final = 200

_REMEDY: Final = Text(
    "用半角数字书写，如 1250.5，不带千分位、空格、单位或指数",
    "write plain digits such as 1250.5, without separators, spaces, unit or exponent",
)
_NOT_A_NUMBER: Final = Text("须为十进制数", "it is a decimal number")
_FLOAT: Final = Text("不接受二进制浮点数", "a binary floating-point number is not exact")
_NOT_FINITE: Final = Text("数须有限，不得为 NaN 或无穷", "a number is finite, not NaN or infinite")
_TOO_LONG: Final = Text(
    "整数部分至多 20 位，小数部分至多 18 位",
    "a number has at most 20 integer and 18 fraction digits",
)
_NEGATIVE: Final = Text("不得为负", "it is not negative")
_SWAP: Final = Text("去掉负号，方向由收发双方表示", "drop the sign; sender and receiver give direction")


def _refused(field: str, rule: Text, code: str, remedy: Text = _REMEDY) -> Refused:
    return Refused(Refusal(field, rule, remedy, code=code))


def parse_decimal(
    text: str | int | Decimal, field: str = "qty", *, negative: bool = True
) -> Decimal:
    """An exact decimal from text, an integer or a ``Decimal``.

    ``negative=False`` refuses numbers below zero. Raises ``Refused`` with code ``number_shape``,
    ``number_float``, ``number_finite``, ``number_digits`` or ``number_negative``.

    >>> parse_decimal("1250.50")
    Decimal('1250.50')
    >>> parse_decimal("1e3")
    Traceback (most recent call last):
    lianshu.kernel.refusal.Refused: qty: it is a decimal number; write plain digits such as \
1250.5, without separators, spaces, unit or exponent
    """
    if isinstance(text, str) and _PLAIN.fullmatch(text):
        number = Decimal(text)
    elif isinstance(text, str):
        number = _parse_long(text, field)
    elif isinstance(text, float):
        raise _refused(field, _FLOAT, "number_float")
    elif isinstance(text, bool) or not isinstance(text, int | Decimal):
        raise _refused(field, _NOT_A_NUMBER, "number_shape")
    else:
        # An int of a million digits would take seconds to convert, so it is bounded first.
        if isinstance(text, int) and abs(text) >= 10**MAX_INTEGER_DIGITS:
            raise _refused(field, _TOO_LONG, "number_digits")
        number = check_decimal(Decimal(text), field)
    if not negative and number < 0:
        raise _refused(field, _NEGATIVE, "number_negative", _SWAP)
    return number


def _parse_long(text: str, field: str) -> Decimal:
    """Text whose digits exceed the limits only by zeros that carry no value."""
    if text.strip().lstrip("+-").lower() in {"nan", "snan", "inf", "infinity"}:
        raise _refused(field, _NOT_FINITE, "number_finite")
    if len(text) > _LONGEST_TEXT:
        raise _refused(field, _TOO_LONG, "number_digits")
    shape = _LONG.fullmatch(text)
    if shape is None:
        raise _refused(field, _NOT_A_NUMBER, "number_shape")
    sign, whole, fraction = shape[1], shape[2], shape[3] or "0"
    if len(whole) > MAX_INTEGER_DIGITS or len(fraction) > MAX_FRACTION_DIGITS:
        raise _refused(field, _TOO_LONG, "number_digits")
    return Decimal(f"{sign}{whole}.{fraction}")


def check_decimal(number: Decimal, field: str = "qty") -> Decimal:
    """The same number, if it is finite and within the limits; raises ``Refused`` otherwise.

    >>> check_decimal(Decimal("1E+3"))
    Decimal('1E+3')
    >>> check_decimal(Decimal("1E+20"))
    Traceback (most recent call last):
    lianshu.kernel.refusal.Refused: qty: a number has at most 20 integer and 18 fraction digits; \
write plain digits such as 1250.5, without separators, spaces, unit or exponent
    """
    if not number.is_finite():
        raise _refused(field, _NOT_FINITE, "number_finite")
    if not number:
        return number
    _, digits, exponent = number.as_tuple()
    assert isinstance(exponent, int), "a finite number has an integer exponent"
    zeros = len(digits) - len("".join(map(str, digits)).rstrip("0")) if exponent < 0 else 0
    if number.adjusted() >= MAX_INTEGER_DIGITS or -(exponent + zeros) > MAX_FRACTION_DIGITS:
        raise _refused(field, _TOO_LONG, "number_digits")
    return number


def decimal_text(number: Decimal) -> str:
    """Canonical text of a number: no exponent, no trailing zeros, no negative zero.

    Raises ``Refused`` if the number is outside the limits of ``check_decimal``.

    >>> [decimal_text(Decimal(t)) for t in ("1250.50", "1E+3", "-0.00", "0.10", "100")]
    ['1250.5', '1000', '0', '0.1', '100']
    """
    if not check_decimal(number):
        return "0"
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
