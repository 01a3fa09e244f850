"""Tamperings: what somebody with a database tool could do to a workspace, each drawn by a seed.

Every function changes the files of a closed workspace and returns where verify has to point: the
range of entry numbers that a finding may name.
"""

from __future__ import annotations

import hashlib
import random
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lianshu.record.checkpoint import make_checkpoint
from lianshu.record.entry import leaf_data
from lianshu.record.merkle import Frontier
from lianshu.record.signing import SigningKey, load_key

COLUMNS = ("id", "kind", "source", "received_us", "media_type", "payload", "digest", "leaf",
           "supersedes", "key_id", "signature")  # fmt: skip
ALL = ", ".join(COLUMNS)


@dataclass(frozen=True, slots=True)
class Log:
    """The log before it was touched: its folder, its number of entries, where batches end."""

    folder: Path
    size: int
    ends: tuple[int, ...]
    origin: str

    def batch_start(self, seq: int) -> int:
        """First entry of the batch that holds ``seq``."""
        return max((end + 1 for end in self.ends if end < seq), default=1)

    def batch_end(self, seq: int) -> int:
        """Last entry of the batch that holds ``seq``."""
        return min(end for end in self.ends if end >= seq)


Place = range
Tampering = Callable[[Log, random.Random], Place]


@contextmanager
def database(log: Log) -> Iterator[sqlite3.Connection]:
    """The database file, opened as anybody can."""
    db = sqlite3.connect(log.folder / "record.db", isolation_level=None)
    db.execute("BEGIN")
    yield db
    db.execute("COMMIT")
    db.close()


def at(seq: int) -> Place:
    """Exactly this entry."""
    return range(seq, seq + 1)


def flipped(value: Any, rng: random.Random) -> Any:
    """The value with one byte, character or bit changed; something where there was nothing."""
    if isinstance(value, int):
        return value ^ (1 << rng.randrange(40))
    if not value:
        return b"\x00" if isinstance(value, bytes) else "x"
    n = rng.randrange(len(value))
    if isinstance(value, bytes):
        return value[:n] + bytes([value[n] ^ (1 << rng.randrange(8))]) + value[n + 1 :]
    return value[:n] + chr(ord(value[n]) ^ (1 << rng.randrange(5))) + value[n + 1 :]


def flip_column(log: Log, rng: random.Random) -> Place:
    """One byte of one column of one entry."""
    seq, column = rng.randint(1, log.size), rng.choice(COLUMNS)
    with database(log) as db:
        (value,) = db.execute(f"SELECT {column} FROM entry WHERE seq=?", (seq,)).fetchone()
        # An id that another entry has is refused by the engine itself: take one that none has.
        db.execute(f"UPDATE OR IGNORE entry SET {column}=? WHERE seq=?", (flipped(value, rng), seq))
        if not db.execute("SELECT changes()").fetchone()[0]:
            db.execute(f"UPDATE entry SET {column}='taken' WHERE seq=?", (seq,))
    return at(seq)


def break_text(log: Log, rng: random.Random) -> Place:
    """A text column that is no longer UTF-8, which the engine itself cannot read."""
    seq, column = rng.randint(1, log.size), rng.choice(("id", "source", "kind", "media_type"))
    with database(log) as db:
        db.execute(f"UPDATE entry SET {column}=CAST(x'ff41' AS TEXT) WHERE seq=?", (seq,))
    return at(seq)


def change_type(log: Log, rng: random.Random) -> Place:
    """A column whose value has another type, which SQLite allows."""
    seq, column = rng.randint(1, log.size), rng.choice(COLUMNS)
    with database(log) as db:
        (value,) = db.execute(f"SELECT {column} FROM entry WHERE seq=?", (seq,)).fetchone()
        other = value.hex() if isinstance(value, bytes) else str(value).encode()
        db.execute(f"UPDATE entry SET {column}=? WHERE seq=?", (other, seq))
    return at(seq)


def delete(log: Log, rng: random.Random) -> Place:
    """One entry."""
    seq = rng.randint(1, log.size)
    with database(log) as db:
        db.execute("DELETE FROM entry WHERE seq=?", (seq,))
    return at(seq)


