"""The glossary: the field's terms that the product uses, each with one meaning, as data."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lianshu.kernel.text import Text


@dataclass(frozen=True, slots=True)
class Term:
    """One term: its name and meaning in both languages, and where it is from (may be empty)."""

    name: Text
    meaning: Text
    source: str


@cache
def glossary() -> dict[str, Term]:
    """Every term by its English name, in the order of the file.

    >>> glossary()["entry"].name
    Text(zh='条目', en='entry')
    """
    path = Path(__file__).parent / "glossary.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return {
            row["en"]: Term(
                Text(row["zh"], row["en"]),
                Text(row["meaning_zh"], row["meaning_en"]),
                row["source"],
            )
            for row in csv.DictReader(file)
        }
