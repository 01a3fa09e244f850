"""Smaller parts of a page: facts, a timeline, a query area, an alert."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest

from lianshu.kernel.text import Text


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of a description list; ``kind`` as in a table column, ``evidence`` opens the drawer."""

    name: str | Text
    value: object
    kind: str = "text"
    address: str = ""
    tone: str = ""
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Moment:
    """One point on a timeline.

    ``state`` is done, late, now or planned: drawn as a shape as well as a colour and said in words. ``when`` is
    already written; ``stream`` names one of the four flows (商流, 物流, 资金流, 信息流).
    """

    when: str
    what: str | Text
    state: str = "done"
    detail: str | Text = ""
    stream: str | Text = ""
    address: str = ""
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class QueryField:
    """One field of the query area: ``kind`` text, select, date or number; ``choices`` as (value, words)."""

    name: str
    words: str | Text
    kind: str = "text"
    choices: Sequence[tuple[str, str | Text]] = ()
    hint: str | Text = ""


@dataclass(frozen=True, slots=True)
class QueryArea:
    """The query area above a list: the first ``always`` fields are shown, the rest behind 更多条件."""

    fields: Sequence[QueryField]
    always: int = 3


@dataclass(frozen=True, slots=True)
class FilledField:
    """A query field with what was asked."""

    field: QueryField
    value: str

    @property
    def element_id(self) -> str:
        """The id of its input."""
        return f"query-{self.field.name}"


def filled(
    request: HttpRequest, area: QueryArea
) -> tuple[list[FilledField], list[FilledField], bool]:
    """The fields shown, the fields behind 更多条件, and whether one of the latter is in use.

    >>> from django.http import QueryDict
    >>> request = HttpRequest(); request.GET = QueryDict("b=2")
    >>> filled(request, QueryArea((QueryField("a", "A"), QueryField("b", "B")), always=1))[2]
    True
    """
    every = [
        FilledField(field, fitting(field.kind, request.GET.get(field.name, "")))
        for field in area.fields
    ]
    more = every[area.always :]
    return every[: area.always], more, any(each.value for each in more)


# What a browser takes as the value of such an input; of anything else it complains.
_SHAPES = {"date": re.compile(r"\d{4}-\d{2}-\d{2}"), "number": re.compile(r"-?\d+(\.\d+)?")}


def fitting(kind: str, value: str) -> str:
    """The value if an input of that kind can hold it, otherwise nothing.

    >>> fitting("date", "2013-06-30"), fitting("date", "yesterday"), fitting("text", "x")
    ('2013-06-30', '', 'x')
    """
    shape = _SHAPES.get(kind)
    return value if shape is None or shape.fullmatch(value) else ""
