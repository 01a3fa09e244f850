"""The language that the command line speaks: LIANSHU_LANGUAGE, else the locale."""

from __future__ import annotations

import os

from lianshu.kernel.text import Text


def language() -> str:
    """``zh`` where the locale is Chinese, else ``en``: a terminal without a locale may lack the characters."""
    for name in ("LIANSHU_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "")
        if value and value.split(".")[0] not in ("C", "POSIX"):
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"


def say(zh: str, en: str) -> str:
    """The sentence in the language of the command line."""
    return Text(zh, en).in_language(language())
