"""Keys: a code together with the scheme that says what it means.

The text of a key is ``scheme:value`` (``uscc:91310113541320074X``). Schemes with a check character are
verified; ``handle`` and ``ecode`` are checked for shape only, because their registries decide; ``own``
is a firm's own code and holds any printable text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from lianshu.kernel.gs1 import parse_gln, parse_grai, parse_gtin, parse_sscc
from lianshu.kernel.lei import parse_lei
from lianshu.kernel.refusal import Refusal, Refused
from lianshu.kernel.text import Text
from lianshu.kernel.uscc import parse_organisation_code, parse_uscc

MAX_KEY_LENGTH: Final = 200

_HANDLE: Final = re.compile(r"[0-9]+(?:\.[0-9A-Za-z]+)*/[!-~]{1,160}")
_ECODE: Final = re.compile(r"[0-9][0-9A-Za-z]{7,63}")


def parse_handle(text: object, field: str = "handle") -> str:
    """A Handle: numeric prefix, slash, local name (RFC 3651 §3); the registry is not asked.

    >>> parse_handle("88.118.8/LOT-2026-001")
    '88.118.8/LOT-2026-001'
    """
    if not isinstance(text, str) or _HANDLE.fullmatch(text) is None:
        rule = Text(
            "标识为“前缀/后缀”，前缀以数字开头", "a handle is prefix/suffix, the prefix numeric"
        )
        remedy = Text("如 88.118.8/LOT-001", "write for example 88.118.8/LOT-001")
        raise Refused(Refusal(field, rule, remedy, code="handle_shape"))
    return text


def parse_ecode(text: object, field: str = "ecode") -> str:
    """An Ecode: version digit, system number and main code (GB/T 31866); checked for shape only.

    >>> parse_ecode("10064061234567890")
    '10064061234567890'
    """
    if not isinstance(text, str) or _ECODE.fullmatch(text) is None:
        rule = Text(
            "Ecode 为 8 至 64 位字母数字，首位为版本号",
            "an Ecode has 8 to 64 characters, a digit first",
        )
        remedy = Text("与 Ecode 标签核对", "compare with the Ecode label")
        raise Refused(Refusal(field, rule, remedy, code="ecode_shape"))
    return text


def parse_own(text: object, field: str = "own") -> str:
    """A firm's own code: printable text without space at either end, at most 200 characters.

    >>> parse_own("供应商-007")
    '供应商-007'
    """
    code = text if isinstance(text, str) and text.isprintable() else ""
    if not 0 < len(code) <= MAX_KEY_LENGTH or code != code.strip():
        rule = Text(
            "自有代码为 1 至 200 个可见字符，首尾无空格",
            "an own code has 1 to 200 printable characters and no space at either end",
        )
        remedy = Text("去掉空格与控制字符", "remove spaces and control characters")
        raise Refused(Refusal(field, rule, remedy, code="own_shape"))
    return code


@dataclass(frozen=True, slots=True)
class Scheme:
    """A way to give codes: what it names, how a code is read, and whether a check guards it.

    ``tables`` are the things that the scheme can name (party, place, item, lot, container).
    """

    name: str
    title: Text
    tables: frozenset[str]
    parse: Callable[[str, str], str]
    checked: bool
    source: str


def _scheme(  # Every row of the table below says the same six things.
    name: str, title: Text, tables: str, *, parse: Callable[[str, str], str], source: str
) -> Scheme:
    checked = name not in {"handle", "ecode", "own"}
    return Scheme(name, title, frozenset(tables.split()), parse, checked, source)


_ANYTHING: Final = "party place item lot container"

SCHEMES: Final[Mapping[str, Scheme]] = MappingProxyType(
    {
        scheme.name: scheme
        for scheme in (
            _scheme(
                "uscc",
                Text("统一社会信用代码", "Unified Social Credit Code"),
                "party",
                parse=parse_uscc,
                source="GB 32100-2015",
            ),
            _scheme(
                "orgcode",
                Text("组织机构代码", "Organisation code"),
                "party",
                parse=parse_organisation_code,
                source="GB 11714-1997",
            ),
            _scheme(
                "lei",
                Text("法人机构识别编码", "Legal Entity Identifier"),
                "party",
                parse=parse_lei,
                source="ISO 17442-1:2020",
            ),
            _scheme(
                "pgln",
                Text("参与方位置码", "Party GLN"),
                "party",
                parse=parse_gln,
                source="GS1 General Specifications §2.4.3, AI (417)",
            ),
            _scheme(
                "gln",
                Text("全球位置码", "Global Location Number"),
                "place",
                parse=parse_gln,
                source="GS1 General Specifications §2.4, AI (414)",
            ),
            _scheme(
                "gtin",
                Text("全球贸易项目代码", "Global Trade Item Number"),
                "item",
                parse=parse_gtin,
                source="GS1 General Specifications §2.1, AI (01)",
            ),
            _scheme(
                "sscc",
                Text("系列货运包装箱代码", "Serial Shipping Container Code"),
                "container",
                parse=parse_sscc,
                source="GS1 General Specifications §2.2, AI (00)",
            ),
            _scheme(
                "grai",
                Text("全球可回收资产代码", "Global Returnable Asset Identifier"),
                "item container",
                parse=parse_grai,
                source="GS1 General Specifications §2.3.1, AI (8003)",
            ),
            _scheme(
                "handle",
                Text("Handle 标识", "Handle"),
                _ANYTHING,
                parse=parse_handle,
                source="RFC 3651 §3",
            ),
            _scheme(
                "ecode",
                Text("物联网统一标识 Ecode", "Ecode"),
                _ANYTHING,
                parse=parse_ecode,
                source="GB/T 31866",
            ),
            _scheme(
                "own",
                Text("自有代码", "Own code"),
                _ANYTHING,
                parse=parse_own,
                source="the firm that issued it",
            ),
        )
    }
)


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """A valid code of a scheme; constructing one checks it, so no unchecked key exists.

    >>> Key("gtin", "6291041500213")
    Key(scheme='gtin', value='06291041500213')
    >>> str(Key.parse("uscc:91310113541320074x"))
    'uscc:91310113541320074X'
    """

    scheme: str
    value: str

    def __post_init__(self) -> None:
        scheme = SCHEMES.get(self.scheme)
        if scheme is None:
            known = ", ".join(SCHEMES)
            rule = Text("未知的编码体系", "there is no such scheme")
            remedy = Text(f"可用：{known}", f"use one of {known}")
            raise Refused(Refusal("scheme", rule, remedy, code="scheme_unknown"))
        object.__setattr__(self, "value", scheme.parse(self.value, scheme.name))

    @classmethod
    def parse(cls, text: object, field: str = "key") -> Key:
        """A key from ``scheme:value``; raises ``Refused`` naming the scheme's broken rule."""
        scheme, colon, value = text.partition(":") if isinstance(text, str) else ("", "", "")
        if not colon:
            rule = Text("标识写成“体系:代码”", "a key is written scheme:value")
            remedy = Text("如 uscc:91310113541320074X", "write for example uscc:91310113541320074X")
            raise Refused(Refusal(field, rule, remedy, code="key_shape"))
        return cls(scheme, value)

    @property
    def title(self) -> Text:
        """The name of the scheme, for people."""
        return SCHEMES[self.scheme].title

    def __str__(self) -> str:
        return f"{self.scheme}:{self.value}"


