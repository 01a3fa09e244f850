"""All words of the site, in 简体中文 and English, from ``texts/*.csv`` (columns key, zh, en).

Words stand in tables, not in templates, so that a test can say that both languages are complete.
Django's own messages (form errors) come from Django's own translations.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

from django.utils.translation import get_language

from lianshu.kernel.text import Text

TEXTS_FOLDER = Path(__file__).parent / "texts"


@cache
def dictionary() -> dict[str, Text]:
    """Every text by its key; raises ValueError for a key said twice or a missing language.

    >>> dictionary()["role.bank"]
    Text(zh='银行', en='Bank')
    """
    found: dict[str, Text] = {}
    for path in sorted(TEXTS_FOLDER.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                key, zh, en = row["key"], row["zh"], row["en"]
                if key in found or not (key and zh and en):
                    raise ValueError(f"{path.name}: {key!r} is said twice or lacks a language")
                found[key] = Text(zh, en)
    return found


def current_language() -> str:
    """The language of this request: ``zh-hans`` or ``en``.

    >>> current_language() in {"zh-hans", "en"}
    True
    """
    return "en" if (get_language() or "").startswith("en") else "zh-hans"


def say(key: str, language: str | None = None, /, **values: object) -> str:
    """The text of a key in the given or current language, with ``{name}`` places filled; KeyError when unknown.

    >>> say("pager.total", "zh-hans", count="7,110"), say("pager.total", "en", count="7,110")
    ('共 7,110 条', '7,110 in all')
    """
    text = dictionary()[key].in_language(language or current_language())
    return text.format(**values) if values else text


def words_of(value: object, language: str | None = None) -> str:
    """What to show for a value: a ``Text`` in the current language, anything else as it is.

    >>> words_of(Text("库存", "Stock"), "en"), words_of("SCMS-4")
    ('Stock', 'SCMS-4')
    """
    if isinstance(value, Text):
        return value.in_language(language or current_language())
    return "" if value is None else str(value)
