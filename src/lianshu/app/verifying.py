"""Verifying: the whole log recomputed, against every signed checkpoint there is.

A changed, moved, missing or added entry shows in its own leaf or in the root of the next checkpoint;
a cut tail and a full rewrite show against the checkpoint file, which lies outside the database, or
one that somebody else kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from lianshu.app.workspace import Workspace
from lianshu.kernel.refusal import Refused
from lianshu.kernel.text import Text
from lianshu.record.canonical import parse_canonical
from lianshu.record.checkpoint import verify_checkpoint
from lianshu.record.entry import MEDIA_TYPE, leaf_data
from lianshu.record.merkle import Frontier

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
    rows = workspace.store.log_rows()
    try:
        while not result.findings and (chunk := list(islice(rows, CHUNK))):
            walk.chunk(chunk)
            if on_progress:
                on_progress(result.size)
    except Exception as error:  # noqa: BLE001 - a damaged file fails in ways of its engine's own
        _found(result, result.size + 1, f"读取失败：{error}", f"reading failed: {error}")
    result.root = walk.frontier.root()
    if not result.findings:
        _check_tail(result, signed)
    return result


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

    def chunk(self, rows: list[Any]) -> None:
        """Check the next rows, stopping at the first fault."""
        leaves: list[bytes] = []
        for row in rows:
            fault = self._fault(row, self.result.size + 1)
            if fault:
                self.result.findings.append(fault)
                break
            leaves.append(row[8])
            self.result.size += 1
        self._extend(leaves)

    def _fault(self, row: Any, expected: int) -> Finding | None:
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
    notes = [(size, root, note) for size, root, _, note in workspace.store.checkpoints()]
    published = workspace.path / "checkpoint"
    outside = [published.read_text(encoding="utf-8")] if published.exists() else []
    for size, root, note in notes:
        try:
            signed = verify_checkpoint(note, [workspace.key.vkey])
        except Refused:
            signed = None
        if signed is None or (signed.size, signed.root) != (size, bytes(root)):
            _found(
                result,
                size,
                f"第 {size} 条处的检查点签名不符",
                f"the checkpoint at {size} is forged",
            )
            continue
        roots.setdefault(size, []).append(signed.root)
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


def _check_tail(result: Verification, signed: dict[int, list[bytes]]) -> None:
    last = max(signed, default=0)
    if result.size < last:
        _found(result, result.size + 1, f"检查点签名时有 {last} 条，现只有 {result.size} 条",
               f"{last} entries were signed and only {result.size} are left")  # fmt: skip
    elif result.size > last:
        _found(
            result,
            last + 1,
            f"第 {last + 1} 条之后未经签名",
            f"entries after {last} are not signed",
        )


def _found(result: Verification, seq: int, zh: str, en: str) -> None:
    result.findings.append(Finding(seq, Text(zh, en)))
