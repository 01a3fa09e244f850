"""The glossary as a table, and a search in it."""

from __future__ import annotations

from collections.abc import Sequence

from lianshu.flow.glossary import Term, glossary
from lianshu.site.components.table import Column, Row, Table
from lianshu.site.texts import current_language, say


def found_terms(words: str) -> list[Term]:
    """The terms that hold every word in name, meaning or source, in either language.

    >>> [term.name.zh for term in found_terms("entry byte never")]
    ['条目']
    """
    wanted = words.casefold().split()

    def text(term: Term) -> str:
        said = (term.name, term.meaning)
        return "\n".join([*(t.zh for t in said), *(t.en for t in said), term.source]).casefold()

    return [term for term in glossary().values() if all(word in text(term) for word in wanted)]


def terms_table(terms: Sequence[Term]) -> Table:
    """Name, name in the other language, meaning, source."""
    english = current_language() == "en"
    columns = [
        Column("term", say("glossary.term"), header=True),
        Column("other", say("glossary.other")),
        Column("meaning", say("schema.meaning")),
        Column("source", say("schema.source")),
    ]
    rows = [
        Row([term.name, term.name.zh if english else term.name.en, term.meaning, term.source])
        for term in terms
    ]
    caption = say("glossary.found", None, count=len(rows))
    return Table(caption, columns, rows, empty_hint=say("catalogue.none_hint"))
