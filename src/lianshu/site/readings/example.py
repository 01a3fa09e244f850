"""The worked example of a reading, and what data would fill it: both from its declaration."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

from lianshu.app.workspace import Workspace
from lianshu.capability.registry import Capability
from lianshu.flow.action import MOODS, actions
from lianshu.flow.table import table
from lianshu.kernel.text import Text
from lianshu.site.components.table import Cell, Column, Row, Table
from lianshu.site.readings.cells import KINDS, written
from lianshu.site.texts import say, words_of

# Every flow has these; a reading that needs more columns than these is told so.
_ALWAYS = {"flow", "mood", "action", "time", "item", "qty", "unit"}


def example_flows(capability: Capability) -> list[dict[str, str]]:
    """The flows of the worked example, one dictionary each."""
    return list(csv.DictReader(io.StringIO(capability.example.flows)))


def flows_table(capability: Capability) -> Table:
    """What goes in."""
    flows = example_flows(capability)
    titles = {column.name: column.title for column in table("flow").columns}
    titles |= {"flow": titles["id"]}
    names = list(flows[0]) if flows else []
    columns = [
        Column(name, titles.get(name, name), "number" if name == "qty" else "text", header=not at)
        for at, name in enumerate(names)
    ]
    rows = [Row([flow.get(name) or "" for name in names]) for flow in flows]
    return Table(say("reading.example_in"), columns, rows)


def answer_table(capability: Capability) -> Table:
    """What comes out."""
    columns = [
        Column(column.name, column.title, KINDS.get(column.type, "number"), header=at == 0)
        for at, column in enumerate(capability.columns)
    ]
    rows = [
        Row(
            [
                written(value, column.type, {})
                for value, column in zip(row, capability.columns, strict=True)
            ]
        )
        for row in capability.example.rows
    ]
    return Table(say("reading.example_out"), columns, rows)


@dataclass(frozen=True, slots=True)
class Need:
    """One kind of flow that a reading is made of, and how many the record has of it."""

    mood: str
    action: str
    columns: tuple[str, ...]
    flows: int

    @property
    def words(self) -> Text:
        """The kind in words."""
        action = actions().get(self.action)
        title = action.title if action else Text(self.action, self.action)
        mood = MOODS.get(self.mood, Text(self.mood, self.mood))
        return Text(f"{mood.zh}·{title.zh}", f"{mood.en}: {title.en}")


def needs(capability: Capability, workspace: Workspace) -> list[Need]:
    """The kinds of flow of the worked example with the columns they fill, counted in the record."""
    wanted: dict[tuple[str, str], set[str]] = {}
    for flow in example_flows(capability):
        filled = {name for name, value in flow.items() if value and name not in _ALWAYS}
        wanted.setdefault((flow["mood"], flow["action"]), set()).update(filled)
    columns = {column.name: column.sql_name for column in table("flow").columns}
    found = []
    for (mood, action), names in wanted.items():
        known = sorted(name for name in names if name in columns)
        tests = "".join(f" AND {columns[name]} IS NOT NULL AND {columns[name]} <> ''"
                        for name in known if name not in ("time_end", "agreed"))  # fmt: skip
        sql = f"SELECT COUNT(*) FROM flow_row WHERE mood = :mood AND action = :action{tests}"
        ((count,),) = workspace.store.query(sql, {"mood": mood, "action": action})
        found.append(Need(mood, action, tuple(known), count))
    return found


def needs_table(capability: Capability, workspace: Workspace) -> Table:
    """What data a reading without rows is waiting for."""
    titles = {column.name: column.title for column in table("flow").columns}
    columns = [
        Column("kind", say("reading.need_kind"), header=True),
        Column("columns", say("reading.need_columns")),
        Column("flows", say("reading.need_count"), "number"),
        Column("state", say("reading.need_state")),
    ]
    joint = say("list.joint")
    rows = []
    for need in needs(capability, workspace):
        state = Cell(say("reading.need_there"), tone="good")
        if not need.flows:
            state = Cell(say("reading.need_missing"), tone="warn")
        names = joint.join(words_of(titles[name]) for name in need.columns)
        rows.append(Row([need.words, names, need.flows, state]))
    return Table(say("reading.needs"), columns, rows)
