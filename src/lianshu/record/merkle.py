"""Merkle tree of the log: one hash stands for all entries in their order.

RFC 9162 §2.1 (Certificate Transparency 2.0): a leaf is SHA-256(0x00 || data), an inner node
SHA-256(0x01 || left || right), and the left subtree is always the largest complete one. All hashes are 32 bytes.

* ``Frontier`` is what a writer keeps: the few complete subtrees from which append and root follow.
* A ``HashSource`` is what a prover reads: hashes of complete subtrees of 256**level leaves, as C2SP
  tlog-tiles stores them, so that a proof in a log of millions reads a few short runs of hashes.
* ``verify_inclusion`` and ``verify_consistency`` need neither.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Protocol

from lianshu.kernel.refusal import Refusal, Refused
from lianshu.kernel.text import Text

HASH_SIZE = 32
TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT
EMPTY_ROOT = sha256(b"").digest()
"""Root of a log without entries (RFC 9162 §2.1.1)."""


def leaf_hash(data: bytes) -> bytes:
    """Hash of one leaf (RFC 9162 §2.1.1); the prefix keeps leaves and nodes apart.

    >>> leaf_hash(b"").hex()[:16]
    '6e340b9cffb37a98'
    """
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of an inner node (RFC 9162 §2.1.1).

    >>> len(node_hash(bytes(32), bytes(32)))
    32
    """
    return sha256(b"\x01" + left + right).digest()


