"""The two tiny languages of a mapping: templates that write text, and patterns that read it.

Both are data. A template holds ``{column}`` and nothing else; a pattern holds ``{name:class}`` with a
closed list of character classes, so no pattern can take exponential time.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from lianshu.kernel.refusal import Refusal, Refused
from lianshu.kernel.text import Text

CLASSES: Final = {
    "digits": "[0-9]{1,20}",
    "code": "[A-Za-z0-9_./-]{1,80}",
    "word": r"\w{1,80}",
}
_SLOT: Final = re.compile(r"\{([a-z][a-z0-9_]*)(?::([a-z]+))?\}")


def refuse_mapping(where: str, zh: str, en: str) -> Refused:
    """The refusal of a mapping file itself."""
    remedy = Text("按映射说明修改 YAML", "correct the YAML as the mapping reference says")
    return Refused(Refusal(where, Text(zh, en), remedy, code="mapping"))


@dataclass(frozen=True, slots=True)
class Template:
    """Text with ``{column}`` in it and no other brace, and the columns that it reads."""

    text: str
    columns: tuple[str, ...]

    def fill(self, values: Mapping[str, str]) -> str:
        """The text for the values of one line (none of them empty); empty if a column has no value.

        Half a key would be a wrong key, so a template is filled whole or not at all.

        >>> parse_template("scms:line:{id}", "entries").fill({"id": "1281"})
        'scms:line:1281'
        >>> parse_template("scms:line:{id}", "entries").fill({})
        ''
        """
        try:
            return self.text.format_map(values)
        except KeyError:
            return ""


def parse_template(text: str, where: str) -> Template:
    """A template from its text; raises ``Refused`` for a brace that is not a column."""
    slots = list(_SLOT.finditer(text))
    if any(slot[2] for slot in slots):
        raise refuse_mapping(where, f"模板中不用类别：{text}", f"a template has no class: {text}")
    if any(brace in _SLOT.sub("", text) for brace in "{}"):
        raise refuse_mapping(
            where, f"花括号只用于列名：{text}", f"braces only name columns: {text}"
        )
    return Template(text, tuple(slot[1] for slot in slots))


def parse_pattern(text: str, where: str) -> re.Pattern[str]:
    """A pattern such as ``See {document:code} (ID#:{line:digits})``; raises ``Refused``.

    >>> found = parse_pattern("See {document:code} (ID#:{line:digits})", "p").fullmatch(
    ...     "See ASN-93 (ID#:1281)")
    >>> found.groupdict() if found else None
    {'document': 'ASN-93', 'line': '1281'}
    """
    written, end, names = "", 0, set()
    for slot in _SLOT.finditer(text):
        name, kind = slot[1], slot[2]
        if kind not in CLASSES or name in names:
            known = ", ".join(CLASSES)
            raise refuse_mapping(where, f"模式的类别须为 {known}，且名称不重复",
                                 f"a class is one of {known}, and names differ")  # fmt: skip
        names.add(name)
        written += re.escape(text[end : slot.start()]) + f"(?P<{name}>{CLASSES[kind]})"
        end = slot.end()
    if not names:
        raise refuse_mapping(where, "模式至少含一个取值", "a pattern reads at least one value")
    return re.compile(written + re.escape(text[end:]))
