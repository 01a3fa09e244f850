"""Verifying: the whole log recomputed, against every signed checkpoint there is.

A changed, moved, missing or added entry shows in its own leaf or in the root of the next checkpoint;
a cut tail and a full rewrite show against the checkpoint file, which lies outside the database, or
one that somebody else kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from lianshu.app.workspace import Workspace
from lianshu.kernel.instant import format_instant
from lianshu.kernel.refusal import Refused
from lianshu.kernel.text import Text
from lianshu.record.canonical import parse_canonical
from lianshu.record.checkpoint import verify_checkpoint
from lianshu.record.entry import MEDIA_TYPE, leaf_data
from lianshu.record.merkle import Frontier
from lianshu.store.store import Row

CHUNK = 4_096


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with the log, and the first entry number that it concerns."""

    seq: int
    text: Text


@dataclass(slots=True)
class Verification:
    """The result: entries read, the recomputed root, and what was found (nothing: the log is whole)."""

    size: int = 0
    root: bytes = b""
    checkpoints: int = 0
    findings: list[Finding] = field(default_factory=list)

    @property
    def valid(self) -> bool:
        """Whether nothing was found."""
        return not self.findings


def verify(
    workspace: Workspace,
    *,
    kept: Iterable[str] = (),
    meaning: bool = False,
    on_progress: Callable[[int], None] | None = None,
) -> Verification:
    """Recompute every leaf and root; the result names the first bad entry.

    ``kept`` are checkpoint notes that the caller kept elsewhere. ``meaning`` recomputes each digest
    from its payload as well, at a third of the speed.
    """
    result = Verification()
    signed = _signed_roots(workspace, kept, result)
    walk = _Walk(result, signed, meaning=meaning)
    # No further than what was signed when we began: others may be writing meanwhile.
    rows = workspace.store.log_rows(1, max(signed, default=0) + 1)
    while not result.findings and (chunk := _readable(rows, result)):
        walk.chunk(chunk)
        if on_progress:
            on_progress(result.size)
    result.root = walk.frontier.root()
    if not result.findings:
        _check_tail(workspace, walk)
    # Of a chunk that could not be read to its end the readable part comes first.
    result.findings.sort(key=lambda finding: finding.seq)
    return result


def _readable(rows: Iterator[Row], result: Verification) -> list[Row]:
    """The next rows, up to one that the engine cannot read, which is a finding."""
    chunk: list[Row] = []
    try:
        for row in islice(rows, CHUNK):
            chunk.append(row)  # noqa: PERF402 - what came before an error is kept
    except Exception as error:  # noqa: BLE001 - a damaged file fails in ways of its engine's own
        seq = result.size + len(chunk) + 1
        _found(result, seq, f"读取失败：{error}", f"reading failed: {error}")
    return chunk


class _Walk:
    """The state of one walk along the log."""

    def __init__(
        self, result: Verification, signed: dict[int, list[bytes]], *, meaning: bool
    ) -> None:
        self.result = result
        self.signed = signed
        self.stops = sorted(signed)
        self.meaning = meaning
        self.frontier = Frontier()
        self.last_good = 0

    def chunk(self, rows: list[Row]) -> None:
        """Check the next rows, stopping at the first fault."""
        leaves: list[bytes] = []
        for row in rows:
            fault = self._checked(row, self.result.size + 1)
            if fault:
                self.result.findings.append(fault)
                break
            leaves.append(row[8])
            self.result.size += 1
        self._extend(leaves)

    def _checked(self, row: Row, expected: int) -> Finding | None:
        try:
            return self._fault(row, expected)
        except (TypeError, ValueError):
            # A value of a type that the column never holds.
            return _changed(expected)

    def _fault(self, row: Row, expected: int) -> Finding | None:
        seq, id_, kind, source, received_us, media, payload, digest, leaf, old, key_id, sig = row
        if seq != expected:
            return Finding(expected, Text(f"缺少第 {expected} 条", f"entry {expected} is missing"))
        if type(payload) is not bytes or type(digest) is not bytes or type(leaf) is not bytes:
            return _changed(seq)
        envelope = (id_, kind, source, received_us, media, old, key_id, bytes(sig))
        computed = hashlib.sha256(b"\x00" + leaf_data(envelope, payload, digest)).digest()
        if computed != leaf:
            return _changed(seq)
        if self.meaning and media == MEDIA_TYPE and _meaning(payload) != digest:
            return Finding(
                seq,
                Text(f"第 {seq} 条的摘要与内容不符", f"entry {seq}: digest is not of its content"),
            )
        return None

    def _extend(self, leaves: list[bytes]) -> None:
        """Grow the tree, comparing the root wherever a checkpoint was signed."""
        start = self.frontier.size
        at = 0
        while self.stops and self.stops[0] <= start + len(leaves):
            stop = self.stops.pop(0)
            self.frontier.extend(leaves[at : stop - start])
            at = stop - start
            if any(root != self.frontier.root() for root in self.signed[stop]):
                self.result.findings.insert(0, _range(self.last_good + 1, stop))
                return
            self.last_good = stop
        self.frontier.extend(leaves[at:])


