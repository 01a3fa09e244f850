"""Workspace: a folder that holds one record, its key and what is derived from it.

This is the composition root: the only place that joins stores, capabilities and the clock.
"""

from __future__ import annotations

import json
import os
import secrets
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Self

from lianshu.app.mirroring import close_mirrors, read_store
from lianshu.app.reading import find_capability, run_capability
from lianshu.app.remembering import RememberedRows
from lianshu.app.result import Table
from lianshu.capability.relation import FOREVER, AsOf, Scope
from lianshu.flow.table import THINGS
from lianshu.flow.wire import Prepared, prepare
from lianshu.kernel.instant import format_instant, parse_instant
from lianshu.kernel.refusal import Refusal, Refused
from lianshu.kernel.text import Text
from lianshu.record.checkpoint import make_checkpoint
from lianshu.record.entry import Draft, Entry
from lianshu.record.outcome import Outcome
from lianshu.record.signing import SigningKey, create_key, load_key
from lianshu.store.store import Head, Store

FORMAT = 1
DSN_VARIABLE = "LIANSHU_DSN"
Clock = Callable[[], int]


def wall_clock_us() -> int:
    """Microseconds UTC of this machine's clock: a remark on an entry, never what orders it."""
    return time.time_ns() // 1000


class Workspace:
    """One record and everything that is read from it; made by ``init`` or ``open``.

    >>> import tempfile
    >>> w = init(Path(tempfile.mkdtemp()) / "w")
    >>> w.head().size
    0
    >>> w.close()
    """

    def __init__(self, path: Path, *, clock: Clock = wall_clock_us, dsn: str = "") -> None:
        self.path = path
        self.clock = clock
        about = _about(path / "workspace.json")
        self.id: str = about["id"]
        self.origin: str = about["origin"]
        self.dsn = dsn
        self.key: SigningKey = load_key(path / "keys" / "log.pem", self.origin)
        self.store: Store = open_store(path, self.id, dsn)
        self.mirrors: dict[str, Any] = {}  # by engine; see app.mirroring
        self.remembered = RememberedRows()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the store and its mirrors."""
        close_mirrors(self)
        self.store.close()

    def run(
        self,
        key: str,
        *,
        store: str = "",
        as_of: int | str | None = None,
        until: int | str | None = None,
        since: int | str | None = None,
        scope: Scope | None = None,
        **params: str,
    ) -> Table:
        """Run the capability ``key``.

        ``as_of`` is an entry number, or a time: what the record held then. ``since`` and ``until``
        bound when facts happened. ``store`` names the engine (sqlite, duckdb, postgres; empty: the
        record's own). Raises ``Refused`` for an unknown key, parameter, time or store.
        """
        capability = find_capability(key)
        at = AsOf(
            seq=self.as_of_seq(as_of),
            until_us=FOREVER if until is None else _instant(until, "until"),
            since_us=-FOREVER if since is None else _instant(since, "since"),
            scope=scope or Scope(),
        )
        reader = read_store(self, store)
        return run_capability(capability, reader, at, params, remembered=self.remembered)

    def as_of_seq(self, as_of: int | str | None) -> int:
        """The entry number that ``as_of`` stands for: itself, or the last one there was at that time."""
        size = self.store.head().size
        if as_of is None or as_of == "":
            return size
        if isinstance(as_of, int) or (as_of.isascii() and as_of.isdigit() and len(as_of) < 20):
            if int(as_of) > size:
                raise Refused(
                    Refusal(
                        "as_of",
                        Text(f"记录只有 {size} 条", f"the record has {size} entries"),
                        Text(f"取 0 至 {size}", f"use 0 to {size}"),
                        code="as_of",
                    )
                )
            return int(as_of)
        moment = _instant(as_of, "as_of")
        # Commit order decides, not the clock: what came after the first later commit was not known.
        known = 0
        for checkpoint in self.store.checkpoints():
            if checkpoint[2] > moment:
                break
            known = checkpoint[0]
        return known

    def take(self, batch: Sequence[Prepared | Refusal]) -> list[Outcome]:
        """Append a prepared batch in one durable transaction."""
        return self.store.append(batch, self.sign, self.clock())

    def knows(self, table: str, thing: str) -> bool:
        """Whether the record has a thing (party, place, item ...) or a ``flow`` of that key."""
        assert table in (*THINGS, "flow"), table
        sql = f"SELECT 1 FROM {table}_row WHERE id = :id LIMIT 1"
        return bool(self.store.query(sql, {"id": thing}))

    def post(self, payload: bytes) -> Outcome:
        """Capture one native entry."""
        return self.take([prepare(Draft(1, payload), self.clock())])[0]

    def sign(self, size: int, root: bytes, time_us: int) -> str:
        """A signed checkpoint note of a log state."""
        extension = (f"time {format_instant(time_us)}",)
        return make_checkpoint(self.origin, size, root, self.key, extensions=extension)

    def head(self) -> Head:
        """Where the log ends."""
        return self.store.head()

    def entry(self, seq: int) -> Entry:
        """One entry; raises ``Refused`` if there is none of that number."""
        found = next(iter(self.store.entries(seq, seq + 1)), None)
        if found is None:
            raise Refused(
                Refusal(
                    "seq",
                    Text(f"没有第 {seq} 条", f"there is no entry {seq}"),
                    Text(f"取 1 至 {self.head().size}", f"use 1 to {self.head().size}"),
                    code="seq",
                )
            )
        return found

    def publish_checkpoint(self) -> Path:
        """Write the latest checkpoint to the file ``checkpoint``, for others to keep."""
        path = self.path / "checkpoint"
        write_durably(path, self.head().note.encode())
        return path


def init(path: str | Path, *, clock: Clock = wall_clock_us) -> Workspace:
    """Create a workspace: its folder, its id and its signing key. Refused where one exists."""
    folder = Path(path)
    if (folder / "workspace.json").exists():
        raise Refused(
            Refusal(
                str(folder),
                Text("这里已经有一个工作区", "there is a workspace here already"),
                Text("直接使用它，或另选文件夹", "use it, or choose another folder"),
                code="exists",
            )
        )
    (folder / "keys").mkdir(parents=True, exist_ok=True)
    workspace_id = secrets.token_hex(8)
    origin = f"lianshu/{workspace_id}"
    key = create_key(folder / "keys" / "log.pem", origin)
    about = {
        "format": FORMAT,
        "id": workspace_id,
        "origin": origin,
        "vkey": key.vkey,
        "created": format_instant(clock()),
    }
    text = json.dumps(about, ensure_ascii=False, indent=1) + "\n"
    write_durably(folder / "workspace.json", text.encode())
    return Workspace(folder, clock=clock, dsn=os.environ.get(DSN_VARIABLE, ""))


def open(path: str | Path, *, clock: Clock = wall_clock_us) -> Workspace:
    """Open a workspace. With ``LIANSHU_DSN`` set, its record lives in that PostgreSQL."""
    folder = Path(path)
    if not (folder / "workspace.json").exists():
        raise Refused(
            Refusal(
                str(folder),
                Text("这里没有工作区", "there is no workspace here"),
                Text(f"先运行 lianshu init {folder}", f"run lianshu init {folder} first"),
                code="workspace",
            )
        )
    return Workspace(folder, clock=clock, dsn=os.environ.get(DSN_VARIABLE, ""))


def _about(path: Path) -> dict[str, Any]:
    """What the file ``workspace.json`` says; refused where it is not ours or of a later version."""
    try:
        about = json.loads(path.read_text(encoding="utf-8"))
        if about["format"] == FORMAT and about["id"].isalnum() and about["origin"]:
            return dict(about)
    except (ValueError, KeyError, TypeError, AttributeError):
        pass
    raise Refused(
        Refusal(
            str(path),
            Text("不是本版本的工作区文件", "it is not a workspace file of this version"),
            Text("核对文件夹，或由备份恢复", "check the folder, or restore a backup"),
            code="workspace",
        )
    )


def open_store(folder: Path, workspace_id: str, dsn: str) -> Store:
    """The store of record: PostgreSQL where a DSN is given, else SQLite in the folder.

    A record does not change its home: where the folder's own file holds entries it stays the record,
    and the server is only there to be mirrored to.
    """
    from lianshu.store.sqlite import SqliteStore

    path = folder / "record.db"
    if not dsn:
        return SqliteStore(path)
    if path.exists():
        store = SqliteStore(path)
        if store.head().size:
            return store
        store.close()
    from lianshu.store.postgres import PostgresStore

    return PostgresStore(dsn, f"lianshu_{workspace_id}")


def write_durably(path: Path, data: bytes) -> None:
    """Replace a file so that after a power cut it is the old one or the new one, never a part."""
    part = path.with_name(f".{path.name}.part")
    with part.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _instant(value: int | str, field: str) -> int:
    return parse_instant(value, field)
