"""What somebody asks of a reading in an address: its parameters and the two time axes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from lianshu.app.result import Table
from lianshu.app.workspace import Workspace
from lianshu.capability.registry import Capability, Parameter
from lianshu.capability.relation import Scope
from lianshu.kernel.instant import day_start_us, format_instant
from lianshu.site.components.blocks import QueryArea, QueryField
from lianshu.site.texts import dictionary, say, words_of

# Names that the page itself uses; a parameter of that name gets another one in the address.
PAGE_NAMES = frozenset({"as_of", "since", "until", "sort", "page", "size", "evidence", "entries"})
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Question:
    """One reading as asked: values as written in the address, empty ones left out."""

    capability: Capability
    params: dict[str, str] = field(default_factory=dict)
    as_of: str = ""
    since: str = ""
    until: str = ""

    @property
    def narrowed(self) -> bool:
        """Whether anything but the whole record with the default parameters is asked for."""
        return bool(self.params or self.as_of or self.since or self.until)

    @property
    def identity(self) -> tuple[str, ...]:
        """What tells this question from every other, for a cache."""
        pairs = (f"{name}={value}" for name, value in sorted(self.params.items()))
        return (self.capability.key, self.as_of, self.since, self.until, *pairs)

    def run(self, workspace: Workspace, scope: Scope) -> Table:
        """The table; raises ``Refused`` for a value that is not understood."""
        return workspace.run(
            self.capability.key,
            as_of=whole_day(self.as_of, last=True) or None,
            since=whole_day(self.since) or None,
            until=whole_day(self.until, last=True) or None,
            scope=scope,
            **self.params,
        )


def address_name(parameter: Parameter) -> str:
    """The name of a parameter in the address of the page.

    >>> from lianshu.kernel.text import Text
    >>> [address_name(Parameter(name, Text("", ""))) for name in ("by", "page")]
    ['by', 'param-page']
    """
    return f"param-{parameter.name}" if parameter.name in PAGE_NAMES else parameter.name


def question_of(capability: Capability, given: Mapping[str, str]) -> Question:
    """The question that an address asks; an empty field means the default."""
    params = {
        parameter.name: value
        for parameter in capability.parameters
        if (value := given.get(address_name(parameter), "").strip())
    }
    moments = {name: given.get(name, "").strip() for name in ("as_of", "since", "until")}
    return Question(capability, params, **moments)


def whole_day(words: str, *, last: bool = False) -> str:
    """A day in Asia/Shanghai as its first or last instant; anything else as it stands.

    >>> whole_day("2013-05-01"), whole_day("2013-05-01", last=True), whole_day("7498")
    ('2013-04-30T16:00:00Z', '2013-05-01T15:59:59.999999Z', '7498')
    """
    if not _DAY.fullmatch(words):
        return words
    try:
        day = date.fromisoformat(words)
        start_us = day_start_us(day + timedelta(days=1)) - 1 if last else day_start_us(day)
    except (ValueError, OverflowError):
        return words  # the reading refuses it and says why
    return format_instant(start_us)


def query_area(capability: Capability) -> QueryArea:
    """The query area: the declared parameters first, then the time axes that every reading has."""
    fields = [parameter_field(parameter) for parameter in capability.parameters]
    fields += [
        QueryField("since", say("reading.since"), "date"),
        QueryField("until", say("reading.until"), "date"),
        QueryField("as_of", say("reading.as_of"), hint=say("reading.as_of_hint")),
    ]
    return QueryArea(fields, always=len(fields))


def parameter_field(parameter: Parameter) -> QueryField:
    """The field of one parameter: a list of its choices, or a text with its default behind it."""
    default = say("reading.default", None, value=choice_words(parameter.default))
    name = address_name(parameter)
    if not parameter.choices:
        return QueryField(name, parameter.title, hint=default if parameter.default else "")
    choices = [(word, choice_words(word)) for word in parameter.choices]
    return QueryField(name, parameter.title, "select", choices=choices, hint=default)


def choice_words(word: str) -> str:
    """What people call a choice; the word itself where nobody said.

    >>> choice_words("no_such_choice")
    'no_such_choice'
    """
    known = dictionary().get(f"choice.{word}")
    return words_of(known) if known is not None else word
