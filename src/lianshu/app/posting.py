"""Posting: single entries from many threads, made durable together.

A commit costs a wait for the disk, however little it holds. One writer thread takes whatever has
been handed in while it waited for the last one (group commit), so the wait is shared, nobody waits
for a full batch, and each caller still returns only when its own entries are durable.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Self

from lianshu.app.workspace import Workspace
from lianshu.flow.wire import Prepared, prepare
from lianshu.kernel.refusal import Refusal, Refused
from lianshu.kernel.text import Text
from lianshu.record.entry import MEDIA_TYPE, Draft
from lianshu.record.outcome import REJECT, Outcome

MOST_WAITING = 10_000  # entries handed in and not yet durable
MOST_TOGETHER = 2_000  # entries in one transaction
PUBLISH_S = 1.0  # how old the published checkpoint may be

Batch = list[Prepared | Refusal]


class Poster:
    """One writer thread in front of a workspace; ``post`` and ``take`` may be called from any thread.

    Other processes may write the same workspace: each transaction takes the engine's own lock, and
    one that cannot get it in ``store.sqlite.BUSY_S`` is refused.

    >>> import tempfile
    >>> from pathlib import Path
    >>> from lianshu.app.workspace import init
    >>> with init(Path(tempfile.mkdtemp()) / "w") as w, Poster(w) as poster:
    ...     poster.post(b'{"id":"m1","kind":"master","things":[{"table":"item","id":"tea"}]}')
    Outcome(line=1, outcome='accept', seq=1, reason=None)
    """

    def __init__(
        self,
        workspace: Workspace,
        *,
        most_waiting: int = MOST_WAITING,
        on_commit: Callable[[int], None] | None = None,
    ) -> None:
        """``on_commit`` is told how many entries each transaction held."""
        self._workspace = workspace
        self._most_waiting = most_waiting
        self._on_commit = on_commit
        self._changed = threading.Condition()
        self._posts: list[_Post] = []
        self._waiting = 0
        self._closed = False
        self._unpublished = False
        self._published_us = 0
        self._writer = threading.Thread(target=self._run, name="lianshu-writer", daemon=True)
        self._writer.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def waiting(self) -> int:
        """Entries handed in that the writer has not taken up yet."""
        return self._waiting

    def post(self, payload: bytes, media_type: str = MEDIA_TYPE) -> Outcome:
        """Capture one native entry; returns when it is durable, or decided otherwise.

        Raises ``Refused`` where nothing could be decided: too much is waiting, the writer is closed,
        the disk is full. Nothing was written then, and the same entry may be posted again.
        """
        now_us = self._workspace.clock()
        return self.take([prepare(Draft(1, payload, media_type), now_us)])[0]

    def take(self, batch: Sequence[Prepared | Refusal]) -> list[Outcome]:
        """Append a prepared batch, in one transaction with whatever else waits; see ``post``."""
        wanted = [one for one in batch if isinstance(one, Prepared)]
        if not wanted:
            # Refusals of shape are not kept, so there is nothing to wait for.
            return [Outcome(one.line, REJECT, 0, one) for one in batch if isinstance(one, Refusal)]
        post = _Post(list(batch))
        with self._changed:
            if self._closed:
                raise _refused(
                    "closed", "写入已停止", "writing has stopped", "稍后重试", "try again later"
                )
            if self._waiting and self._waiting + len(batch) > self._most_waiting:
                raise _refused("busy", "等待写入的条目太多", "too many entries are waiting",
                               "稍后重试", "try again later")  # fmt: skip
            self._posts.append(post)
            self._waiting += len(batch)
            if len(self._posts) == 1:
                self._changed.notify()
        return post.result()

    def close(self) -> None:
        """Write what waits, publish the checkpoint, and end the thread; later posts are refused."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._writer.join()

    def _run(self) -> None:
        going = True
        while going:
            posts = self._next()
            if posts:
                self._commit(posts)
            going = bool(posts) or not self._closed
            if self._unpublished and (not posts or self._is_publishing_due()):
                self._publish()

    def _next(self) -> list[_Post]:
        """The posts of the next transaction; none when nothing came for a while or it is closed."""
        with self._changed:
            if not self._posts and not self._closed:
                self._changed.wait(PUBLISH_S if self._unpublished else None)
            posts: list[_Post] = []
            size = 0
            for post in self._posts:
                size += len(post.batch)
                # A batch that is larger than the limit goes alone: it is never divided.
                if posts and size > MOST_TOGETHER:
                    break
                posts.append(post)
            del self._posts[: len(posts)]
            self._waiting -= sum(len(post.batch) for post in posts)
            return posts

    def _commit(self, posts: list[_Post]) -> None:
        """One transaction; its outcomes, or its error, go to its own callers and to nobody else."""
        batch = [one for post in posts for one in post.batch]
        try:
            outcomes = self._workspace.take(batch)
        except Refused as refused:
            for post in posts:
                post.fail(Refused(refused.refusals))
            return
        except Exception as error:  # noqa: BLE001 - raised again in the caller's thread
            if len(posts) == 1:
                posts[0].fail(error)
            else:
                # A fault of the program that one post brought out: the others shall not suffer it.
                for post in posts:
                    self._commit([post])
            return
        self._unpublished = True
        at = 0
        for post in posts:
            post.finish(outcomes[at : at + len(post.batch)])
            at += len(post.batch)
        if self._on_commit:
            self._on_commit(len(batch))

    def _is_publishing_due(self) -> bool:
        return self._workspace.clock() - self._published_us >= PUBLISH_S * 1_000_000

    def _publish(self) -> None:
        """Put the latest checkpoint where others can keep it; what is acknowledged does not need it."""
        self._published_us = self._workspace.clock()
        # A full disk is told to those who post; the next one tries the file again.
        with suppress(OSError, Refused):
            self._workspace.publish_checkpoint()
            self._unpublished = False


class _Post:
    """What one caller handed in, and the lock that it waits on."""

    __slots__ = ("_done", "_error", "_outcomes", "batch")

    def __init__(self, batch: Batch) -> None:
        self.batch = batch
        self._outcomes: list[Outcome] = []
        self._error: BaseException | None = None
        # A bare lock: an Event costs four times as much, and one post in flight is all there is.
        self._done = threading.Lock()
        self._done.acquire()

    def result(self) -> list[Outcome]:
        """Wait for the outcomes; raises what the transaction raised."""
        with self._done:
            if self._error is not None:
                raise self._error
            return self._outcomes

    def finish(self, outcomes: list[Outcome]) -> None:
        """Let the caller go on with its outcomes."""
        self._outcomes = outcomes
        self._done.release()

    def fail(self, error: BaseException) -> None:
        """Let the caller go on with an error."""
        self._error = error
        self._done.release()


def _refused(code: str, zh: str, en: str, remedy_zh: str, remedy_en: str) -> Refused:
    return Refused(Refusal("record", Text(zh, en), Text(remedy_zh, remedy_en), code=code))
