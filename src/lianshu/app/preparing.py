"""Preparing in a second process: reading and validating there while this one writes.

Bulk capture costs about as much to validate as to write, so two processes nearly double its rate.
Batches cross as marshal bytes: half the cost of pickle for the plain tuples that a batch is.
"""

from __future__ import annotations

import marshal
import multiprocessing
import os
import pickle
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from multiprocessing.connection import Connection
from typing import Any

from lianshu.flow.wire import Prepared, prepare
from lianshu.kernel.refusal import Refusal, Refused
from lianshu.record.entry import Draft

Source = Callable[[], Iterable[Draft | Refusal]]
Batch = list[Prepared | Refusal]
CHUNK = 2_000


def prepare_here(drafts: Iterable[Draft | Refusal], clock: Callable[[], int]) -> Iterator[Batch]:
    """Batches of prepared entries and refusals, made in this process."""
    rest = iter(drafts)
    while some := list(islice(rest, CHUNK)):
        now_us = clock()
        yield [one if isinstance(one, Refusal) else prepare(one, now_us) for one in some]


def prepare_beside(
    source: Source, clock: Callable[[], int], state: object, on_state: Callable[[Any], None]
) -> Iterator[Batch]:
    """The same batches, made in a forked process; an error there is raised here.

    ``state`` is what the source fills while it reads (a report); it comes back through ``on_state``.
    """
    fork = multiprocessing.get_context("fork")
    here, there = fork.Pipe(duplex=False)
    worker = fork.Process(target=_work, args=(source, clock, state, there, here), daemon=True)
    worker.start()
    there.close()
    try:
        while True:
            message = here.recv_bytes()
            if message[:1] == b"S":
                on_state(pickle.loads(message[1:]))  # noqa: S301 - made by our own child
                return
            if message[:1] == b"E":
                raise pickle.loads(message[1:])  # noqa: S301 - made by our own child
            yield [_unpacked(one) for one in marshal.loads(message[1:])]  # noqa: S302 - same
    except EOFError:
        raise RuntimeError("the preparing process ended early") from None
    finally:
        here.close()
        worker.terminate()
        worker.join()


def _work(
    source: Source, clock: Callable[[], int], state: object, out: Connection, other: Connection
) -> None:
    other.close()
    try:
        for batch in prepare_here(source(), clock):
            out.send_bytes(b"B" + marshal.dumps([_packed(one) for one in batch]))
        out.send_bytes(b"S" + pickle.dumps(state))
    except BrokenPipeError:
        pass  # the reader stopped; there is nobody to tell
    except Refused as refused:
        out.send_bytes(b"E" + pickle.dumps(refused))
    except Exception as error:  # noqa: BLE001 - carried to the parent whole
        out.send_bytes(b"E" + pickle.dumps(RuntimeError(f"{type(error).__name__}: {error}")))
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
