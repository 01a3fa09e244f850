"""Relations: the named tables that a reading may read, as they were known at a moment.

A reading is portable SQL over these names. Each is a common table expression put before the
reading's own text, restricted to what was known at ``as_of``, to what happened by ``until`` and to
what the reader may see; so no reading can forget one of the three.

The portable subset: comparison and arithmetic of integers, text equality, joins, GROUP BY, COUNT,
MIN, MAX, UNION ALL, CASE; ``exact_sum(sign, qty)`` for exact decimals (sign is -1, 0 or 1). No date
functions, no casts, no division, no comparison of decimals: what is left is Python on the rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from lianshu.flow.action import actions
from lianshu.flow.table import THINGS

FOREVER = 2**62


@dataclass(frozen=True, slots=True)
class Scope:
    """What a reader sees: everything, or the flows that name ``party``."""

    party: str = ""


@dataclass(frozen=True, slots=True)
class AsOf:
    """The two time axes of a read: known up to entry ``seq``, happened up to ``until_us``."""

    seq: int
    until_us: int = FOREVER
    since_us: int = -FOREVER
    scope: Scope = Scope()

    def binds(self) -> dict[str, Any]:
        """Values of the binds that the relations use."""
        return {
            "as_of": self.seq,
            "until_us": self.until_us,
            "since_us": self.since_us,
            "reader": self.scope.party,
        }


_KNOWN = (
    "r.entry_seq <= :as_of AND NOT EXISTS (SELECT 1 FROM supersession s "
    "WHERE s.entry_seq = r.entry_seq AND s.by_seq <= :as_of)"
)
_HAPPENED = "(r.mood <> 'fact' OR (r.time <= :until_us AND r.time >= :since_us))"
_SEEN = "(:reader = '' OR r.from_party = :reader OR r.to_party = :reader)"

# A promise line and what was delivered on it; money promised in return is found by reciprocal.
_ORDER_LINE = """
    SELECT p.id, p.order_id, p.order_line, p.item, p.qty, p.unit, p.time AS due_us,
           p.agreed AS agreed_us, p.from_party, p.to_party, p.from_place, p.to_place,
           p.transport_mode, p.entry_seq, d.delivered, d.first_us, d.last_us
    FROM flow p
    LEFT JOIN (
        SELECT fulfils, exact_sum(1, qty) AS delivered, MIN(time) AS first_us, MAX(time) AS last_us
        FROM flow
        WHERE mood = 'fact' AND action = 'transfer' AND stream = 'goods' AND fulfils <> ''
        GROUP BY fulfils
    ) d ON d.fulfils = p.id
    WHERE p.mood = 'promise' AND p.action = 'transfer' AND p.stream = 'goods'
"""


def _action_values() -> str:
    rows = ", ".join(
        f"('{a.name}', '{a.stream}', {a.onhand_from}, {a.onhand_to}, '{a.account}', '{a.lineage}')"
        for a in actions().values()
    )
    columns = "action, stream, onhand_from, onhand_to, account, lineage"
    return f"action ({columns}) AS (VALUES {rows})"


def _thing(name: str) -> str:
    """The latest row of each thing that was known."""
    newer = (
        f"SELECT 1 FROM {name}_row n WHERE n.id = r.id AND n.entry_seq > r.entry_seq "
        "AND n.entry_seq <= :as_of AND NOT EXISTS (SELECT 1 FROM supersession s "
        "WHERE s.entry_seq = n.entry_seq AND s.by_seq <= :as_of)"
    )
    return f"{name} AS (SELECT * FROM {name}_row r WHERE {_KNOWN} AND NOT EXISTS ({newer}))"


RELATIONS: dict[str, str] = {
    "flow": f"flow AS (SELECT * FROM flow_row r WHERE {_KNOWN} AND {_HAPPENED} AND {_SEEN})",
    "action": _action_values(),
    "order_line": f"order_line AS ({_ORDER_LINE})",
    "edge": """edge AS (
        SELECT DISTINCT i.lot AS parent, o.lot AS child FROM flow i
        JOIN action ia ON ia.action = i.action AND ia.lineage = 'input'
        JOIN flow o ON o.process = i.process AND o.mood = 'fact'
        JOIN action oa ON oa.action = o.action AND oa.lineage = 'output'
        WHERE i.mood = 'fact' AND i.process <> '' AND i.lot <> '' AND o.lot <> ''
          AND i.lot <> o.lot)""",
    **{name: _thing(name) for name in THINGS},
    # Every naming that was ever said of a code, where ``alias`` has the latest of each id.
    "said_alias": f"said_alias AS (SELECT * FROM alias_row r WHERE {_KNOWN})",
}
_NEEDS = {"order_line": ("flow",), "edge": ("flow", "action")}


def with_relations(names: Iterable[str], sql: str) -> str:
    """``sql`` behind the common table expressions of the relations it reads.

    >>> with_relations(["edge"], "SELECT * FROM edge").startswith("WITH RECURSIVE flow AS")
    True
    """
    wanted: list[str] = []
    for name in names:
        if name not in RELATIONS:
            raise KeyError(f"no relation {name!r}; there are {sorted(RELATIONS)}")
        wanted += [n for n in (*_NEEDS.get(name, ()), name) if n not in wanted]
    parts = ", ".join(RELATIONS[name] for name in wanted)
    # RECURSIVE only allows recursion; it changes nothing else and reach() needs it.
    return f"WITH RECURSIVE {parts} {sql}"


class Read(Protocol):
    """What a reading gets: rows of portable SQL, reach over lots, its arguments."""

    args: Mapping[str, Any]

    def rows(self, sql: str, **binds: Any) -> list[tuple[Any, ...]]:
        """Rows of portable SQL over the relations that the capability declares."""
        ...

    def reach(self, roots: Iterable[str], direction: str) -> list[tuple[str, str]]:
        """(root, lot) for every lot reached from each root; direction is ``back`` or ``forward``."""
        ...
