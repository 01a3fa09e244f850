"""统一社会信用代码: the 18-character identifier of a Chinese legal person or other organisation.

Layout (GB 32100-2015 §4): registering authority (1), class of organisation (1), administrative division
(6), organisation code of GB 11714 (9), check character (1). Letters I O S V Z are not used. Codes that
begin with a letter are as valid as those that begin with a digit.
"""

from __future__ import annotations

import re
from typing import Final

from lianshu.kernel.refusal import Refusal, Refused
from lianshu.kernel.text import Text

USCC_LENGTH: Final = 18
ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"

# Registering authorities: GB 32100-2015 Table 1 with the letters that its revision sheet added.
AUTHORITIES: Final = {
    "1": Text("机构编制", "public institution staffing"),
    "2": Text("外交", "foreign affairs"),
    "3": Text("司法行政", "justice administration"),
    "4": Text("文化", "culture"),
    "5": Text("民政", "civil affairs"),
    "6": Text("旅游", "tourism"),
    "7": Text("宗教", "religious affairs"),
    "8": Text("工会", "trade unions"),
    "9": Text("市场监督管理（工商）", "market regulation"),
    "A": Text("中央军委改革和编制办公室", "military reform and staffing office"),
    "N": Text("农业农村", "agriculture and rural affairs"),
    "Y": Text("其他", "other"),
}

# The first two digits of GB/T 2260. Only the province is checked: a code keeps the county in which it
# was issued after that county is merged or renamed, so today's county list would refuse true codes.
PROVINCES: Final = frozenset(
    str(code)
    for codes in ((11, 16), (21, 24), (31, 38), (41, 47), (50, 55), (61, 66), (71, 72), (81, 83))
    for code in range(*codes)
)
NATIONAL: Final = "100000"

_VALUE: Final = {character: value for value, character in enumerate(ALPHABET)}
_WEIGHTS: Final = tuple(pow(3, position, 31) for position in range(17))
_ORGANISATION_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)
_ASCII: Final = re.compile(r"[0-9A-Za-z]*")
_ORGANISATION: Final = re.compile(r"([0-9A-Z]{8})-?([0-9X])")
_REMEDY: Final = Text("对照营业执照核对 18 位代码", "check the 18 characters against the licence")


def _refused(field: str, rule: Text, code: str) -> Refused:
    return Refused(Refusal(field, rule, _REMEDY, code=code))


def uscc_check_character(body: str) -> str:
    """The check character of the first 17 characters (GB 32100-2015 §5, modulus 31, weights 3^i).

    >>> uscc_check_character("91310113541320074")
    'X'
    """
    total = sum(
        _VALUE[character] * weight for character, weight in zip(body, _WEIGHTS, strict=True)
    )
    return ALPHABET[-total % 31]


def organisation_check_character(body: str) -> str:
    """The check character of an organisation code's eight characters (GB 11714-1997 §3.3, modulus 11).

    >>> organisation_check_character("54132007")
    '4'
    """
    values = (int(character, 36) for character in body)
    total = sum(v * weight for v, weight in zip(values, _ORGANISATION_WEIGHTS, strict=True))
    return "0123456789X"[-total % 11]


def parse_organisation_code(text: object, field: str = "organisation_code") -> str:
    """The nine characters of a GB 11714 organisation code (组织机构代码); a hyphen may precede the last.

    Lower case is read as upper case. Raises ``Refused`` with code ``organisation_shape`` or
    ``organisation_check``.

    >>> parse_organisation_code("54132007-4")
    '541320074'
    """
    upper = text.upper() if isinstance(text, str) and text.isascii() else ""
    shape = _ORGANISATION.fullmatch(upper)
    if shape is None:
        rule = Text(
            "组织机构代码为 8 位加 1 位校验码", "an organisation code has 8 characters and a check"
        )
        raise _refused(field, rule, "organisation_shape")
    if organisation_check_character(shape[1]) != shape[2]:
        rule = Text(
            "组织机构代码校验码不符（GB 11714）", "the GB 11714 check character does not fit"
        )
        raise _refused(field, rule, "organisation_check")
    return shape[1] + shape[2]


def parse_uscc(text: object, field: str = "uscc") -> str:
    """The code in upper case, if every part of it is valid.

    Raises ``Refused`` with code ``uscc_length``, ``uscc_alphabet``, ``uscc_authority``,
    ``uscc_division``, ``uscc_organisation`` or ``uscc_check``. Source: GB 32100-2015 §4-5, GB 11714-1997,
    GB/T 2260-2007 (province level). Nothing but case is repaired.

    >>> parse_uscc("91310113541320074x")
    '91310113541320074X'
    >>> parse_uscc("N234032351634TX058")
    'N234032351634TX058'
    >>> parse_uscc("91310113541320074Y")
    Traceback (most recent call last):
    lianshu.kernel.refusal.Refused: uscc: the last character is not the check character; check the \
18 characters against the licence
    """
    if not isinstance(text, str) or len(text) != USCC_LENGTH:
        raise _refused(
            field, Text("统一社会信用代码为 18 位", "a code has 18 characters"), "uscc_length"
        )
    code = text.upper() if _ASCII.fullmatch(text) else ""
    if code and code[0] not in AUTHORITIES:
        rule = Text("第 1 位不是登记管理部门代码", "character 1 is no registering authority")
        raise _refused(field, rule, "uscc_authority")
    if not code or not set(code) <= _VALUE.keys() or not code[2:8].isdigit():
        rule = Text(
            "只用半角数字与大写字母（不含 I O S V Z），第 3 至 8 位为数字",
            "only digits and letters without I O S V Z; characters 3 to 8 are digits",
        )
        raise _refused(field, rule, "uscc_alphabet")
    if code[2:4] not in PROVINCES and code[2:8] != NATIONAL:
        rule = Text("行政区划码不存在", "there is no such administrative division")
        raise _refused(field, rule, "uscc_division")
    if organisation_check_character(code[8:16]) != code[16]:
        rule = Text("主体标识码校验不符（GB 11714）", "the GB 11714 check character does not fit")
        raise _refused(field, rule, "uscc_organisation")
    if uscc_check_character(code[:17]) != code[17]:
        rule = Text("末位校验码不符", "the last character is not the check character")
        raise _refused(field, rule, "uscc_check")
    return code
