"""Units of measure by their UNECE Recommendation 20 code, with exact factors where one is declared.

The table is ``units.csv``: code, symbol, names, dimension, ``factor`` and ``offset`` to the base unit
of the dimension as exact fractions (``base = number * factor + offset``), other spellings, source.
Packages carry their Rec 20 code, which is "X" and the Rec 21 package code; the bare two-letter codes
that Rec 20 has withdrawn (``BX``, ``CT``) are read as spellings. Units that Chinese trade uses and
Rec 20 lacks (斤, 亩, 吨标准煤) have codes that begin with ``CN_``. A unit without a factor converts to
nothing but itself: nobody declared how many pieces a carton holds.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Final

from lianshu.kernel.refusal import Refusal, Refused
from lianshu.kernel.text import Text

_CODE_LENGTH: Final = 3
_LONGEST: Final = 40


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit of measure.

    ``factor`` and ``offset`` lead to the base unit of ``dimension``; ``factor`` is ``None`` where no
    conversion is declared. ``aliases`` are other spellings that mean exactly this unit.
    """

    code: str
    symbol: str
    name: Text
    dimension: str
    factor: Fraction | None
    offset: Fraction
    aliases: tuple[str, ...]
    source: str

    def converts_to(self, other: Unit) -> bool:
        """Whether an exact conversion to the other unit is declared.

        >>> parse_unit("t").converts_to(parse_unit("kg"))
        True
        >>> parse_unit("CT").converts_to(parse_unit("H87"))
        False
        """
        if self.code == other.code:
            return True
        declared = self.factor is not None and other.factor is not None
        return declared and self.dimension == other.dimension

    def convert(self, number: Fraction, to: Unit) -> Fraction:
        """The number, said in the other unit, exactly; raises ``Refused`` (``unit_convert``).

        >>> parse_unit("°F").convert(Fraction(212), parse_unit("°C"))
        Fraction(100, 1)
        """
        if self.code == to.code:
            return number
        if not self.converts_to(to) or self.factor is None or to.factor is None:
            rule = Text(
                f"没有声明从 {self.code} 到 {to.code} 的换算",
                f"no conversion from {self.code} to {to.code} is declared",
            )
            remedy = Text(
                "改用同一单位，或在物料主数据中声明换算",
                "use one unit, or declare the conversion with the item",
            )
            raise Refused(Refusal("unit", rule, remedy, code="unit_convert"))
        return (number * self.factor + self.offset - to.offset) / to.factor


def _read_row(row: Mapping[str, str]) -> Unit:
    return Unit(
        code=row["code"],
        symbol=row["symbol"],
        name=Text(row["zh"], row["en"]),
        dimension=row["dimension"],
        factor=Fraction(row["factor"]) if row["factor"] else None,
        offset=Fraction(row["offset"] or 0),
        aliases=tuple(row["aliases"].split()),
        source=row["source"],
    )


@cache
def units() -> Mapping[str, Unit]:
    """All known units by code.

    >>> units()["KWH"].symbol, units()["KWH"].factor
    ('kW·h', Fraction(3600000, 1))
    """
    text = resources.files("lianshu.kernel").joinpath("units.csv").read_text("utf-8")
    table = {row["code"]: _read_row(row) for row in csv.DictReader(text.splitlines())}
    return MappingProxyType(table)


@cache
def _spellings() -> Mapping[str, Unit]:
    table: dict[str, Unit] = dict(units())
    for unit in units().values():
        for spelling in (unit.symbol, unit.name.zh, *unit.aliases):
            owner = table.setdefault(spelling, unit) if spelling else unit
            assert owner is unit, f"{spelling} means both {owner.code} and {unit.code}"
    return MappingProxyType(table)


def parse_unit(text: object, field: str = "unit") -> Unit:
    """The unit that a code, a symbol or a usual spelling means; raises ``Refused`` (``unit_unknown``).

    Case matters (``mg`` is not ``Mg``) except for three-letter codes, which are read in any case.
    Source: UNECE Recommendation 20 rev. 17, Annexes II and III; Recommendation 21 rev. 12.

    >>> [parse_unit(t).code for t in ("KGM", "kg", "公斤", "t", "件", "kgm", "CT", "斤")]
    ['KGM', 'KGM', 'KGM', 'TNE', 'H87', 'KGM', 'XCT', 'CN_JIN']
    >>> parse_unit("Mg")
    Traceback (most recent call last):
    lianshu.kernel.refusal.Refused: unit: 'Mg' is not a known unit of measure; write a UNECE \
Rec 20 code such as KGM, TNE, LTR or H87
    """
    found = _spellings().get(text) if isinstance(text, str) else None
    if found is None and isinstance(text, str) and len(text) == _CODE_LENGTH and text.isascii():
        found = units().get(text.upper())
    if found is None:
        shown = text[:_LONGEST] if isinstance(text, str) else type(text).__name__
        rule = Text(f"“{shown}”不是已知的计量单位", f"{shown!r} is not a known unit of measure")
        remedy = Text(
            "填写 UNECE 第 20 号建议书代码，如 KGM、TNE、LTR、H87",
            "write a UNECE Rec 20 code such as KGM, TNE, LTR or H87",
        )
        raise Refused(Refusal(field, rule, remedy, code="unit_unknown"))
    return found
