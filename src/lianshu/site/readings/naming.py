"""Names for keys: a cell that holds the key of a known party, place or item shows its name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lianshu.app.workspace import Workspace
from lianshu.flow.table import THINGS, table
from lianshu.site.addresses import thing_address

# Readings join keys in one cell: a lane is "from → to", several suppliers are "one; another".
_JOINTS = re.compile(r"( → |; )")
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Thing:
    """A thing that the record describes: the table it stands in, its key and its name."""

    table: str
    id: str
    name: str

    @property
    def address(self) -> str:
        """The page of the thing."""
        return thing_address(self.table, self.id)


Things = Mapping[str, Thing]


def keys_in(text: str) -> list[str]:
    """The keys that a cell may hold.

    >>> keys_in("port:A → port:B"), keys_in("mill")
    (['port:A', 'port:B'], ['mill'])
    """
    return _JOINTS.split(text)[::2]


def known_things(workspace: Workspace, texts: Iterable[str]) -> dict[str, Thing]:
    """The things among the keys in some cells, by key; of one described twice the latest words."""
    wanted = sorted({key for text in texts for key in keys_in(text) if key})
    found: dict[str, Thing] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        some = wanted[start : start + _AT_ONCE]
        binds = {f"k{n}": key for n, key in enumerate(some)}
        marks = ", ".join(f":{name}" for name in binds)
        for name in reversed(THINGS):  # a key of two tables is first of all a party
            if name == "alias":
                continue
            words = "name" if "name" in table(name).names() else "id"
            sql = f"SELECT id, {words} FROM {name}_row WHERE id IN ({marks}) ORDER BY entry_seq"
            found |= {
                id_: Thing(name, id_, said) for id_, said in workspace.store.query(sql, binds)
            }
    return found


def named(text: str, things: Things) -> str:
    """A cell with names in place of keys.

    >>> named("a → b", {"a": Thing("place", "a", "Harbour")})
    'Harbour → b'
    """
    parts = _JOINTS.split(text)
    parts[::2] = [(things[key].name or key) if key in things else key for key in parts[::2]]
    return "".join(parts)
