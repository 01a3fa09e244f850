"""The glossary: the only dictionary of the product, each term with one meaning, as data.

``glossary.csv`` holds the terms that people write down; the columns of the schema and the actions
are terms too, made from their own CSV files, so that nothing is said in two places.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lianshu.flow.action import actions
from lianshu.flow.table import projections, table
from lianshu.kernel.text import Text


@dataclass(frozen=True, slots=True)
class Term:
    """One term: its name and meaning in both languages, and where it is from (may be empty)."""

    name: Text
    meaning: Text
    source: str


@cache
def glossary() -> dict[str, Term]:
    """Every term by its English name: the file's in its order, then actions, then columns.

    A term of the file stands before an action or column of the same name, whatever the case.

    >>> glossary()["entry"].name
    Text(zh='条目', en='entry')
    >>> glossary()["from party"].name
    Text(zh='发出方', en='from party')
    """
    found = {term.name.en: term for term in _written()}
    known = {name.lower() for name in found}
    for term in (*_actions(), *_columns()):
        if term.name.en.lower() not in known:
            known.add(term.name.en.lower())
            found[term.name.en] = term
    return found


def find_term(name: str) -> Term | None:
    """The term of that English name in any case, with spaces or underscores; None if there is none.

    >>> find_term("Lead_time").name.zh
    '提前期'
    """
    return _by_name().get(name.replace("_", " ").lower())


@cache
def _by_name() -> dict[str, Term]:
    return {name.lower(): term for name, term in glossary().items()}


def _written() -> Iterator[Term]:
    path = Path(__file__).parent / "glossary.csv"
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            name = Text(row["zh"], row["en"])
            yield Term(name, Text(row["meaning_zh"], row["meaning_en"]), row["source"])


def _actions() -> Iterator[Term]:
    for action in actions().values():
        name = Text(action.title.zh, action.title.en.lower())
        yield Term(name, Text(action.meaning_zh, action.meaning), action.source)


def _columns() -> Iterator[Term]:
    for name in projections():
        for column in table(name).columns:
            acronym = column.title.en.isupper()
            english = column.title.en if acronym else column.title.en.lower()
            meaning = Text(column.meaning_zh, column.meaning)
            yield Term(Text(column.title.zh, english), meaning, column.source)
