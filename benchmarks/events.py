"""Made events: the mix of an EPCIS 2.0 capture (55 % object, 20 % aggregation, 15 % transformation,
10 % transaction), each an entry of three flows and 832 bytes on average, and plain flow rows of one.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from lianshu.kernel.instant import format_instant

SEED = 20_261_123
START_US = 1_767_225_600_000_000  # 2026-01-01
Flow = dict[str, Any]


def events(count: int, seed: int = SEED) -> Iterator[bytes]:
    """``count`` entries of three flows, as JSON without spaces."""
    rng = random.Random(seed)
    time_us = START_US
    for number in range(count):
        time_us += rng.randrange(1, 90) * 1_000_000
        make = rng.choices(MAKERS, WEIGHTS)[0]
        flows = [{**common(rng, format_instant(time_us)), **part} for part in make(rng)]
        entry = {
            "id": f"urn:event:{seed}:{number:07d}",
            "kind": "event",
            "source": party(rng),
            "recorded": format_instant(time_us + 2_000_000),
            "flows": flows,
        }
        yield json.dumps(entry, separators=(",", ":")).encode()


def flow_rows(count: int, seed: int = SEED) -> Iterator[str]:
    """The lines of a flow CSV with its header: one move each."""
    rng = random.Random(seed)
    yield "flow,mood,action,time,item,qty,unit,lot,from_place,to_place,process"
    for number in range(count):
        time = format_instant(START_US + number * 7_000_000)
        flow = common(rng, time)
        yield (
            f"F{number:09d},fact,move,{time},{flow['item']},{flow['qty']},{flow['unit']},"
            f"{flow['lot']},{place(rng)},{place(rng)},{shipment(rng)}"
        )


def write_events(path: Path, count: int) -> None:
    """Events as NDJSON."""
    with path.open("wb") as file:
        for payload in events(count):
            file.write(payload + b"\n")


def write_flow_rows(path: Path, count: int) -> None:
    """Flow rows as CSV."""
    with path.open("w", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in flow_rows(count))


def common(rng: random.Random, time: str) -> Flow:
    """What every flow says: a fact about some quantity of a lot."""
    return {
        "mood": "fact",
        "time": time,
        "item": f"0693{rng.randrange(10**10):010d}",
        "lot": f"LOT-{rng.randrange(10**8):08d}",
        "qty": f"{rng.randrange(1, 10**5) / 10:.1f}",
        "unit": "KGM",
    }


def party(rng: random.Random) -> str:
    """One of 300 parties."""
    return f"urn:ls:party:{rng.randrange(300):05d}"


def place(rng: random.Random) -> str:
    """One of 250 places."""
    return f"urn:lianshu:place:{rng.randrange(250):05d}"


def shipment(rng: random.Random) -> str:
    """One of many shipments."""
    return f"SHP-{rng.randrange(10**7):07d}"


def _object(rng: random.Random) -> list[Flow]:
    whole = {"action": "move", "from_place": place(rng), "to_place": place(rng)}
    whole["process"] = shipment(rng)
    if rng.random() < 0.5:
        whole["order"] = f"PO-{rng.randrange(10**6):06d}"
    return [whole] * 3


def _aggregation(rng: random.Random) -> list[Flow]:
    pallet = f"0069{rng.randrange(10**14):014d}"
    whole = {"action": "pack", "container": pallet, "from_place": place(rng)}
    return [{**whole, "process": shipment(rng)}] * 3


def _transformation(rng: random.Random) -> list[Flow]:
    mill = place(rng)
    process = f"WO-{rng.randrange(10**7):07d}"
    inputs: Flow = {"action": "consume", "from_place": mill, "process": process}
    return [inputs, inputs, {"action": "produce", "to_place": mill, "process": process}]


def _transaction(rng: random.Random) -> list[Flow]:
    order = f"PO-{rng.randrange(10**6):06d}"
    whole = {"action": "transfer", "from_party": party(rng), "to_party": party(rng)}
    return [{**whole, "order": order, "order_line": str(n)} for n in (1, 2, 3)]


MAKERS: tuple[Callable[[random.Random], list[Flow]], ...] = (
    _object, _aggregation, _transformation, _transaction,
)  # fmt: skip
WEIGHTS = (55, 20, 15, 10)
