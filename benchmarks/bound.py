"""The machine's own bound of one core: decode, validate, hash and explode an event, and no more.

A hand-written msgspec type, SHA-256 of the payload and of a chain, and a tuple for each flow: no
log, no canonical form, no store. What a capture reaches of this is what the record costs.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Annotated, Any, Literal

import msgspec

Key = Annotated[str, msgspec.Meta(pattern=r"^[^\x00-\x1f\x7f]{1,200}$")]
Short = Annotated[str, msgspec.Meta(max_length=200)]
Qty = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{1,20}(\.[0-9]{1,18})?$")]
Time = Annotated[datetime, msgspec.Meta(tz=True)]
Mood = Literal["fact", "promise", "plan", "forecast", "offer", "scenario"]
Action = Literal["move", "produce", "consume", "transfer", "pack", "unpack", "invoice", "pay"]


class Flow(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """A flow whose every key is matched against a pattern."""

    mood: Mood
    action: Action
    time: Time
    item: Key
    qty: Qty
    unit: Key
    lot: Key | None = None
    container: Key | None = None
    from_place: Key | None = None
    to_place: Key | None = None
    from_party: Key | None = None
    to_party: Key | None = None
    process: Key | None = None
    order: Key | None = None
    order_line: Key | None = None


class Event(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """An entry whose every key is matched against a pattern."""

    id: Key
    kind: Literal["event", "order", "document", "payment"]
    flows: list[Flow]
    source: Key | None = None
    recorded: Time | None = None


class PlainFlow(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """The same flow with lengths checked and no pattern but that of the quantity."""

    mood: Mood
    action: Action
    time: Time
    item: Short
    qty: Qty
    unit: Short
    lot: Short = ""
    container: Short = ""
    from_place: Short = ""
    to_place: Short = ""
    from_party: Short = ""
    to_party: Short = ""
    process: Short = ""
    order: Short = ""
    order_line: Short = ""


class PlainEvent(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """The same entry with lengths checked and no pattern."""

    id: Short
    kind: Literal["event", "order", "document", "payment"]
    flows: list[PlainFlow]
    source: Short = ""
    recorded: Time | None = None


def bound_s(payloads: Sequence[bytes], kind: type[Event | PlainEvent] = Event) -> float:
    """CPU seconds for one payload, the best of five passes."""
    decode: Callable[[bytes], Any] = msgspec.json.Decoder(kind).decode
    best = float("inf")
    for _ in range(5):
        chain = bytes(32)
        rows = 0
        start = time.process_time()
        for payload in payloads:
            event = decode(payload)
            chain = sha256(chain + sha256(payload).digest()).digest()
            id_ = event.id
            exploded = [
                (
                    id_, n, f.mood, f.action, f.time, f.item, f.lot, f.container, f.qty, f.unit,
                    f.from_party, f.to_party, f.from_place, f.to_place, f.process, f.order,
                    f.order_line,
                )
                for n, f in enumerate(event.flows)
            ]  # fmt: skip
            rows += len(exploded)
        best = min(best, time.process_time() - start)
        assert rows
    return best / len(payloads)
