"""The language that a program is answered in: ``Accept-Language``, Chinese where it says nothing."""

from __future__ import annotations

import re

_RANGE = re.compile(
    r"\s*([A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*|\*)\s*(?:;\s*q=([01](?:\.\d{0,3})?)\s*)?"
)


def accepted_language(header: str) -> str:
    """``en`` or ``zh``: the one that the header ranks higher. Source: RFC 9110 §12.5.4.

    >>> accepted_language("en-GB,en;q=0.9,zh;q=0.8"), accepted_language("fr, zh-CN;q=0.5")
    ('en', 'zh')
    >>> accepted_language(""), accepted_language("de"), accepted_language("*;q=0.1, en;q=0")
    ('zh', 'zh', 'zh')
    """
    best = {"zh": 0.0, "en": 0.0}
    for part in header[:500].split(","):
        match = _RANGE.fullmatch(part)
        language = match[1].split("-")[0].lower() if match else ""
        if match and language in best:
            best[language] = max(best[language], float(match[2] or 1))
    return "en" if best["en"] > best["zh"] else "zh"
