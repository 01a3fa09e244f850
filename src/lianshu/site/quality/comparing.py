"""What the entries of a finding say, side by side, field by field, with what differs marked."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lianshu.flow.action import MOODS, actions
from lianshu.flow.table import table
from lianshu.kernel.text import Text
from lianshu.record.entry import Entry
from lianshu.site.addresses import entry_address
from lianshu.site.components.table import Cell, Column, Row, Table
from lianshu.site.readings.cells import moment
from lianshu.site.said import kind_words
from lianshu.site.texts import dictionary, say, words_of

AT_ONCE = 4  # flows or things beside each other
MOST_READ = 20  # entries of one finding that are looked at for them
_LINKS = ("fulfils", "reciprocal")
_ABOUT = ("order", "lot", "process", "document", "item", "container")


@dataclass(frozen=True, slots=True)
class Part:
    """One flow or thing of an entry: the table it belongs to, its key and its fields as text."""

    entry: Entry
    table: str
    id: str
    fields: dict[str, str]

    @property
    def title(self) -> str:
        """What heads its column: the entry's number and what it is."""
        action = actions().get(self.fields.get("action", ""))
        mood = MOODS.get(self.fields.get("mood", ""))
        what = dictionary()[f"table.{self.table}"]
        if action is not None and mood is not None:
            what = Text(f"{mood.zh}·{action.title.zh}", f"{mood.en}: {action.title.en}")
        return f"{say('quality.entry', None, seq=self.entry.seq)} {words_of(what)}"

    def rank(self, subject: str, around: set[str]) -> int:
        """How near it is to what a finding is about: itself, linked to it, about it, or beside it."""
        if self.id == subject:
            return 0
        if self.id in around or any(self.fields.get(name) == subject for name in _LINKS):
            return 1
        return 2 if any(self.fields.get(name) == subject for name in _ABOUT) else 3


def parts_of(entry: Entry) -> list[Part]:
    """The flows and things of an entry; a flow without an id is named after its entry."""
    try:
        value = json.loads(entry.payload)
    except ValueError:
        return []
    found = []
    for n, flow in enumerate(value.get("flows") or []):
        own = entry.id if n == 0 else f"{entry.id}/{n}"
        found.append(Part(entry, "flow", str(flow.get("id") or own), plain_fields(flow)))
    for thing in value.get("things") or []:
        fields = plain_fields(thing)
        found.append(Part(entry, fields.pop("table", "item"), str(thing.get("id", "")), fields))
    return found


def plain_fields(said: dict[str, Any]) -> dict[str, str]:
    """Fields with a value, as text.

    >>> plain_fields({"qty": "2", "lot": "", "properties": {"a": "b"}})
    {'qty': '2', 'properties': '{"a": "b"}'}
    """
    return {
        key: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        for key, value in said.items()
        if value not in (None, "")
    }


def chosen(entries: Sequence[Entry], subject: str) -> list[Part]:
    """The parts nearest to what a finding is about, in the order of the log."""
    every = [part for entry in entries for part in parts_of(entry)]
    around = {part.fields.get(name, "") for part in every if part.id == subject for name in _LINKS}
    order = sorted(range(len(every)), key=lambda n: (every[n].rank(subject, around - {""}), n))
    return [every[n] for n in sorted(order[:AT_ONCE])]


def comparison(entries: Sequence[Entry], subject: str) -> Table:
    """Flows and things as columns, their fields as rows; where entries differ the row is marked."""
    parts = chosen(entries, subject)
    several = len({part.entry.seq for part in parts}) > 1
    columns = [Column("field", say("quality.field"), header=True)]
    columns += [Column(f"part-{n}", part.title) for n, part in enumerate(parts)]
    columns += [Column("differs", say("quality.differs"))] if several else []
    heads: tuple[tuple[str, list[object]], ...] = (
        ("quality.entry_id", [Cell(p.entry.id, entry_address(p.entry.seq)) for p in parts]),
        ("quality.entry_kind", [kind_words(p.entry.kind) for p in parts]),
        ("quality.entry_source", [p.entry.source for p in parts]),
        ("quality.entry_received", [moment(p.entry.received_us) for p in parts]),
    )
    # The envelope is not compared: two entries always differ in it.
    rows = [Row([say(key), *values, *([None] if several else [])]) for key, values in heads]
    rows += [field_row(parts, key, several=several) for key in field_names(parts)]
    return Table(say("quality.side_by_side", None, count=len(parts)), columns, rows)


def field_names(parts: Sequence[Part]) -> list[tuple[str, str]]:
    """(table, column) of every field that some part fills, in the order of the schema."""
    tables = dict.fromkeys(part.table for part in parts)
    return [
        (name, column)
        for name in tables
        for column in table(name).names()
        if any(part.table == name and column in part.fields for part in parts)
    ]


def field_row(parts: Sequence[Part], key: tuple[str, str], *, several: bool) -> Row:
    """One field of every part."""
    name, column = key
    title = next(each.title for each in table(name).columns if each.name == column)
    values = [part.fields.get(column, "") if part.table == name else "" for part in parts]
    if not several:
        return Row([title, *values])
    differs = len(set(values)) > 1
    mark = Cell(say("quality.differ"), tone="warn") if differs else None
    return Row([title, *values, mark], tone="warn" if differs else "")