def swap(log: Log, rng: random.Random) -> Place:
    """Two entries change places, each whole: only the roots can tell, so the batch is named."""
    first, second = sorted(rng.sample(range(1, log.size + 1), 2))
    with database(log) as db:
        for old, new in ((first, -1), (second, first), (-1, second)):
            db.execute("UPDATE entry SET seq=? WHERE seq=?", (new, old))
    return range(log.batch_start(first), first + 1)


def insert(log: Log, rng: random.Random) -> Place:
    """A well-made entry between others, which all move up by one."""
    seq = rng.randint(1, log.size + 1)
    with database(log) as db:
        db.execute("UPDATE entry SET seq=-seq WHERE seq>=?", (seq,))
        db.execute("UPDATE entry SET seq=1-seq WHERE seq<0")
        row = list(db.execute(f"SELECT {ALL} FROM entry LIMIT 1").fetchone())
        row[0] = f"forged-{rng.random()}"
        row[7] = leaf(row)
        marks = ", ".join("?" * 12)
        db.execute(f"INSERT INTO entry (seq, {ALL}) VALUES ({marks})", (seq, *row))
    return range(log.batch_start(seq) if seq <= log.size else seq, seq + 1)


def hide(log: Log, rng: random.Random) -> Place:
    """A well-made entry before the first, where nobody looks."""
    seq = -rng.randrange(3)
    with database(log) as db:
        row = list(db.execute(f"SELECT {ALL} FROM entry LIMIT 1").fetchone())
        row[0] = "hidden"
        row[7] = leaf(row)
        marks = ", ".join("?" * 12)
        db.execute(f"INSERT INTO entry (seq, {ALL}) VALUES ({marks})", (seq, *row))
    return at(seq)


def duplicate(log: Log, rng: random.Random) -> Place:
    """An entry's content overwritten with another's (under its own id and a right leaf)."""
    seq, other = rng.sample(range(1, log.size + 1), 2)
    with database(log) as db:
        row = list(db.execute(f"SELECT {ALL} FROM entry WHERE seq=?", (other,)).fetchone())
        row[0] = f"copy-{seq}"
        row[7] = leaf(row)
        sets = ", ".join(f"{column}=?" for column in COLUMNS)
        db.execute(f"UPDATE entry SET {sets} WHERE seq=?", (*row, seq))
    return range(log.batch_start(seq), seq + 1)


def cut_tail(log: Log, rng: random.Random) -> Place:
    """The last entries, with the checkpoints that knew them; the published one lies outside."""
    seq = rng.randint(1, log.size)
    with database(log) as db:
        db.execute("DELETE FROM entry WHERE seq>=?", (seq,))
        if rng.random() < 0.7:
            db.execute("DELETE FROM checkpoint WHERE size>=?", (seq,))
    return at(seq)


def rewrite(log: Log, rng: random.Random) -> Place:
    """The whole log made anew after a change, signed with another key, and published."""
    rewritten(log, rng, SigningKey.from_seed(log.origin, rng.randbytes(32)))
    return range(log.ends[-1] + 1)


def rewrite_with_the_stolen_key(log: Log, rng: random.Random) -> Place:
    """The same with the log's own key: only a checkpoint that somebody kept can tell."""
    rewritten(log, rng, load_key(log.folder / "keys" / "log.pem", log.origin))
    return range(log.ends[-1] + 1)


def replace_the_key(log: Log, rng: random.Random) -> Place:
    """The same with a new key put in the place of the log's: the kept checkpoint is not of it."""
    key = SigningKey.from_seed(log.origin, rng.randbytes(32))
    rewritten(log, rng, key)
    (log.folder / "keys" / "log.pem").write_bytes(key.pem())
    return range(log.ends[-1] + 1)


