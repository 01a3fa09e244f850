"""Reading: run a capability over a store as it was known at a moment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from lianshu.app.remembering import RememberedRows
from lianshu.app.result import Row, Table
from lianshu.capability.registry import Capability, capabilities
from lianshu.capability.relation import AsOf, with_relations
from lianshu.kernel.refusal import Refusal, Refused
from lianshu.kernel.text import Text
from lianshu.store.store import Reader


class StoreRead:
    """The ``Read`` that a capability gets: its declared relations over one store, as of one moment."""

    def __init__(
        self, reader: Reader, as_of: AsOf, relations: Iterable[str], args: Mapping[str, Any]
    ) -> None:
        self.args = args
        self._reader = reader
        self._as_of = as_of
        self._relations = tuple(relations)

    def rows(self, sql: str, **binds: Any) -> list[Row]:
        """Rows of portable SQL over the relations that the capability declares."""
        text = with_relations(self._relations, sql)
        return self._reader.query(text, {**self._as_of.binds(), **binds})

    def reach(self, roots: Iterable[str], direction: str) -> list[tuple[str, str]]:
        """(root, lot) for every lot reached from each root, the root itself left out."""
        assert direction in ("back", "forward"), direction
        here, there = ("child", "parent") if direction == "back" else ("parent", "child")
        edges: dict[str, list[str]] = {}
        text = with_relations(("edge",), f"SELECT {here}, {there} FROM edge")
        for start, end in self._reader.query(text, self._as_of.binds()):
            edges.setdefault(start, []).append(end)
        return [(root, lot) for root in roots for lot in _reached(root, edges)]


def _reached(root: str, edges: Mapping[str, list[str]]) -> list[str]:
    seen = {root}
    front = [root]
    while front:
        front = [lot for at in front for lot in edges.get(at, ()) if lot not in seen]
        seen.update(front)
        front = list(dict.fromkeys(front))
    return sorted(seen - {root})


def find_capability(key: str) -> Capability:
    """The capability of that key, or a refusal that names those that exist."""
    known = capabilities()
    if key not in known:
        names = ", ".join(known)
        raise Refused(
            Refusal(
                "key",
                Text(f"没有名为 {key} 的能力", f"there is no capability {key}"),
                Text(f"可用：{names}", f"use one of {names}"),
                code="key",
            )
        )
    return known[key]


def run_capability(
    capability: Capability,
    reader: Reader,
    as_of: AsOf,
    given: Mapping[str, str],
    *,
    remembered: RememberedRows | None = None,
) -> Table:
    """The table of a capability, rows in the order of its grain; ``remembered`` are earlier ones."""
    try:
        args = capability.arguments(given)
    except KeyError as error:
        names = ", ".join(p.name for p in capability.parameters) or "-"
        raise Refused(
            Refusal(
                f"param {error.args[0]}",
                Text(f"{capability.key} 没有这个参数", f"{capability.key} has no such parameter"),
                Text(f"可用：{names}", f"use one of: {names}"),
                code="param",
            )
        ) from None
    read = StoreRead(reader, as_of, capability.reads, args)
    if remembered is None:
        rows = _rows(capability, read)
    else:
        # By function and not by key, so that a capability that is declared anew is read anew.
        asked = (capability.function, reader.dialect, as_of, tuple(sorted(args.items())))
        rows = remembered.rows_of(asked, lambda: _rows(capability, read))
    return Table(capability, as_of.seq, rows, lambda row: _evidence(capability, read, row))


def _rows(capability: Capability, read: StoreRead) -> list[Row]:
    rows = [tuple(row) for row in capability.function(read)]
    grain = [[c.name for c in capability.columns].index(name) for name in capability.grain]
    rows.sort(key=lambda row: [str(row[n]) for n in grain])
    return rows


def _evidence(capability: Capability, read: StoreRead, row: Mapping[str, Any]) -> list[int]:
    if callable(capability.evidence):
        return sorted(set(capability.evidence(read, row)))
    return sorted({found[0] for found in read.rows(capability.evidence, **row)})
