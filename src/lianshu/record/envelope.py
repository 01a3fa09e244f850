"""The outer shape of every entry on the wire: who tells what kind of thing under which id."""

from __future__ import annotations

import re
from typing import Annotated, Literal

import msgspec

from lianshu.kernel.refusal import Refusal
from lianshu.kernel.text import Text

KINDS = (
    "event",
    "order",
    "document",
    "payment",
    "master",
    "observation",
    "declaration",
    "correction",
)
Kind = Literal[
    "event",
    "order",
    "document",
    "payment",
    "master",
    "observation",
    "declaration",
    "correction",
]
LONGEST_KEY = 200
Key = Annotated[str, msgspec.Meta(max_length=LONGEST_KEY)]
# RFC 8785 appendix D: a larger integer is not one number for every JSON reader.
SafeInteger = Annotated[int, msgspec.Meta(ge=-(2**53), le=2**53)]
NeededKey = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_KEY)]

_WHERE = re.compile(r"^(?P<what>.*?)(?: - at `(?P<path>[^`]*)`)?$", re.DOTALL)


class Envelope(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What the record itself reads of an entry; the flows inside are read by ``flow.wire``.

    ``id`` is the client's idempotency key, ``source`` the key of the party that tells (empty: the
    operator of the workspace), ``supersedes`` the id of the entry that a correction replaces and
    ``recorded`` when the source says that it wrote it down.
    """

    id: NeededKey
    kind: Kind
    source: Key = ""
    supersedes: Key = ""
    recorded: str | SafeInteger = ""


_REMEDIES = {
    "missing required": Text("补上该字段", "add the field"),
    "contains unknown": Text("删去该字段，或核对拼写", "remove the field or check its spelling"),
    "Expected `str`": Text("写成带引号的文本", "write it as quoted text"),
    "Expected `str | int`": Text(
        '数量写成带引号的文本，如 "12.5"', 'write it as quoted text, such as "12.5"'
    ),
    "Invalid enum": Text("取词汇表中的值", "use a value of the glossary"),
    "length": Text("长度须在 1 至 200 之间", "use 1 to 200 characters"),
    "malformed": Text("按 JSON 书写", "write JSON"),
    "truncated": Text("补全这一行", "complete the line"),
    "utf-8": Text("存为 UTF-8", "save it as UTF-8"),
}


def decode_refusal(error: Exception) -> Refusal:
    """Say a decoder's error as a refusal with JSON path, rule and remedy.

    >>> decode_refusal(msgspec.ValidationError("Expected `str`, got `int` - at `$.id`")).field
    '$.id'
    """
    match = _WHERE.match(str(error))
    assert match is not None
    what, path = match["what"], match["path"] or "$"
    remedy = next(
        (text for word, text in _REMEDIES.items() if word.lower() in what.lower()),
        Text("按接口文档改正该字段", "correct the field as the reference says"),
    )
    code = "shape" if isinstance(error, msgspec.ValidationError) else "json"
    return Refusal(path, Text(f"格式不符（{what}）", what), remedy, code=code)
