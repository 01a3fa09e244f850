"""Text that a person reads, in both languages of the product."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence or name in 简体中文 and English.

    >>> Text("库存", "Stock").in_language("en")
    'Stock'
    >>> Text("库存", "Stock").in_language("zh-hans")
    '库存'
    """

    zh: str
    en: str

    def in_language(self, language: str) -> str:
        """The text for a language tag; anything but English reads Chinese."""
        return self.en if language.lower().startswith("en") else self.zh
