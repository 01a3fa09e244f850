"""Small records for the tests of checks: one line of text is one flow."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass, field
from typing import Any

from lianshu.kernel.instant import DAY_US

FIRST = ("flow", "mood", "action", "time", "item", "qty", "unit")


def flows(*lines: str) -> str:
    """Flow CSV from lines such as ``F1 fact move 3 tea 5 kg from_place=mill to_place=shop``.

    >>> flows("F1 fact pay 3 CNY 5 CNY order=SO1").splitlines()[1]
    'F1,fact,pay,3,CNY,5,CNY,SO1'
    """
    rows = []
    for line in lines:
        words = line.split()
        assert len(words) >= len(FIRST), line
        row = dict(zip(FIRST, words, strict=False))
        rows.append(row | dict(word.split("=", 1) for word in words[len(FIRST) :]))
    names = list(dict.fromkeys([*FIRST, *(name for row in rows for name in row)]))
    text = io.StringIO()
    writer = csv.DictWriter(text, names, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def thing(table: str, id_: str, **values: Any) -> dict[str, Any]:
    """Master data as it stands on the wire."""
    return {"table": table, "id": id_, **values}


def alias(id_: str, code: str, named: str, **values: Any) -> dict[str, Any]:
    """A code of a party, as ``scheme:value``."""
    scheme, value = code.split(":")
    return thing(
        "alias", id_, scheme=scheme, value=value, thing_table="party", thing=named, **values
    )


def entry(id_: str, *lines: str, **values: Any) -> str:
    """A whole entry with some flows, as JSON text."""
    rows = list(csv.DictReader(io.StringIO(flows(*lines)))) if lines else []
    wire = [{_wire_name(name): _wire(name, cell) for name, cell in row.items()} for row in rows]
    return json.dumps({"id": id_, "kind": "event", "flows": wire} | values)


def _wire_name(name: str) -> str:
    return "id" if name == "flow" else name


def _wire(name: str, cell: str) -> int | str:
    """Days become microseconds, as the flows format reads them."""
    return int(cell) * DAY_US if cell and name in ("time", "time_end", "agreed") else cell


@dataclass(frozen=True, slots=True)
class Case:
    """A record and the subjects that the check finds in it: none where it is in order."""

    check: str
    says: str
    lines: tuple[str, ...] = ()
    finds: tuple[str, ...] = ()
    things: tuple[dict[str, Any], ...] = ()
    entries: tuple[str, ...] = ()
    params: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.check}: {self.says}"
