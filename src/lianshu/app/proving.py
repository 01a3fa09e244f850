"""Proving: one file by which anybody can check an entry, offline and without this program."""

from __future__ import annotations

from collections.abc import Sequence

from lianshu.app.workspace import Workspace
from lianshu.kernel.refusal import Refusal, Refused
from lianshu.kernel.text import Text
from lianshu.record.checkpoint import verify_checkpoint
from lianshu.record.merkle import (
    TILE_WIDTH,
    consistency_proof,
    inclusion_proof,
    range_root,
    verify_consistency,
)
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


def prove(workspace: Workspace, seq: int, *, kept: str = "") -> str:
    """The proof file of entry ``seq`` against the latest signed checkpoint, as text.

    ``kept`` is the text of an older checkpoint that the reader kept: the proof then also shows that
    the log still begins with what it signed. Raises ``Refused`` if there is no such entry, if ``kept``
    is not this log's, or if it signed more than there is.
    """
    entry = workspace.entry(seq)
    head = workspace.head()
    hashes = StoreHashes(workspace.store)
    path = inclusion_proof(seq - 1, head.size, hashes)
    older = None
    if kept:
        before = verify_checkpoint(kept, [workspace.key.vkey])
        link = consistency_proof(before.size, head.size, hashes)
        if not verify_consistency((before.size, before.root), (head.size, head.root), link):
            raise _rewritten(before.size)
        older = (kept, link)
    return make_proof(entry, path, head.note, workspace.key.vkey, older=older)


def _rewritten(size: int) -> Refused:
    rule = Text(
        f"记录的前 {size} 条与该检查点不符",
        f"the first {size} entries are not those that the checkpoint signed",
    )
    remedy = Text(
        "运行 lianshu verify，查明哪一条被改动", "run lianshu verify to see what was changed"
    )
    return Refused(Refusal("checkpoint", rule, remedy, code="checkpoint"))