def _changed(seq: int) -> Finding:
    return Finding(seq, Text(f"第 {seq} 条被改动", f"entry {seq} was changed"))


def _range(first: int, last: int) -> Finding:
    return Finding(
        first,
        Text(
            f"第 {first} 至 {last} 条与已签名的检查点不符",
            f"entries {first} to {last} do not match the signed checkpoint",
        ),
    )


def _meaning(payload: bytes) -> bytes:
    return hashlib.sha256(parse_canonical(payload)[1]).digest()


def _signed_roots(
    workspace: Workspace, kept: Iterable[str], result: Verification
) -> dict[int, list[bytes]]:
    """Roots by size of every checkpoint whose signature holds: the database's, the file, those kept."""
    roots: dict[int, list[bytes]] = {}
    published = workspace.path / "checkpoint"
    # The file first: what is written meanwhile may make it older than the database, never newer.
    outside = []
    if published.exists():
        outside.append(published.read_text(encoding="utf-8", errors="replace"))
    for size, root, time_us, note in _checkpoints(workspace, result):
        signed = _signed(workspace, (size, root, time_us, note))
        if signed is None:
            _found(
                result,
                size,
                f"第 {size} 条处的检查点签名不符",
                f"the checkpoint at {size} is forged",
            )
            continue
        roots.setdefault(size, []).append(signed)
    for note in [*outside, *kept]:
        try:
            checkpoint = verify_checkpoint(note, [workspace.key.vkey])
        except Refused as refused:
            reason = refused.refusals[0]
            _found(result, 0, f"检查点文件：{reason.sentence('zh')}",
                   f"checkpoint file: {reason.sentence('en')}")  # fmt: skip
            continue
        roots.setdefault(checkpoint.size, []).append(checkpoint.root)
    result.checkpoints = len(roots)
    return roots


def _checkpoints(workspace: Workspace, result: Verification) -> list[Row]:
    """Every checkpoint of the database; one that the engine cannot read is a finding."""
    try:
        return list(workspace.store.checkpoints())
    except Exception:  # noqa: BLE001 - a damaged file fails in ways of its engine's own
        return _checkpoints_one_by_one(workspace, result)


def _checkpoints_one_by_one(workspace: Workspace, result: Verification) -> list[Row]:
    query = workspace.store.query
    found: list[Row] = []
    size = 0
    try:
        for (size,) in query("SELECT size FROM checkpoint ORDER BY size"):
            columns = "size, root, time_us, note"
            found += query(f"SELECT {columns} FROM checkpoint WHERE size = :size", {"size": size})
    except Exception as error:  # noqa: BLE001 - the same
        zh, en = f"检查点读取失败：{error}", f"a checkpoint cannot be read: {error}"
        _found(result, size, zh, en)
    return found


def _signed(workspace: Workspace, row: Row) -> bytes | None:
    """The root of a checkpoint row, if its note is signed and says the same as the row."""
    size, root, time_us, note = row
    try:
        signed = verify_checkpoint(note, [workspace.key.vkey])
        same = (size, bytes(root)) == (signed.size, signed.root)
        same = same and (f"time {format_instant(time_us)}",) == signed.extensions
    except (Refused, TypeError, ValueError, OverflowError):
        return None
    return signed.root if same else None


def _check_tail(workspace: Workspace, walk: _Walk) -> None:
    """What lies after the last signed entry, and the state from which the next would be appended."""
    result, query = walk.result, workspace.store.query
    last = max(walk.signed, default=0)
    if result.size < last:
        _found(result, result.size + 1, f"检查点签名时有 {last} 条，现只有 {result.size} 条",
               f"{last} entries were signed and only {result.size} are left")  # fmt: skip
        return
    # In this order: an entry that was written meanwhile came with a checkpoint.
    start, end = query("SELECT MIN(seq), MAX(seq) FROM entry")[0]
    states = query("SELECT size, frontier FROM checkpoint ORDER BY size DESC LIMIT 1")
    size, frontier = states[0] if states else (0, b"")
    if start is not None and start < 1:
        _found(result, start, f"没有第 {start} 条", f"no log has an entry {start}")
    elif (end or 0) > size:
        first = size + 1
        _found(
            result, first, f"第 {first} 条之后未经签名", f"entries from {first} on are not signed"
        )
    elif size and size == result.size and bytes(frontier) != walk.frontier.to_bytes():
        _found(
            result, size, f"第 {size} 条处的前沿哈希被改动", f"the frontier at {size} was changed"
        )


def _found(result: Verification, seq: int, zh: str, en: str) -> None:
    result.findings.append(Finding(seq, Text(zh, en)))
