"""What every store of record can do. Stores differ in engine, never in answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from lianshu.flow.wire import Prepared
from lianshu.kernel.refusal import Refusal
from lianshu.kernel.text import Text
from lianshu.record.entry import Entry
from lianshu.record.outcome import Outcome

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the log: how many entries it holds, its Merkle root and the latest signed note."""

    size: int
    root: bytes
    note: str


Sign = Callable[[int, bytes, int], str]  # (size, root, time_us) -> signed checkpoint note


class Reader(Protocol):
    """Answers portable SQL over the projected tables."""

    dialect: str

    def query(self, sql: str, binds: Mapping[str, Any] | None = None) -> list[Row]:
        """Rows of a portable query; ``:name`` marks a bind."""
        ...


class Store(Reader, Protocol):
    """A log with its projections, on one engine."""

    def append(self, batch: Sequence[Prepared | Refusal], sign: Sign, now_us: int) -> list[Outcome]:
        """Take a batch in one durable transaction; one outcome per element, in order."""
        ...

    def head(self) -> Head:
        """Where the log ends."""
        ...

    def entries(self, start: int = 1, stop: int | None = None) -> Iterator[Entry]:
        """Entries with start <= seq < stop, in order."""
        ...

    def log_rows(self, start: int = 1, stop: int | None = None) -> Iterator[Row]:
        """Raw log rows (seq, id, ..., signature) with start <= seq < stop, in order."""
        ...

    def find(self, entry_id: str) -> int:
        """Sequence number of an entry id, or 0."""
        ...

    def checkpoints(self) -> list[tuple[int, bytes, int, str]]:
        """(size, root, time_us, note) of every signed checkpoint, oldest first."""
        ...

    def leaves(self, start: int, stop: int) -> list[bytes]:
        """Leaf hashes of start <= seq < stop."""
        ...

    def rebuild(self) -> int:
        """Drop every projection and make it again from the log; the number of flow rows."""
        ...

    def projected_rows(self, table: str) -> Iterator[Row]:
        """Every row of a projection (or of ``supersession``), in primary-key order."""
        ...

    def close(self) -> None:
        """Let go of the engine."""
        ...


def already_refusal(line: int, entry_id: str, seq: int) -> Refusal:
    """The refusal of an id that was used before with another meaning."""
    return Refusal(
        "id",
        Text(
            f"编号 {entry_id} 已用于含义不同的第 {seq} 条",
            f"id {entry_id} already stands for entry {seq}, which means something else",
        ),
        Text(
            "换一个编号，或作为更正提交并写明 supersedes",
            "use a new id, or send a correction that names it in supersedes",
        ),
        line,
        "conflict",
    )


def supersedes_refusal(line: int, entry_id: str, by_seq: int) -> Refusal:
    """The refusal of a correction whose target is unknown (``by_seq`` 0) or corrected already."""
    if by_seq:
        rule = Text(
            f"{entry_id} 已被第 {by_seq} 条更正", f"{entry_id} was corrected by entry {by_seq}"
        )
        remedy = Text("更正最新的那一条", "correct the latest one")
    else:
        rule = Text(f"没有编号为 {entry_id} 的条目", f"there is no entry {entry_id}")
        remedy = Text("核对 supersedes", "check supersedes")
    return Refusal("supersedes", rule, remedy, line, "supersedes")


def overflow_refusal() -> Refusal:
    """The refusal of a sum with more than 20 integer digits; every engine stops there alike."""
    return Refusal(
        "qty",
        Text("合计超过 20 位整数", "a sum has more than 20 integer digits"),
        Text("核对数量与单位", "check quantities and units"),
        code="overflow",
    )


def entry_of(row: Row) -> Entry:
    """An Entry from a log row."""
    seq, id_, kind, source, received_us, media_type, payload, digest, _, old, key_id, sig = row
    return Entry(
        seq, id_, kind, source, received_us, media_type, bytes(payload), bytes(digest), old, key_id,
        bytes(sig),
    )  # fmt: skip