def rewritten(log: Log, rng: random.Random, key: SigningKey) -> None:
    """Change one entry and make every leaf, root and note that follows from it."""
    seq = rng.randint(1, log.size)
    with database(log) as db:
        row = list(db.execute(f"SELECT {ALL} FROM entry WHERE seq=?", (seq,)).fetchone())
        row[5] = row[5].replace(b'"10"', b'"99"')
        row[6] = hashlib.sha256(row[5]).digest()
        row[7] = leaf(row)
        db.execute("UPDATE entry SET payload=?, digest=?, leaf=? WHERE seq=?", (*row[5:8], seq))
        leaves = [one for (one,) in db.execute("SELECT leaf FROM entry ORDER BY seq")]
        frontier = Frontier()
        note = ""
        for end in log.ends:
            (old,) = db.execute("SELECT note FROM checkpoint WHERE size=?", (end,)).fetchone()
            time = old.split("\n")[3]
            frontier.extend(leaves[frontier.size : end])
            note = make_checkpoint(log.origin, end, frontier.root(), key, extensions=(time,))
            db.execute(
                "UPDATE checkpoint SET root=?, note=?, frontier=? WHERE size=?",
                (frontier.root(), note, frontier.to_bytes(), end),
            )
    (log.folder / "checkpoint").write_text(note, encoding="utf-8")


def edit_checkpoint(log: Log, rng: random.Random) -> Place:
    """One byte of a signed checkpoint, or what is kept beside it."""
    size, column = rng.choice(log.ends), rng.choice(("root", "note", "time_us"))
    with database(log) as db:
        (value,) = db.execute(f"SELECT {column} FROM checkpoint WHERE size=?", (size,)).fetchone()
        changed = value + 1_000_000 if column == "time_us" else flipped(value, rng)
        db.execute(f"UPDATE checkpoint SET {column}=? WHERE size=?", (changed, size))
    return at(size)


def move_checkpoint(log: Log, rng: random.Random) -> Place:
    """A checkpoint said to be of another size."""
    size = rng.choice(log.ends)
    other = rng.choice([n for n in range(1, log.size + 1) if n not in log.ends])
    with database(log) as db:
        db.execute("UPDATE checkpoint SET size=? WHERE size=?", (other, size))
    return at(other)


def edit_frontier(log: Log, rng: random.Random) -> Place:
    """The state from which the next entries would be appended."""
    with database(log) as db:
        (value,) = db.execute(
            "SELECT frontier FROM checkpoint WHERE size=?", (log.size,)
        ).fetchone()
        db.execute("UPDATE checkpoint SET frontier=? WHERE size=?", (flipped(value, rng), log.size))
    return at(log.size)


def drop_last_checkpoint(log: Log, rng: random.Random) -> Place:
    """The last checkpoint's row: the entries after the one before it are no longer signed there."""
    with database(log) as db:
        db.execute("DELETE FROM checkpoint WHERE size=?", (log.size,))
    return at(log.batch_start(log.size))


def edit_published(log: Log, rng: random.Random) -> Place:
    """One bit of the published checkpoint file, or its end cut off."""
    path = log.folder / "checkpoint"
    data = path.read_bytes()
    changed = data[: rng.randrange(len(data))] if rng.random() < 0.2 else flipped(data, rng)
    path.write_bytes(changed)
    return at(0)


def leaf(row: list[Any]) -> bytes:
    """The leaf hash of a row of ``COLUMNS``."""
    id_, kind, source, received_us, media, payload, digest, _, supersedes, key_id, signature = row
    envelope = (id_, kind, source, received_us, media, supersedes, key_id, signature)
    return hashlib.sha256(b"\x00" + leaf_data(envelope, payload, digest)).digest()


# How often each is drawn: the byte flip most, for it has the most places.
TAMPERINGS: dict[Tampering, int] = {
    flip_column: 30, break_text: 4, change_type: 8, delete: 10, swap: 10, insert: 8, hide: 2, duplicate: 6,
    cut_tail: 10, rewrite: 4, edit_checkpoint: 6, move_checkpoint: 2, edit_frontier: 2,
    drop_last_checkpoint: 1, edit_published: 6,
}  # fmt: skip
# These leave a workspace that is whole in itself: somebody must have kept a checkpoint elsewhere.
AGAINST_KEPT: dict[Tampering, int] = {
    rewrite_with_the_stolen_key: 3,
    replace_the_key: 3,
    cut_tail: 2,
}