class Frontier:
    """The complete subtrees of a growing log: all that a writer needs to append and to know the root.

    Holds one hash per set bit of ``size`` (at most 64), so it is saved with each commit.

    >>> f = Frontier()
    >>> f.extend([leaf_hash(b"a"), leaf_hash(b"b"), leaf_hash(b"c")])
    >>> f.size, f.root() == node_hash(node_hash(leaf_hash(b"a"), leaf_hash(b"b")), leaf_hash(b"c"))
    (3, True)
    >>> Frontier.from_bytes(f.to_bytes()).root() == f.root()
    True
    """

    __slots__ = ("_nodes", "size")

    def __init__(self) -> None:
        self.size = 0
        self._nodes: list[bytes] = []
        """By level, lowest first; ``b""`` where the bit of ``size`` is 0."""

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash (32 bytes)."""
        self.extend((leaf,))

    def extend(self, leaves: Sequence[bytes]) -> None:
        """Add leaf hashes in order, level by level: one hash per leaf on average."""
        self.size += len(leaves)
        row: list[bytes] = list(leaves)
        level = 0
        while row:
            if level == len(self._nodes):
                self._nodes.append(b"")
            if self._nodes[level]:
                row.insert(0, self._nodes[level])
            self._nodes[level] = row.pop() if len(row) % 2 else b""
            row = _pairs(row)
            level += 1

    def root(self) -> bytes:
        """Root hash of all leaves so far; ``EMPTY_ROOT`` for none."""
        root = b""
        for node in self._nodes:
            if node:
                root = node_hash(node, root) if root else node
        return root or EMPTY_ROOT

    def copy(self) -> Frontier:
        """An independent frontier of the same leaves, for work that may be abandoned."""
        twin = Frontier()
        twin.size, twin._nodes = self.size, list(self._nodes)
        return twin

    def to_bytes(self) -> bytes:
        """``size`` as 8 bytes big-endian, then the hashes, largest subtree first."""
        return self.size.to_bytes(8, "big") + b"".join(reversed(self._nodes))

    @classmethod
    def from_bytes(cls, data: bytes) -> Frontier:
        """Read ``to_bytes`` back; raises ``Refused`` where the length does not fit the size."""
        size = int.from_bytes(data[:8], "big")
        if len(data) != 8 + size.bit_count() * HASH_SIZE:
            raise _refused(
                "frontier",
                "frontier",
                "前沿哈希的长度与条目数不符",
                "the frontier is not as long as its size says",
            )
        frontier = cls()
        frontier.size, at = size, len(data)
        for level in range(size.bit_length()):
            at -= HASH_SIZE if size >> level & 1 else 0
            frontier._nodes.append(data[at : at + HASH_SIZE] if size >> level & 1 else b"")
        return frontier


class HashSource(Protocol):
    """Where a prover finds hashes (a store, tiles on a web server, memory)."""

    def hashes(self, level: int, start: int, end: int) -> Sequence[bytes]:
        """Hashes ``start`` to ``end`` (exclusive) of tile level ``level``.

        Hash ``i`` of level ``l`` is the root of the ``256**l`` leaves from ``i * 256**l``, all present.
        Level 0 are the leaf hashes. A call spans at most 128 hashes, all within one tile.
        """
        ...


class TileTree:
    """A whole tree in memory as tile levels: 32 bytes per leaf and 1/255 more.

    >>> t = TileTree()
    >>> t.extend([leaf_hash(bytes([i])) for i in range(200)] * 2)
    >>> t.size, len(t.hashes(1, 0, 1)), len(t.tile(0, 1)) // 32
    (400, 1, 144)
    """

    def __init__(self, leaves: Sequence[bytes] = ()) -> None:
        self._levels: list[bytearray] = [bytearray()]
        self.extend(leaves)

    @property
    def size(self) -> int:
        """Number of leaves."""
        return len(self._levels[0]) // HASH_SIZE

    def extend(self, leaves: Sequence[bytes]) -> None:
        """Add leaf hashes and the roots of the tiles that they complete."""
        fresh, level = leaves, 0
        while fresh:
            if level == len(self._levels):
                self._levels.append(bytearray())
            row = self._levels[level]
            begin = len(row) // HASH_SIZE // TILE_WIDTH
            row += b"".join(fresh)
            full = len(row) // HASH_SIZE // TILE_WIDTH
            fresh = [_complete_root(_split(self.tile(level, n))) for n in range(begin, full)]
            level += 1

    def hashes(self, level: int, start: int, end: int) -> Sequence[bytes]:
        """See ``HashSource.hashes``."""
        return _split(bytes(self._levels[level][start * HASH_SIZE : end * HASH_SIZE]))

    def tile(self, level: int, index: int) -> bytes:
        """The hashes of one tile, joined: 256 of them, or fewer in the last tile of a level."""
        step = TILE_WIDTH * HASH_SIZE
        return bytes(self._levels[level][index * step : (index + 1) * step])

    def root(self) -> bytes:
        """Root hash of all leaves."""
        return range_root(self, 0, self.size)


class _Leaves:
    """A plain list of leaf hashes as a source; levels above are worked out on every call."""

    def __init__(self, leaves: Sequence[bytes]) -> None:
        self._leaves = leaves

    def hashes(self, level: int, start: int, end: int) -> Sequence[bytes]:
        span = TILE_WIDTH**level
        return [_complete_root(self._leaves[i * span : (i + 1) * span]) for i in range(start, end)]


def root_of(leaves: Iterable[bytes]) -> bytes:
    """Root hash of leaf hashes (RFC 9162 §2.1.1, MTH).

    >>> root_of([]).hex()[:8]
    'e3b0c442'
    """
    frontier = Frontier()
    frontier.extend(list(leaves))
    return frontier.root()


def range_root(source: HashSource | Sequence[bytes], start: int, end: int) -> bytes:
    """Root of the leaves ``start`` to ``end`` (exclusive): MTH(D[start:end]) of RFC 9162 §2.1.1.

    ``start`` is a multiple of the largest power of two below the length, as in every proof.

    >>> leaves = [leaf_hash(b"a"), leaf_hash(b"b"), leaf_hash(b"c")]
    >>> range_root(leaves, 0, 2) == node_hash(leaves[0], leaves[1])
    True
    """
    reader = _as_source(source)
    length = end - start
    if length == 0:
        return EMPTY_ROOT
    root, at = b"", end
    for level in range(length.bit_length()):
        if length >> level & 1:
            at -= 1 << level
            node = _node(reader, level, at >> level)
            root = node_hash(node, root) if root else node
    return root


def inclusion_proof(index: int, size: int, source: HashSource | Sequence[bytes]) -> list[bytes]:
    """The path from leaf ``index`` (from 0) to the root of the first ``size`` leaves.

    RFC 9162 §2.1.3.1 (PATH). ``source`` is the leaf hashes or a ``HashSource``. Raises ``Refused``
    if there is no such leaf.

    >>> leaves = [leaf_hash(bytes([i])) for i in range(7)]
    >>> path = inclusion_proof(5, 7, leaves)
    >>> verify_inclusion((5, leaves[5]), 7, path, root_of(leaves))
    True
    """
    if not 0 <= index < size:
        raise _refused(
            "seq",
            "range",
            f"记录中没有第 {index + 1} 条（共 {size} 条）",
            f"there is no entry {index + 1} among {size}",
        )
    reader, path, start, end = _as_source(source), [], 0, size
    while end - start > 1:
        middle = start + _split_point(end - start)
        if index < middle:
            path.append(range_root(reader, middle, end))
            end = middle
        else:
            path.append(range_root(reader, start, middle))
            start = middle
    path.reverse()
    return path


def consistency_proof(
    old_size: int, size: int, source: HashSource | Sequence[bytes]
) -> list[bytes]:
    """The hashes that show that the first ``old_size`` of ``size`` leaves have not changed.

    RFC 9162 §2.1.4.1 (PROOF); empty for ``old_size`` 0, for which there is nothing to show. Raises
    ``Refused`` if ``old_size`` > ``size``.

    >>> leaves = [leaf_hash(bytes([i])) for i in range(7)]
    >>> proof = consistency_proof(3, 7, leaves)
    >>> verify_consistency((3, root_of(leaves[:3])), (7, root_of(leaves)), proof)
    True
    """
    if not 0 <= old_size <= size:
        raise _refused(
            "size",
            "range",
            f"旧条目数 {old_size} 大于 {size}",
            f"the older size {old_size} is not within {size}",
        )
    if old_size == 0:
        return []
    reader, path, start, end, whole = _as_source(source), [], 0, size, True
    while end != old_size:
        middle = start + _split_point(end - start)
        if old_size <= middle:
            path.append(range_root(reader, middle, end))
            end = middle
        else:
            path.append(range_root(reader, start, middle))
            start, whole = middle, False
    if not whole:
        path.append(range_root(reader, start, end))
    path.reverse()
    return path


def verify_inclusion(
    leaf: tuple[int, bytes], size: int, path: Sequence[bytes], root: bytes
) -> bool:
    """Whether ``path`` leads from ``leaf`` (its index from 0, its hash) to ``root`` of ``size`` leaves.

    RFC 9162 §2.1.3.2. Never raises for a wrong proof.

    >>> verify_inclusion((0, leaf_hash(b"a")), 1, [], leaf_hash(b"a"))
    True
    """
    index, node = leaf
    if not 0 <= index < size or not _all_hashes((node, root, *path)):
        return False
    last = size - 1
    for sibling in path:
        if last == 0:
            return False
        if index & 1 or index == last:
            node = node_hash(sibling, node)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            node = node_hash(node, sibling)
        index, last = index >> 1, last >> 1
    return last == 0 and node == root


def verify_consistency(
    old: tuple[int, bytes], new: tuple[int, bytes], path: Sequence[bytes]
) -> bool:
    """Whether the log ``new`` (size, root) has the log ``old`` (size, root) as its beginning.

    RFC 9162 §2.1.4.2. The empty log begins every log (with an empty proof). Never raises for a wrong proof.

    >>> verify_consistency((0, EMPTY_ROOT), (1, leaf_hash(b"a")), [])
    True
    """
    (old_size, old_root), (size, root) = old, new
    if not 0 <= old_size <= size or not _all_hashes((old_root, root, *path)):
        return False
    if old_size == 0:
        return not path and old_root == EMPTY_ROOT and (size > 0 or root == EMPTY_ROOT)
    if old_size == size:
        return not path and old_root == root
    trail = list(path)
    if old_size & (old_size - 1) == 0:
        trail.insert(0, old_root)
    if not trail:
        return False
    index, last = old_size - 1, size - 1
    while index & 1:
        index, last = index >> 1, last >> 1
    left = right = trail[0]
    for node in trail[1:]:
        if last == 0:
            return False
        if index & 1 or index == last:
            left, right = node_hash(node, left), node_hash(node, right)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            right = node_hash(right, node)
        index, last = index >> 1, last >> 1
    return last == 0 and left == old_root and right == root


def tile_path(level: int, index: int, width: int = TILE_WIDTH) -> str:
    """Where C2SP tlog-tiles puts a tile, for a log's web folder; ``width`` < 256 for a partial tile.

    >>> tile_path(0, 1234067), tile_path(1, 0, 12)
    ('tile/0/x001/x234/067', 'tile/1/000.p/12')
    """
    assert level >= 0 and index >= 0 and 0 < width <= TILE_WIDTH, "tiles have 1 to 256 hashes"
    groups = [f"{index % 1000:03d}"]
    while index >= 1000:
        index //= 1000
        groups.insert(0, f"x{index % 1000:03d}")
    partial = "" if width == TILE_WIDTH else f".p/{width}"
    return f"tile/{level}/{'/'.join(groups)}{partial}"


def tiles_between(old_size: int, size: int) -> list[tuple[int, int, int]]:
    """The tiles (level, index, width) to write when a log grows from ``old_size`` to ``size``.

    C2SP tlog-tiles; each can be passed to ``tile_path``.

    >>> tiles_between(250, 260)
    [(0, 0, 256), (0, 1, 4), (1, 0, 1)]
    """
    found = []
    level, old, new = 0, old_size, size
    while new > old:
        for index in range(old // TILE_WIDTH, (new - 1) // TILE_WIDTH + 1):
            found.append((level, index, min(TILE_WIDTH, new - index * TILE_WIDTH)))
        level, old, new = level + 1, old // TILE_WIDTH, new // TILE_WIDTH
    return found


def _pairs(row: Sequence[bytes]) -> list[bytes]:
    hash_, prefix = sha256, b"\x01"
    return [
        hash_(prefix + left + right).digest()
        for left, right in zip(row[::2], row[1::2], strict=True)
    ]


def _complete_root(row: Sequence[bytes]) -> bytes:
    while len(row) > 1:
        row = _pairs(row)
    return row[0]


def _node(source: HashSource, level: int, index: int) -> bytes:
    """The node of 2**level leaves from leaf index * 2**level: a short run of one tile, hashed up."""
    tile_level, below = divmod(level, TILE_HEIGHT)
    row = source.hashes(tile_level, index << below, (index + 1) << below)
    assert len(row) == 1 << below, "a source gives every hash that it is asked for"
    return _complete_root(row)


def _split_point(length: int) -> int:
    """The largest power of two below ``length``."""
    return 1 << ((length - 1).bit_length() - 1)


def _split(joined: bytes) -> list[bytes]:
    return [joined[i : i + HASH_SIZE] for i in range(0, len(joined), HASH_SIZE)]


def _as_source(source: HashSource | Sequence[bytes]) -> HashSource:
    return _Leaves(source) if isinstance(source, Sequence) else source


def _all_hashes(values: Iterable[bytes]) -> bool:
    return all(len(value) == HASH_SIZE for value in values)


def _refused(field: str, code: str, zh: str, en: str) -> Refused:
    return Refused(
        Refusal(field, Text(zh, en), Text("核对后重试", "check it and try again"), code=code)
    )
