"""Capture of whatever comes: an answer for it, never an exception, and memory that stays bounded."""

from __future__ import annotations

import json
import random
import tracemalloc
from collections import Counter
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from lianshu.app.capturing import capture
from lianshu.app.verifying import verify
from lianshu.app.workspace import init
from lianshu.exchange.intake import FORMATS
from lianshu.flow.wire import Prepared, prepare
from lianshu.kernel.refusal import Refusal, Refused
from lianshu.record.entry import Draft
from lianshu.record.outcome import OUTCOMES
from tests.workspaces import entry

COUNT = 20_000
ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 1.5, 1e308, 2**53, 2**53 + 1, -(2**63), 10**30, "", " ", "\x00", "\u2028",
    "\ud800", "１", "-0", "1e5", "NaN", "0.0000000000000000001", "9" * 21, "x" * 201, "x" * 5000,
    "2026-03-01", "2026-03-01T00:00:00", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", [], {},
    [[]], {"a": {"b": []}}, "𠀀", "fact", "CNY", "KGM",
)  # fmt: skip
FRAGMENTS = (b"{", b"}", b"[", b"]", b'"', b",", b":", b"\\", b"\\u0000", b"\xff", b"\xc3", b"NaN", b"1e999",
             b"-", b"\x00", b"\n", b"\xef\xbb\xbf", b"null", b"\\ud83d", b"[" * 2000, b" " * 500)  # fmt: skip


def whole(rng: random.Random) -> dict[str, Any]:
    """An entry that uses most of what an entry can say."""
    things = [{"table": "party", "id": "farm", "name": "茶场"}, {"table": "item", "id": "leaf"}]
    made: dict[str, Any] = json.loads(
        entry(f"e{rng.randrange(3000)}", recorded="2026-03-01T00:00:01Z", things=things)
    )
    made["flows"][0] |= {
        "order": "PO1",
        "process": "P1",
        "agreed": 0,
        "time_end": "2026-03-02T00:00:00Z",
    }
    return made


def places(value: Any, found: list[tuple[Any, Any]] | None = None) -> list[tuple[Any, Any]]:
    """Every (container, key) of a JSON tree."""
    found = [] if found is None else found
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in list(pairs):
        found.append((value, key))
        if isinstance(inner, dict | list):
            places(inner, found)
    return found


def mutated_tree(rng: random.Random) -> bytes:
    """An entry with some of its values, names or members changed."""
    tree = whole(rng)
    for _ in range(rng.choice((1, 1, 1, 2, 5))):
        container, key = rng.choice(places(tree))
        luck = rng.random()
        if luck < 0.6:
            container[key] = deepcopy(rng.choice(ODD))
        elif luck < 0.75:
            del container[key]
        elif isinstance(container, dict):
            container[rng.choice(("extra", "", "id", "qty\x00"))] = container.pop(key)
        else:
            container.extend(deepcopy(container[0]) for _ in range(rng.choice((1, 3))))
        if not places(tree):
            break
    return json.dumps(tree, ensure_ascii=rng.random() < 0.5).encode("utf-8", "surrogatepass")


def mutated_bytes(rng: random.Random) -> bytes:
    """The text of an entry with bytes changed, cut, doubled or put in."""
    data = bytearray(json.dumps(whole(rng), ensure_ascii=False).encode())
    for _ in range(rng.choice((1, 1, 2, 8))):
        at = rng.randrange(len(data) + 1)
        luck = rng.random()
        if luck < 0.3:
            data[at : at + 1] = rng.randbytes(1)
        elif luck < 0.5:
            del data[at : at + rng.randrange(1, 20)]
        elif luck < 0.7:
            data[at:at] = data[at : at + rng.randrange(1, 40)]
        else:
            data[at:at] = rng.choice(FRAGMENTS)
    return bytes(data)


def anything(rng: random.Random) -> bytes:
    """One payload."""
    luck = rng.random()
    if luck < 0.55:
        return mutated_tree(rng)
    return mutated_bytes(rng) if luck < 0.9 else rng.randbytes(rng.randrange(200))


@pytest.mark.slow
def test_any_payload_gets_an_answer(tmp_path: Path, rng: random.Random) -> None:
    tally: Counter[str] = Counter()
    with init(tmp_path / "w") as workspace:
        batch: list[Prepared | Refusal] = []
        for n in range(COUNT):
            payload = anything(rng)
            try:
                batch.append(prepare(Draft(n, payload), n))
            except Exception as error:  # noqa: BLE001 - named with the payload that brought it out
                pytest.fail(f"{error!r} for {payload!r}")
            if isinstance(one := batch[-1], Refusal):
                # Every refusal can be said in both languages and to a program.
                assert one.sentence("zh") and one.sentence("en") and one.field and one.code
                assert (one.sentence("zh") + one.sentence("en")).encode("utf-8"), payload
        for start in range(0, COUNT, 500):
            for outcome in workspace.take(batch[start : start + 500]):
                assert outcome.outcome in OUTCOMES
                tally[outcome.outcome] += 1
        # What was taken can be read, recomputed and projected again.
        flows = workspace.store.query("SELECT COUNT(*) FROM flow_row")[0][0]
        assert verify(workspace, meaning=True).valid
        assert workspace.store.rebuild() == flows
    print(dict(tally))
    assert sum(tally.values()) == COUNT
    assert all(tally[name] > 0 for name in OUTCOMES)


@pytest.mark.slow
@pytest.mark.parametrize("format_", [*(one for one in FORMATS if ":" not in one), "mapping:scms"])
def test_any_file_gets_an_answer(tmp_path: Path, rng: random.Random, format_: str) -> None:
    path = tmp_path / "input"
    header = b"flow,mood,action,time,item,qty,unit\n"
    with init(tmp_path / "w") as workspace:
        for _ in range(60):
            lines = [anything(rng) for _ in range(rng.randrange(6))]
            data = b"\n".join(lines)
            path.write_bytes(rng.choice((b"", header, b"PK\x03\x04", b"\x1f\x8b")) + data)
            try:
                report = capture(workspace, path, format_)
            except Refused as refused:
                said = [one.sentence("zh") for one in refused.refusals]
            else:
                said = list(report.counts)
                assert set(said) <= set(OUTCOMES)
            assert all(said)
        assert verify(workspace).valid


def test_memory_is_that_of_a_batch_not_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Entries near the size limit: a batch ends by bytes, long before it has two thousand of them."""
    path = tmp_path / "entries.ndjson"
    with path.open("wb") as file:
        for n in range(80):
            file.write(entry(f"e{n}", origin={"text": "x" * 900_000}) + b"\n")
    monkeypatch.setattr("lianshu.app.preparing.CHUNK_BYTES", 2_000_000)
    monkeypatch.setattr("lianshu.app.capturing.BESIDE_BYTES", path.stat().st_size + 1)
    with init(tmp_path / "w") as workspace:
        tracemalloc.start()
        try:
            assert capture(workspace, path).summary()["accept"] == 80
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert peak < path.stat().st_size / 2
