"""Preparing in a second process: reading and validating there while this one writes.

Bulk capture costs about as much to validate as to write, so two processes nearly double its rate.
Batches cross as marshal bytes in shared memory: half the cost of pickle for plain tuples.
"""

from __future__ import annotations

import marshal
import multiprocessing
import os
import pickle
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import count
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Semaphore
from typing import Any, BinaryIO, cast

from lianshu.flow.wire import Prepared, prepare
from lianshu.kernel.refusal import Refusal, Refused
from lianshu.record.entry import Draft

Source = Callable[[], Iterable[Draft | Refusal]]
Batch = list[Prepared | Refusal]
CHUNK = 2_000  # entries
CHUNK_BYTES = 8_000_000  # of payload: an entry may have a mebibyte
AHEAD = 3  # batches ready while the writer waits for the disk


def prepare_here(drafts: Iterable[Draft | Refusal], clock: Callable[[], int]) -> Iterator[Batch]:
    """Batches of prepared entries and refusals, made in this process."""
    batch: Batch = []
    size = 0
    now_us = clock()
    for one in drafts:
        if isinstance(one, Refusal):
            batch.append(one)
        else:
            batch.append(prepare(one, now_us))
            size += len(one.payload)
        if len(batch) == CHUNK or size >= CHUNK_BYTES:
            yield batch
            batch, size, now_us = [], 0, clock()
    if batch:
        yield batch


def prepare_beside(
    source: Source, clock: Callable[[], int], state: object, on_state: Callable[[Any], None]
) -> Iterator[Batch]:
    """The same batches, made in a forked process; an error there is raised here.

    ``state`` is what the source fills while it reads (a report); it comes back through ``on_state``.
    """
    fork = multiprocessing.get_context("fork")
    here, there = fork.Pipe(duplex=False)
    with ExitStack() as stack:
        ring = _Ring([stack.enter_context(_scratch()) for _ in range(AHEAD)], fork.Semaphore(AHEAD))
        worker = fork.Process(
            target=_work, args=(source, clock, state, (ring, there, here)), daemon=True
        )
        worker.start()
        there.close()
        try:
            while True:
                kind, size = here.recv()
                data = ring.get(size)
                if kind == "state":
                    on_state(pickle.loads(data))  # noqa: S301 - made by our own child
                    return
                if kind == "error":
                    raise pickle.loads(data)  # noqa: S301 - made by our own child
                yield [_unpacked(one) for one in marshal.loads(data)]  # noqa: S302 - same
        except EOFError:
            raise RuntimeError("the preparing process ended early") from None
        finally:
            worker.terminate()
            worker.join()
            here.close()


def _scratch() -> BinaryIO:
    """A file without a name that both processes hold, in memory where the system can."""
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("lianshu-batch"), "w+b", buffering=0)
    return cast(BinaryIO, tempfile.TemporaryFile(buffering=0))


@dataclass(frozen=True, slots=True)
class _Ring:
    """A few files used in turn. The pipe says only that the next one is ready.

    So the worker is several batches ahead while this process waits for the disk, and without a
    thread, whose mere presence makes every lock inside SQLite dearer (a tenth of the whole).
    """

    files: list[BinaryIO]
    room: Semaphore
    reader: int = field(default_factory=os.getpid)
    turn: Iterator[int] = field(default_factory=count)

    def put(self, data: bytes) -> None:
        """Write the next message, waiting until there is a free file.

        Raises ``BrokenPipeError`` if the process that reads is gone.
        """
        while not self.room.acquire(timeout=1.0):
            if os.getppid() != self.reader:
                raise BrokenPipeError
        file = self.files[next(self.turn) % AHEAD]
        file.seek(0)
        view = memoryview(data)
        while view:
            view = view[file.write(view) :]

    def get(self, size: int) -> bytearray:
        """Read the next message, of ``size`` bytes."""
        file = self.files[next(self.turn) % AHEAD]
        file.seek(0)
        data = bytearray()
        while len(data) < size and (more := file.read(size - len(data))):
            data += more
        self.room.release()
        return data


def _work(
    source: Source,
    clock: Callable[[], int],
    state: object,
    ends: tuple[_Ring, Connection, Connection],
) -> None:
    ring, out, other = ends
    other.close()

    def send(kind: str, data: bytes) -> None:
        ring.put(data)
        out.send((kind, len(data)))

    try:
        for batch in prepare_here(source(), clock):
            send("batch", marshal.dumps([_packed(one) for one in batch]))
        send("state", pickle.dumps(state))
    except BrokenPipeError:
        pass  # the reader stopped; there is nobody to tell
    except Refused as refused:
        send("error", pickle.dumps(refused))
    except Exception as error:  # noqa: BLE001 - carried to the parent whole
        send("error", pickle.dumps(RuntimeError(f"{type(error).__name__}: {error}")))
    finally:
        out.close()
        # Skip the interpreter's clean-up: connections inherited from the parent are not ours.
        os._exit(0)


def _packed(one: Prepared | Refusal) -> object:
    return pickle.dumps(one) if isinstance(one, Refusal) else tuple(one)


def _unpacked(one: tuple[object, ...] | bytes) -> Prepared | Refusal:
    if isinstance(one, bytes):
        refusal: Refusal = pickle.loads(one)  # noqa: S301 - made by our own child
        return refusal
    return Prepared(*one)  # type: ignore[arg-type]
