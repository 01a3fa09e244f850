"""Proving: one file by which anybody can check an entry, offline and without this program."""

from __future__ import annotations

from collections.abc import Sequence

from lianshu.app.workspace import Workspace
from lianshu.record.merkle import TILE_WIDTH, inclusion_proof, range_root
from lianshu.record.proof import make_proof
from lianshu.store.store import Store


class StoreHashes:
    """Hashes of the log's tree, worked out from stored leaves as a proof asks for them.

    ``level`` is a tile level: each hash covers 256**level leaves.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def hashes(self, level: int, start: int, end: int) -> Sequence[bytes]:
        """Hashes start <= i < end of a tile level."""
        if level == 0:
            return self._store.leaves(start + 1, end + 1)
        span = TILE_WIDTH**level
        found = []
        for n in range(start, end):
            leaves = self._store.leaves(n * span + 1, (n + 1) * span + 1)
            found.append(range_root(leaves, 0, len(leaves)))
        return found


def prove(workspace: Workspace, seq: int) -> str:
    """The proof file of entry ``seq`` against the latest signed checkpoint, as text.

    Raises ``Refused`` if there is no such entry.
    """
    entry = workspace.entry(seq)
    head = workspace.head()
    path = inclusion_proof(seq - 1, head.size, StoreHashes(workspace.store))
    return make_proof(entry, path, head.note, workspace.key.vkey)
