"""Quantities: an exact decimal of at most 20 integer and 18 fraction digits, and a unit.

Binary floating point never enters: a ``float`` is refused, and text is read digit by digit. The
canonical text has no exponent, no plus sign, no needless zeros and no negative zero, so equal
numbers have equal text and therefore equal digests.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction
from typing import Final

from lianshu.kernel.refusal import Refusal, Refused
from lianshu.kernel.text import Text
from lianshu.kernel.unit import parse_unit

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
_SWAP: Final = Text(
    "去掉负号，方向由收发双方表示", "drop the sign; sender and receiver give direction"
)


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
    if not number:
        return "0"
    text = str(number)
    # Plain text within the limits needs no second look; this is the path of nearly every number.
    if _PLAIN.fullmatch(text) is None:
        text = format(check_decimal(number), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


@dataclass(frozen=True, slots=True)
class Quantity:
    """An exact number of a unit of measure; ``unit`` is a Rec 20 code.

    Arithmetic is exact and stays in one unit: adding kilograms to tonnes is refused until one of
    them has been converted, so no sum hides a conversion.

    >>> Quantity.parse("1.5", "t").convert("kg")
    Quantity(amount=Decimal('1500'), unit='KGM')
    >>> str(Quantity.parse("0.20", "kg") + Quantity.parse("0.1", "kg"))
    '0.3 KGM'
    """

    amount: Decimal
    unit: str

    def __post_init__(self) -> None:
        # Compared and hashed by value, so 1.50 and 1.5 are one quantity; its text is canonical.
        object.__setattr__(self, "amount", Decimal(decimal_text(self.amount)))
        object.__setattr__(self, "unit", parse_unit(self.unit).code)

    @classmethod
    def parse(
        cls,
        amount: str | int | Decimal,
        unit: str,
        *,
        field: str = "qty",
        negative: bool = False,
    ) -> Quantity:
        """A quantity from what came in; numbers below zero only where ``negative`` allows them."""
        return cls(parse_decimal(amount, field, negative=negative), unit)

    def convert(self, unit: str, *, places: int | None = None) -> Quantity:
        """The same quantity in another unit, exactly.

        A result that no decimal of 18 places can hold (°F to °C, for one) is refused unless ``places``
        states the rounding, which is then half to even. Raises ``Refused`` with code
        ``unit_convert``, ``unit_unknown``, ``number_inexact`` or ``number_digits``.

        >>> str(Quantity.parse("100", "FAH").convert("CEL", places=2))
        '37.78 CEL'
        """
        to = parse_unit(unit)
        exact = parse_unit(self.unit).convert(Fraction(self.amount), to)
        return Quantity(_decimal_of(exact, places), to.code)

    def __add__(self, other: Quantity) -> Quantity:
        return Quantity(EXACT.add(self.amount, self._same_unit(other).amount), self.unit)

    def __sub__(self, other: Quantity) -> Quantity:
        return Quantity(EXACT.subtract(self.amount, self._same_unit(other).amount), self.unit)

    def __neg__(self) -> Quantity:
        return Quantity(EXACT.minus(self.amount), self.unit)

    def __str__(self) -> str:
        return f"{decimal_text(self.amount)} {self.unit}"

    def _same_unit(self, other: Quantity) -> Quantity:
        if other.unit != self.unit:
            rule = Text(
                f"不同单位不能相加减：{self.unit} 与 {other.unit}",
                f"{self.unit} and {other.unit} do not add",
            )
            remedy = Text("先换算为同一单位", "convert one of them first")
            raise Refused(Refusal("unit", rule, remedy, code="unit_differs"))
        return other


def _decimal_of(number: Fraction, places: int | None) -> Decimal:
    """A fraction as a decimal, rounded half to even only where ``places`` says so."""
    digits = MAX_FRACTION_DIGITS if places is None else places
    assert 0 <= digits <= MAX_FRACTION_DIGITS, "places lie between 0 and 18"
    scaled = number * 10**digits
    if places is None and scaled.denominator != 1:
        rule = Text("换算结果不是有限小数", "the converted number has no finite decimal form")
        remedy = Text("说明保留的小数位数", "state the number of decimal places")
        raise Refused(Refusal("qty", rule, remedy, code="number_inexact"))
    whole = round(scaled)
    if abs(whole) >= 10 ** (MAX_INTEGER_DIGITS + digits):
        raise _refused("qty", _TOO_LONG, "number_digits")
    return Decimal(whole).scaleb(-digits, EXACT)