def parse_party_key(text: object, field: str = "party") -> Key:
    """A key that names a party: 统一社会信用代码, organisation code, LEI, party GLN, or an unchecked one.

    A bare GLN scheme is read as the party GLN, since the same 13 digits may name a firm or its gate.
    Raises ``Refused`` (``key_party``) for a scheme that names no party, such as ``gtin``.

    >>> str(parse_party_key("gln:4012345000009"))
    'pgln:4012345000009'
    """
    key = Key.parse(text, field)
    if key.scheme == "gln":
        return Key("pgln", key.value)
    if "party" not in SCHEMES[key.scheme].tables:
        rule = Text(f"{key.title.zh}不是主体标识", f"a {key.title.en} names no party")
        remedy = Text("填写 uscc、lei、pgln 或 own", "use uscc, lei, pgln or own")
        raise Refused(Refusal(field, rule, remedy, code="key_party"))
    return key


def recognise(text: str) -> tuple[Key, ...]:
    """Every scheme with a check character in which a bare code is valid, most specific first.

    More than one answer means that the code alone does not say what it names.

    >>> [k.scheme for k in recognise("N234032351634TX058")]
    ['uscc']
    >>> [k.scheme for k in recognise("4012345000009")]
    ['pgln', 'gln', 'gtin', 'grai']
    >>> recognise("hello")
    ()
    """
    found = []
    for scheme in SCHEMES.values():
        if not scheme.checked:
            continue
        try:
            found.append(Key(scheme.name, text))
        except Refused:
            continue
    return tuple(found)
