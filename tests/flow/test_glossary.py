"""The glossary is the only dictionary: whatever a page or a column says has a term in it."""

from __future__ import annotations

import csv
from collections import Counter

from lianshu.capability.registry import capabilities
from lianshu.capability.relation import RELATIONS
from lianshu.flow import glossary as module
from lianshu.flow.action import MOODS, actions
from lianshu.flow.glossary import find_term, glossary
from lianshu.flow.table import projections, table
from tests.conftest import ROOT

LEAST_TERMS = 120
FILE = ROOT / "src" / "lianshu" / "flow" / "glossary.csv"


def missing(names: dict[str, str]) -> list[str]:
    """Where a name stands, for each name without a term."""
    return [
        f"{where}: no term {name!r} in {FILE.name}"
        for name, where in names.items()
        if find_term(name) is None
    ]


def test_every_term_is_said_in_both_languages() -> None:
    assert len(glossary()) >= LEAST_TERMS
    for term in glossary().values():
        assert term.name.zh
        assert term.name.en
        assert term.meaning.zh, term.name
        assert term.meaning.en, term.name
        assert term.meaning.zh != term.meaning.en


def test_the_file_names_each_term_once_and_nothing_is_lost() -> None:
    with FILE.open(encoding="utf-8", newline="") as file:
        names = [row["en"] for row in csv.DictReader(file)]
    assert [name for name, count in Counter(map(str.lower, names)).items() if count > 1] == []
    assert list(glossary())[: len(names)] == names
    assert len({name.lower() for name in glossary()}) == len(glossary())


def test_a_term_is_found_in_any_case_with_spaces_or_underscores() -> None:
    assert find_term("lead_time") == find_term("Lead time") == glossary()["lead time"]
    assert find_term("flux capacitor") is None
    assert module.__doc__


def test_every_column_action_mood_and_relation_has_a_term() -> None:
    names = {
        column.title.en: f"schema/{name}.csv {column.name}"
        for name in projections()
        for column in table(name).columns
    }
    names |= {action.title.en: f"actions.csv {action.name}" for action in actions().values()}
    names |= {title.en: f"mood {mood}" for mood, title in MOODS.items()}
    names |= dict.fromkeys(RELATIONS, "capability/relation.py")
    assert missing(names) == []


def test_every_column_of_a_reading_has_a_term() -> None:
    names = {
        column.title.en: f"{one.key}.{column.name}"
        for one in capabilities().values()
        if one.function.__module__.startswith("lianshu.")
        for column in one.columns
    }
    assert missing(names) == []
