"""Legal Entity Identifier: 18 characters and two check digits (ISO 17442-1:2020, ISO 7064 MOD 97-10)."""

from __future__ import annotations

import re
from typing import Final

from lianshu.kernel.refusal import Refusal, Refused
from lianshu.kernel.text import Text

LEI_LENGTH: Final = 20
_SHAPE: Final = re.compile(r"[0-9A-Z]{18}[0-9]{2}")
_REMEDY: Final = Text(
    "在 GLEIF 公开数据中核对 20 位代码", "compare the 20 characters with GLEIF data"
)


def lei_check_digits(body: str) -> str:
    """The two check digits of the first 18 characters (ISO 7064:2003 §9, letters count 10 to 35).

    >>> lei_check_digits("529900T8BM49AURSDO")
    '55'
    """
    number = int("".join(str(int(character, 36)) for character in body)) * 100
    return f"{98 - number % 97:02d}"


def parse_lei(text: object, field: str = "lei") -> str:
    """An LEI in upper case; raises ``Refused`` with code ``lei_shape`` or ``lei_check``.

    Check digits 00, 01 and 99, which the modulus would let pass, are never issued and are refused.

    >>> parse_lei("529900t8bm49aursdo55")
    '529900T8BM49AURSDO55'
    """
    code = text.upper() if isinstance(text, str) and text.isascii() else ""
    if _SHAPE.fullmatch(code) is None:
        rule = Text(
            "LEI 为 18 位字母数字加 2 位校验数字", "an LEI has 18 characters and two digits"
        )
        raise Refused(Refusal(field, rule, _REMEDY, code="lei_shape"))
    if lei_check_digits(code[:18]) != code[18:]:
        rule = Text("LEI 校验位不符", "the check digits of the LEI do not fit")
        raise Refused(Refusal(field, rule, _REMEDY, code="lei_check"))
    return code
