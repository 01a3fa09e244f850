"""Actions: what a flow does to stock, ownership and accounts, as data (``actions.csv``).

The rows follow the nineteen actions of ValueFlows 1.0 with the money, emission and inspection
actions that a chain needs besides. Code asks the table; no action is named in an ``if``.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lianshu.kernel.text import Text

MOODS = {
    "fact": Text("事实", "Fact"),
    "promise": Text("约定", "Promise"),
    "plan": Text("计划", "Plan"),
    "forecast": Text("预测", "Forecast"),
    "offer": Text("报价", "Offer"),
    "scenario": Text("情景", "Scenario"),
}


@dataclass(frozen=True, slots=True)
class Action:
    """Effects of one action.

    ``onhand_from`` and ``onhand_to`` are -1, 0 or 1: what it does to stock at the two places;
    ``owner_from`` and ``owner_to`` the same for ownership; ``account`` names the effect on accounts;
    ``lineage`` says how it ties lots together (input, output, contain, release).
    """

    name: str
    stream: str
    onhand_from: int
    onhand_to: int
    owner_from: int
    owner_to: int
    account: str
    lineage: str
    needs: str
    title: Text
    meaning: str
    meaning_zh: str
    source: str


@cache
def actions() -> dict[str, Action]:
    """All actions by name.

    >>> actions()["transfer"].onhand_from, actions()["transfer"].onhand_to
    (-1, 1)
    """
    path = Path(__file__).parent / "actions.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return {
            row["action"]: Action(
                name=row["action"],
                stream=row["stream"],
                onhand_from=int(row["onhand_from"]),
                onhand_to=int(row["onhand_to"]),
                owner_from=int(row["owner_from"]),
                owner_to=int(row["owner_to"]),
                account=row["account"],
                lineage=row["lineage"],
                needs=row["needs"],
                title=Text(row["zh"], row["en"]),
                meaning=row["meaning"],
                meaning_zh=row["meaning_zh"],
                source=row["source"],
            )
            for row in csv.DictReader(file)
        }
