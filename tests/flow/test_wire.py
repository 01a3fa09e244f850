"""What an entry must be: each rule refuses by field, rule and remedy; equal meanings are one digest."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lianshu.flow.wire import MOST_FLOWS, Prepared, prepare, project
from lianshu.kernel.refusal import Refusal
from lianshu.record.canonical import canonical
from lianshu.record.entry import Draft

FLOW: dict[str, Any] = {"mood": "fact", "action": "transfer", "time": 0, "item": "tea", "qty": "1", "unit": "kg"}  # fmt: skip
MONEY = FLOW | {"action": "pay", "item": "CNY", "unit": "CNY"}


def body(**changes: Any) -> dict[str, Any]:
    return {"id": "e1", "kind": "event", "flows": [FLOW]} | changes


def read(entry: dict[str, Any] | bytes, line: int = 7) -> Prepared | Refusal:
    payload = entry if isinstance(entry, bytes) else json.dumps(entry).encode()
    return prepare(Draft(line, payload), received_us=0)


@pytest.mark.parametrize(
    ("entry", "field", "word"),
    [
        (b"", "$", "truncated"),
        (b"{", "$", "truncated"),
        (b"[]", "$", "object"),
        (b'{"id":"e1","kind":"event"} x', "$", "trailing"),
        (b'{"id":"\xff"}', "$", "utf-8"),
        (body(id=""), "$.id", "length"),
        (body(id="k" * 201), "$.id", "length"),
        (body(id="a\nb"), "$.id", "control"),
        (body(id="a\u2028b"), "$.id", "control"),
        (body(source="a\tb"), "$.id", "control"),
        (body(kind="gossip"), "$.kind", "enum"),
        (body(colour="green"), "$", "colour"),
        (body(recorded="2026-03-01"), "$.recorded", "ISO 8601"),
        (body(supersedes="e0"), "$.supersedes", "correction"),
        (body(kind="correction"), "$.supersedes", "correction"),
        (body(flows=[]), "$.flows", "flow or a thing"),
        (body(flows=[FLOW] * (MOST_FLOWS + 1)), "$.flows", "10,000"),
        (body(flows=[FLOW, FLOW | {"mood": "maybe"}]), "$.flows[1].mood", "maybe"),
        (body(flows=[FLOW | {"action": "sell"}]), "$.flows[0].action", "sell"),
        (body(flows=[FLOW | {"time": "2026-03-01T00:00:00"}]), "$.flows[0].time", "offset"),
        (body(flows=[FLOW | {"qty": "-1"}]), "$.flows[0].qty", "negative"),
        (body(flows=[FLOW | {"qty": "NaN"}]), "$.flows[0].qty", "finite"),
        (body(flows=[FLOW | {"qty": 1.5}]), "$.flows[0].qty", "str"),
        (body(flows=[FLOW | {"qty": "9" * 21}]), "$.flows[0].qty", "digits"),
        (body(flows=[FLOW | {"unit": "bushel-ish"}]), "$.flows[0].unit", "unit"),
        (body(flows=[MONEY | {"item": "XYZ", "unit": "XYZ"}]), "$.flows[0].unit", "currency"),
        (body(flows=[MONEY | {"item": "tea"}]), "$.flows[0].unit", "currency"),
        (body(flows=[FLOW | {"document": "a\u0000b"}]), "$", "NUL"),
        (body(things=[{"table": "ship", "id": "s"}]), "$.things[0].table", "ship"),
        (body(things=[{"table": "party"}]), "$.things[0]", "id"),
        (body(things=[{"table": "place", "id": "p", "latitude": "north"}]), "$.things[0].latitude", "decimal"),
        (body(origin={"a": 1}), "$.origin[...]", "str"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused_by_field_rule_and_remedy(
    entry: dict[str, Any] | bytes, field: str, word: str
) -> None:
    refusal = read(entry)
    assert isinstance(refusal, Refusal)
    assert refusal.field == field
    assert word.lower() in refusal.sentence("en").lower()
    assert refusal.line == 7
    assert refusal.rule.zh != refusal.rule.en
    assert refusal.remedy.zh
    assert refusal.remedy.en
    assert refusal.code


@pytest.mark.parametrize(
    "same",
    [
        json.dumps(body(), indent=4).encode(),
        json.dumps(dict(reversed(body().items()))).encode(),
        json.dumps(body(), separators=(",", ":")).replace("tea", "t\\u0065a").encode(),
    ],
    ids=["spacing", "key order", "escapes"],
)
def test_one_meaning_is_one_digest(same: bytes) -> None:
    first, other = read(body()), read(same)
    assert isinstance(first, Prepared)
    assert isinstance(other, Prepared)
    assert first.log_row[6] == other.log_row[6]
    assert first.flows == other.flows


def test_another_spelling_of_a_number_is_another_text() -> None:
    """The digest is of what was said; the projection is of what it means."""
    first, other = read(body()), read(body(flows=[FLOW | {"qty": "1.0"}]))
    assert isinstance(first, Prepared)
    assert isinstance(other, Prepared)
    assert first.log_row[6] != other.log_row[6]
    assert first.flows == other.flows


def test_a_payload_in_canonical_form_is_taken_at_its_word() -> None:
    payload = canonical(body())
    plain, marked = prepare(Draft(1, payload), 0), prepare(Draft(1, payload, canonical=True), 0)
    assert plain == marked


@pytest.mark.parametrize(
    ("changes", "stream"),
    [
        ({}, "goods"),
        ({"item": "CNY", "unit": "CNY"}, "money"),
        ({"action": "invoice", "item": "CNY", "unit": "CNY"}, "money"),
        ({"action": "work", "unit": "HUR"}, "service"),
        ({"action": "emit", "item": "CO2e"}, "emission"),
        ({"action": "observe"}, "information"),
        ({"action": "pledge", "item": "CNY", "unit": "CNY"}, "claim"),
    ],
)
def test_the_stream_is_the_action_s_but_for_money(changes: dict[str, str], stream: str) -> None:
    done = read(body(flows=[FLOW | changes]))
    assert isinstance(done, Prepared)
    assert done.flows[0][-1] == stream


@pytest.mark.parametrize(
    ("qty", "stored"),
    [("1", "1"), ("1.50", "1.5"), ("007", "7"), ("0.10", "0.1"), ("00.5", "0.5"), (12, "12"), ("0", "0"),
     ("0.000", "0"), ("1.000000000000000001", "1.000000000000000001"), ("1" + "0" * 19, "1" + "0" * 19)],
)  # fmt: skip
def test_quantities_are_stored_in_one_form(qty: str | int, stored: str) -> None:
    done = read(body(flows=[FLOW | {"qty": qty}]))
    assert isinstance(done, Prepared)
    assert done.flows[0][9] == stored


def test_flows_without_an_id_are_named_by_their_entry() -> None:
    done = read(body(flows=[FLOW, FLOW, FLOW | {"id": "own"}, FLOW]))
    assert isinstance(done, Prepared)
    assert [flow[0] for flow in done.flows] == ["e1", "e1/1", "own", "e1/3"]


def test_a_correction_may_take_back_without_saying_anything_new() -> None:
    done = read({"id": "c", "kind": "correction", "supersedes": "e1"})
    assert isinstance(done, Prepared)
    assert done.flows == []


def test_projecting_again_gives_the_rows_of_the_first_time() -> None:
    thing = {
        "table": "recipe",
        "id": "R",
        "inputs": {"b": "1 kg", "a": "2 kg"},
        "output_qty": "2.0",
    }
    payload = json.dumps(body(things=[thing])).encode()
    done = read(payload)
    assert isinstance(done, Prepared)
    assert project(payload) == (done.flows, done.things)
