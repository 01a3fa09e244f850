"""GS1 identification keys: GTIN, GLN, SSCC and GRAI, with their check digit.

Source: GS1 General Specifications, release 24: §2 (keys), §7.9 (check digit), §7.11 (characters of a
serial component). Company prefix and restricted-circulation ranges are not judged here: a key that a
firm issued for its own warehouse is still a key in its record.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from lianshu.kernel.refusal import Refusal, Refused
from lianshu.kernel.text import Text

GTIN_LENGTHS: Final = (8, 12, 13, 14)
GLN_LENGTH: Final = 13
SSCC_LENGTH: Final = 18
GRAI_LENGTH: Final = 13
GRAI_SERIAL_LENGTH: Final = 16

_DIGITS: Final = re.compile(r"[0-9]+")
_SERIAL: Final = re.compile(r"[!\"%&'()*+,\-./0-9:;<=>?A-Z_a-z]{0,16}")
_REMEDY: Final = Text(
    "只填半角数字，不带空格和连字符，并与标签核对",
    "write digits only, without spaces or hyphens, and compare with the label",
)


def _refused(field: str, rule: Text, code: str) -> Refused:
    return Refused(Refusal(field, rule, _REMEDY, code=code))


def gs1_check_digit(body: str) -> str:
    """The check digit of the digits before it: weights 3, 1, 3, ... from the right, modulus 10.

    GS1 General Specifications §7.9.1; the standard's example is GTIN-13 629104150021 with 3.

    >>> gs1_check_digit("629104150021")
    '3'
    """
    total = sum(int(digit) * (3, 1)[place % 2] for place, digit in enumerate(reversed(body)))
    return str(-total % 10)


def _checked(text: object, lengths: tuple[int, ...], name: str, field: str) -> str:
    """The text, if it is a run of ASCII digits of a fitting length whose last digit checks."""
    if not isinstance(text, str) or len(text) not in lengths or not _DIGITS.fullmatch(text):
        sizes = "/".join(map(str, lengths))
        rule = Text(f"{name} 为 {sizes} 位数字", f"a {name} has {sizes} digits")
        raise _refused(field, rule, f"{name.lower()}_shape")
    if not text.strip("0"):
        raise _refused(field, Text(f"{name} 不得全为零", f"a {name} is not all zeros"), "gs1_zero")
    if gs1_check_digit(text[:-1]) != text[-1]:
        rule = Text(f"{name} 校验位不符", f"the check digit of the {name} does not fit")
        raise _refused(field, rule, f"{name.lower()}_check")
    return text


def parse_gtin(text: object, field: str = "gtin") -> str:
    """A GTIN-8, -12, -13 or -14 as 14 digits, so that one trade item has one text.

    Raises ``Refused`` with code ``gtin_shape``, ``gs1_zero`` or ``gtin_check``.
    Source: GS1 General Specifications §2.1 and §3.3.2 (n14, filled with zeros on the left).

    >>> parse_gtin("6291041500213"), parse_gtin("96385074")
    ('06291041500213', '00000096385074')
    """
    return _checked(text, GTIN_LENGTHS, "GTIN", field).zfill(14)


def parse_gln(text: object, field: str = "gln") -> str:
    """A Global Location Number: 13 digits that name a party or a place (GS1 Gen. Spec. §2.4).

    >>> parse_gln("4012345000009")
    '4012345000009'
    """
    return _checked(text, (GLN_LENGTH,), "GLN", field)


def parse_sscc(text: object, field: str = "sscc") -> str:
    """A Serial Shipping Container Code: 18 digits of one logistic unit (GS1 Gen. Spec. §2.2).

    >>> parse_sscc("106141412345678908")
    '106141412345678908'
    """
    return _checked(text, (SSCC_LENGTH,), "SSCC", field)


@dataclass(frozen=True, slots=True)
class Grai:
    """A returnable asset: the 13 digits of its type and the serial of the single asset, or ""."""

    asset_type: str
    serial: str

    def __str__(self) -> str:
        return self.asset_type + self.serial


def read_grai(text: object, field: str = "grai") -> Grai:
    """Type and serial of a Global Returnable Asset Identifier (GS1 Gen. Spec. §2.3.1).

    13 digits with check digit and up to 16 serial characters; the filler zero that stands before them
    in an AI (8003) bar code is not part of the key. Serials keep their case.

    >>> read_grai("4012345000009PAL-7")
    Grai(asset_type='4012345000009', serial='PAL-7')
    """
    whole = text if isinstance(text, str) else ""
    asset_type = _checked(whole[:GRAI_LENGTH], (GRAI_LENGTH,), "GRAI", field)
    serial = whole[GRAI_LENGTH:]
    if _SERIAL.fullmatch(serial) is None:
        rule = Text(
            "GRAI 序列号至多 16 个规定字符", "a GRAI serial has at most 16 permitted characters"
        )
        raise _refused(field, rule, "grai_serial")
    return Grai(asset_type, serial)


def parse_grai(text: object, field: str = "grai") -> str:
    """A GRAI as text; raises ``Refused`` (``grai_shape``, ``gs1_zero``, ``grai_check``, ``grai_serial``).

    >>> parse_grai("4012345000009")
    '4012345000009'
    """
    return str(read_grai(text, field))
