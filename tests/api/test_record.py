"""Entries, proofs, checkpoints, flows, things and orders over HTTP."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lianshu.app.workspace import Workspace
from tests.api.conftest import LEAD, NORTH

Ask = Callable[[str], Any]


def all_pages(asker: Any, address: str, member: str) -> list[Any]:
    """The rows of every page, following ``next``."""
    rows: list[Any] = []
    while address:
        body = asker.get(address).json()
        rows += body[member]
        address = (body["next"] or "").removeprefix("/api/v1")
    return rows


def test_entries_are_listed_in_order_page_by_page(ask: Ask) -> None:
    asker = ask("lead")
    whole = asker.get("/entries").json()["entries"]
    assert [one["seq"] for one in whole] == list(range(1, 11))
    assert all_pages(asker, "/entries?limit=3", "entries") == whole
    assert all_pages(asker, "/entries?after=7", "entries") == whole[7:]
    assert asker.get("/entries?id=north:invoice").json()["entries"] == [whole[2]]


def test_one_entry_is_what_was_told(ask: Ask, workspace: Workspace) -> None:
    body = ask("lead").get("/entries/2").json()
    kept = workspace.entry(2)
    assert base64.b64decode(body["payload_base64"]) == kept.payload
    assert body["payload"] == json.loads(kept.payload)
    assert (body["outcome"], body["superseded_by"], body["leaf_index"]) == ("accept", None, 1)
    assert body["digest"] == kept.digest.hex()


def test_a_proof_holds_offline(ask: Ask, tmp_path: Path) -> None:
    from lianshu.record.check import main as check

    answer = ask("north").get("/entries/2/proof")
    assert answer["Content-Type"] == "application/vnd.lianshu.proof+json"
    (tmp_path / "proof.json").write_bytes(answer.content)
    assert check([str(tmp_path / "proof.json")]) == 0


def test_checkpoints_are_signed_by_the_key_that_is_named(ask: Ask, workspace: Workspace) -> None:
    from lianshu.record.checkpoint import verify_checkpoint

    asker = ask("city")
    note = asker.get("/checkpoint")
    assert note["Content-Type"] == "text/plain; charset=utf-8"
    assert note.content.decode() == workspace.head().note
    body = asker.get("/checkpoints").json()
    notes = [one["note"] for one in body["checkpoints"]]
    sizes = [verify_checkpoint(text, [body["vkey"]]).size for text in notes]
    assert sizes == list(range(10, 0, -1))
    assert all_pages(asker, "/checkpoints?limit=4", "checkpoints") == body["checkpoints"]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 8), ("order=PO-north", 4), ("lot=LOT-south", 2), (f"party={NORTH}", 4), ("item=CNY", 4),
        ("order=PO-north&item=CNY", 2), ("order=none", 0), ("as_of=3", 3), ("after=2.0", 6),
        ("order=%27%20OR%201=1--", 0),
    ],
)  # fmt: skip
def test_flows_are_found_by_what_they_name(ask: Ask, query: str, count: int) -> None:
    asker = ask("lead")
    rows = asker.get(f"/flows?{query}").json()["flows"]
    assert len(rows) == count
    assert all_pages(asker, f"/flows?{query}&limit=1", "flows") == rows


def test_a_flow_has_the_names_and_forms_of_the_wire(ask: Ask) -> None:
    row = ask("lead").get("/flows?order=PO-north&limit=1").json()["flows"][0]
    assert (row["order"], row["qty"], row["time"]) == ("PO-north", "10", "2026-03-05T00:00:00Z")
    assert row["agreed"] == "2026-02-20T00:00:00Z"
    assert row["time_end"] is None
    assert (row["entry_seq"], row["line"], row["stream"]) == (1, 0, "goods")


def test_an_order_is_a_timeline(ask: Ask) -> None:
    body = ask("north").get("/orders/PO-north").json()
    assert [step["stage"] for step in body["steps"]] == ["promise", "receipt", "invoice", "payment"]
    promise = body["steps"][0]
    assert (promise["at"], promise["due"]) == ("2026-02-20T00:00:00Z", "2026-03-05T00:00:00Z")
    assert body["scope"] == {"party": NORTH}


def test_things_are_the_latest_that_is_known(ask: Ask) -> None:
    asker = ask("lead")
    rows = asker.get("/things/item").json()["things"]
    assert [(one["id"], one["name"], one["properties"]) for one in rows] == [
        ("tea-north", "Tea of north", {}), ("tea-south", "Tea of south", {}),
    ]  # fmt: skip
    assert all_pages(asker, "/things/item?limit=1", "things") == rows
    assert asker.get("/things/item?as_of=5").json()["things"] == rows[:1]
    assert asker.get("/things/none").status_code == 422


def test_checks_answer_in_the_readers_scope(ask: Ask) -> None:
    whole, part = ask("lead").get("/checks").json(), ask("north").get("/checks").json()
    assert whole["withheld"] == []
    assert part["scope"] == {"party": NORTH}
    assert part["withheld"]
    one = ask("lead").get("/checks?only=self_trade").json()
    assert list(one["counts"]) == ["self_trade"]
    assert ask("lead").get("/checks?only=none").status_code == 422


def test_the_words_of_the_record_come_in_both_languages(ask: Ask) -> None:
    asker = ask("city")
    assert {"zh": "条目", "en": "entry"}.items() <= asker.get("/glossary").json()["terms"][
        0
    ].items()
    english = {"accept-language": "en"}
    actions = asker.get("/actions", **english).json()["actions"]
    assert next(one for one in actions if one["action"] == "move")["onhand_from"] == -1
    columns = asker.get("/schema/party", **english).json()["columns"]
    assert columns[0]["title"] == "Party"
    assert asker.get("/schema/party").json()["columns"][0]["title"] == "主体编号"


def test_one_is_told_who_one_is(ask: Ask) -> None:
    lead, north = ask("lead").get("/me").json(), ask("north").get("/me").json()
    assert (lead["role"], lead["reads"], lead["parties"]) == ("lead", "all", [])
    assert (north["reads"], north["parties"], north["by"]) == ("own", [NORTH], "token")
    assert north["scopes"] == ["read", "capture"]
    assert LEAD not in str(north)
