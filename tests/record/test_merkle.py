"""The Merkle tree: published vectors, and every proof of every small tree."""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianshu.kernel.refusal import Refused
from lianshu.record import check
from lianshu.record.merkle import (
    EMPTY_ROOT,
    TILE_WIDTH,
    Frontier,
    TileTree,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    range_root,
    root_of,
    tile_path,
    tiles_between,
    verify_consistency,
    verify_inclusion,
)

LEAVES = [leaf_hash(str(number).encode()) for number in range(70)]


def textbook_root(leaves: Sequence[bytes]) -> bytes:
    """MTH word for word from RFC 9162 §2.1.1."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return node_hash(textbook_root(leaves[:split]), textbook_root(leaves[split:]))


def vectors(folder: Path, name: str) -> list[dict[str, Any]]:
    file = folder / "trace" / "merkle" / f"{name}.ndjson"
    if not file.is_file():
        pytest.skip("no Merkle proof vectors beside this repository")
    return [json.loads(line) for line in file.read_text().splitlines()]


def decoded(values: Sequence[str] | None) -> list[bytes]:
    return [base64.b64decode(value) for value in values or ()]


def checker_finds_inclusion(
    leaf: tuple[int, bytes], size: int, path: list[bytes], root: bytes
) -> bool:
    try:
        return check.root_from_inclusion(leaf[1], leaf[0], size, path) == root
    except check.Invalid:
        return False


def test_published_inclusion_vectors(shared_data: Path) -> None:
    for case in vectors(shared_data, "inclusion"):
        leaf, root = decoded([case["leafHash"], case["root"]])
        path = decoded(case["proof"])
        arguments = (case["leafIdx"], leaf), case["treeSize"], path, root
        assert verify_inclusion(*arguments) != case["wantErr"], case["_file"]
        # The stand-alone checker reads hashes of 32 bytes only, so it never sees the others.
        if all(len(value) == 32 for value in (leaf, root, *path)):
            assert checker_finds_inclusion(*arguments) != case["wantErr"], case["_file"]


def test_published_consistency_vectors(shared_data: Path) -> None:
    for case in vectors(shared_data, "consistency"):
        old, new = decoded([case["root1"], case["root2"]])
        path = decoded(case["proof"])
        arguments = (case["size1"], old), (case["size2"], new), path
        assert verify_consistency(*arguments) != case["wantErr"], case["_file"]
        if all(len(value) == 32 for value in (old, new, *path)):
            older, newer = (
                check.Checkpoint(case[f"size{n}"], root, 0) for n, root in ((1, old), (2, new))
            )
            assert check.is_consistent(older, newer, path) != case["wantErr"], case["_file"]


@pytest.mark.parametrize("size", [*range(18), 31, 32, 33, 63, 64, 65, 70])
def test_every_proof_of_small_trees(size: int) -> None:
    leaves = LEAVES[:size]
    root = textbook_root(leaves)
    assert root_of(leaves) == root == TileTree(leaves).root() == range_root(leaves, 0, size)
    for index, leaf in enumerate(leaves):
        path = inclusion_proof(index, size, leaves)
        assert verify_inclusion((index, leaf), size, path, root)
        assert checker_finds_inclusion((index, leaf), size, path, root)
        assert not verify_inclusion((index, leaf), size, [*path, root], root)
        assert not verify_inclusion((index + 1, leaf), size, path, root)
    for old in range(size + 1):
        path = consistency_proof(old, size, leaves)
        before = old, textbook_root(leaves[:old])
        assert verify_consistency(before, (size, root), path)
        assert check.is_consistent(
            check.Checkpoint(*before, 0), check.Checkpoint(size, root, 0), path
        )
        assert not verify_consistency((old, leaf_hash(b"other")), (size, root), path)


@given(st.lists(st.integers(0, 40), max_size=12))
def test_extending_in_pieces_is_extending_at_once(pieces: list[int]) -> None:
    leaves = [leaf_hash(bytes([number % 251])) for number in range(sum(pieces))]
    frontier, tree, at = Frontier(), TileTree(), 0
    for piece in pieces:
        frontier.extend(leaves[at : at + piece])
        tree.extend(leaves[at : at + piece])
        at += piece
        frontier = Frontier.from_bytes(frontier.to_bytes())
        assert (frontier.size, frontier.root()) == (at, textbook_root(leaves[:at]))
    assert tree.root() == frontier.root()


def test_copies_do_not_share_leaves() -> None:
    frontier = Frontier()
    frontier.extend(LEAVES[:5])
    twin = frontier.copy()
    twin.append(LEAVES[5])
    assert frontier.root() == textbook_root(LEAVES[:5])
    assert twin.root() == textbook_root(LEAVES[:6])


@pytest.mark.parametrize(
    "data", [b"", bytes(7), bytes(7) + b"\x01", bytes(7) + b"\x03" + bytes(65)]
)
def test_a_cut_frontier_is_refused(data: bytes) -> None:
    with pytest.raises(Refused):
        Frontier.from_bytes(data)


def test_proofs_from_tiles_are_proofs_from_leaves(rng: random.Random) -> None:
    size = 70_001
    leaves = [sha256(number.to_bytes(4, "big")).digest() for number in range(size)]
    tree, frontier = TileTree(leaves), Frontier()
    frontier.extend(leaves)
    root = frontier.root()
    assert tree.root() == root
    for index in [0, 255, 256, 65_535, 65_536, size - 1, *rng.sample(range(size), 20)]:
        path = inclusion_proof(index, size, tree)
        assert verify_inclusion((index, leaves[index]), size, path, root)
    for old in [1, 256, 65_536, 65_537, *rng.sample(range(1, size), 5)]:
        path = consistency_proof(old, size, tree)
        assert verify_consistency((old, root_of(leaves[:old])), (size, root), path)
    index, part = rng.randrange(3_000), leaves[:3_000]
    assert inclusion_proof(index, 3_000, tree) == inclusion_proof(index, 3_000, part)


def test_a_proof_reads_few_hashes() -> None:
    class Counting(TileTree):
        read = 0

        def hashes(self, level: int, start: int, end: int) -> Sequence[bytes]:
            assert start // TILE_WIDTH == (end - 1) // TILE_WIDTH
            assert end - start <= 128
            self.read += end - start
            return super().hashes(level, start, end)

    tree = Counting([LEAVES[0]] * 100_000)
    inclusion_proof(54_321, 100_000, tree)
    assert tree.read < 3 * 3 * TILE_WIDTH


def test_tiles_to_write_hold_the_whole_log() -> None:
    tree, held = TileTree(), {}
    leaves = [LEAVES[0]] * 66_000
    for old, new in [(0, 3), (3, 256), (256, 257), (257, 65_536), (65_536, 66_000)]:
        tree.extend(leaves[old:new])
        for level, index, width in tiles_between(old, new):
            data = tree.tile(level, index)
            assert len(data) == width * 32
            held[level, index] = data
    for level in range(3):
        joined = b"".join(held[key] for key in sorted(held) if key[0] == level)
        assert len(joined) == 32 * (66_000 // TILE_WIDTH**level)
    assert tiles_between(5, 5) == []
    assert tile_path(0, 5, 3) == "tile/0/005.p/3"


def test_proofs_of_absent_entries_are_refused() -> None:
    for index, size in [(0, 0), (5, 5), (-1, 5)]:
        with pytest.raises(Refused):
            inclusion_proof(index, size, LEAVES[:5])
    with pytest.raises(Refused):
        consistency_proof(6, 5, LEAVES[:5])
    assert root_of([]) == EMPTY_ROOT
