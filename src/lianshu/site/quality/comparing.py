"""The entries of a finding side by side, field by field, with what differs marked."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from lianshu.flow.table import table
from lianshu.kernel.text import Text
from lianshu.record.entry import Entry
from lianshu.site.addresses import entry_address
from lianshu.site.components.table import Cell, Column, Row, Table
from lianshu.site.readings.cells import moment
from lianshu.site.said import kind_words
from lianshu.site.texts import say, words_of

AT_ONCE = 4  # entries beside each other; more than these are listed


def fields_of(payload: bytes) -> dict[str, str]:
    """The flows and things of an entry as fields; numbered where there are several.

    >>> fields_of(b'{"id":"a","flows":[{"qty":"2"},{"qty":"3"}]}')
    {'flow.1.qty': '2', 'flow.2.qty': '3'}
    """
    try:
        value = json.loads(payload)
    except ValueError:
        return {}
    found: dict[str, str] = {}
    for kind in ("flows", "things"):
        parts: list[dict[str, Any]] = value.get(kind) or []
        for n, part in enumerate(parts, 1):
            number = f"{n}." if len(parts) > 1 else ""
            name = part.get("table", "") if kind == "things" else "flow"
            found |= {
                f"{name}.{number}{key}": text
                for key, said in part.items()
                if key != "table" and (text := plain(said))
            }
    return found


def plain(value: Any) -> str:
    """A field's value as text.

    >>> plain("2"), plain({"a": "b"}), plain(None)
    ('2', '{"a": "b"}', '')
    """
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def field_title(key: str) -> Text:
    """What a field is called: its column's title, with the number of the flow where there are several."""
    name, *number, column = key.split(".")
    titles: dict[str, Text] = {}
    if name:
        titles = {each.name: each.title for each in table(name).columns}
    title = titles.get(column, Text(column, column))
    return Text(f"{title.zh} {number[0]}", f"{title.en} {number[0]}") if number else title


def comparison(entries: Sequence[Entry]) -> Table:
    """Up to ``AT_ONCE`` entries as columns; a row that differs is marked."""
    shown = entries[:AT_ONCE]
    fields = [fields_of(entry.payload) for entry in shown]
    keys = list(dict.fromkeys(key for each in fields for key in each))
    columns = [Column("field", say("quality.field"), header=True)]
    columns += [Column(f"entry-{e.seq}", say("quality.entry", None, seq=e.seq)) for e in shown]
    if len(shown) > 1:
        columns.append(Column("differs", say("quality.differs")))
    rows = [
        head_row(say("quality.entry_id"), [Cell(e.id, address=entry_address(e.seq)) for e in shown])
    ]
    rows.append(head_row(say("quality.entry_kind"), [kind_words(e.kind) for e in shown]))
    rows.append(head_row(say("quality.entry_source"), [e.source for e in shown]))
    rows.append(head_row(say("quality.entry_received"), [moment(e.received_us) for e in shown]))
    for key in keys:
        values = [each.get(key, "") for each in fields]
        differs = len(set(values)) > 1
        cells: list[object] = [words_of(field_title(key)), *values]
        if len(shown) > 1:
            cells.append(Cell(say("quality.differ"), tone="warn") if differs else None)
        rows.append(Row(cells, tone="warn" if differs else ""))
    return Table(say("quality.side_by_side", None, count=len(shown)), columns, rows)


def head_row(title: str, values: Sequence[object]) -> Row:
    """A row of the envelope, which is not compared: two entries always differ in it."""
    return Row([title, *values, *([None] if len(values) > 1 else [])])
