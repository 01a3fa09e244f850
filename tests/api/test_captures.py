"""POST /entries: the four outcomes over HTTP, one entry or a batch, and what a party may write."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from lianshu.app.workspace import Workspace
from tests.api.conftest import LEAD, NORTH, SOUTH, entry, flow

Ask = Callable[[str], Any]
NDJSON = "application/x-ndjson"


def test_each_outcome_has_its_status(ask: Ask, workspace: Workspace) -> None:
    asker = ask("lead")
    one = entry("four:1", LEAD, flow("produce", "", LEAD, to_place="mill"))
    accepted = asker.post(one)
    assert accepted.status_code == 201
    body = accepted.json()
    assert (body["outcome"], body["line"], body["reason"]) == ("accept", 1, None)
    assert accepted["Location"] == f"/api/v1/entries/{body['seq']}"
    assert workspace.entry(body["seq"]).id == "four:1"
    again = asker.post(json.dumps(one, indent=3).encode())
    assert (again.status_code, again.json()["outcome"], again.json()["seq"]) == (
        200, "exists", body["seq"])  # fmt: skip
    other = asker.post({**one, "kind": "observation"})
    assert other.status_code == 409
    assert other["Content-Type"] == "application/problem+json"
    assert (other.json()["outcome"], other.json()["seq"]) == ("conflict", body["seq"])
    wrong = asker.post(entry("four:2", LEAD, flow("produce", "", LEAD, qty="-1")))
    assert wrong.status_code == 422
    assert wrong.json()["refusals"][0]["field"] == "$.flows[0].qty"


def test_a_batch_is_answered_line_by_line(ask: Ask, workspace: Workspace) -> None:
    before = workspace.head().size
    good = entry("batch:1", LEAD, flow("produce", "", LEAD))
    lines = [json.dumps(good), "{", json.dumps(good), json.dumps({**good, "kind": "order"}), "",
             json.dumps(entry("batch:2", LEAD, flow("grow", "", LEAD)))]  # fmt: skip
    answer = ask("lead").post("\n".join(lines).encode(), NDJSON)
    assert answer.status_code == 200
    body = answer.json()
    assert [(one["line"], one["outcome"]) for one in body["outcomes"]] == [
        (1, "accept"), (2, "reject"), (3, "exists"), (4, "conflict"), (6, "reject"),
    ]  # fmt: skip
    assert body["counts"] == {"accept": 1, "exists": 1, "conflict": 1, "reject": 2}
    assert workspace.head().size == before + 1


OF_QTY = (
    b'{"id":"x","kind":"event","flows":[{"mood":"fact","action":"produce","time":0,"item":"t",'
    b'"qty":%s,"unit":"KGM"}]}'
)
NO_ENTRIES = [
    (b"   \n", 400), (b"{", 422), (b"[]", 422), (b"null", 422), (b"\xff\xfe{}", 422),
    (OF_QTY % b"NaN", 422), (OF_QTY % b"1.5", 422), (OF_QTY % b"-1", 422), (OF_QTY % b'"1e3"', 422),
    (b'{"id":"x\\u0000","kind":"event","flows":[]}', 422),
    (b"[" * 100_000, 422), (b'{"id":"' + b"a" * (1 << 20) + b'"}', 413),
]  # fmt: skip


@pytest.mark.parametrize(("body", "status"), NO_ENTRIES)
def test_what_is_no_entry_is_a_problem_and_nothing_is_written(
    ask: Ask, workspace: Workspace, body: bytes, status: int
) -> None:
    before = workspace.head()
    answer = ask("lead").post(body)
    assert answer.status_code == status, answer.content[:300]
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["refusals"]
    assert workspace.head() == before


def test_more_than_8_mib_is_not_read(ask: Ask, workspace: Workspace) -> None:
    before = workspace.head()
    line = json.dumps(entry("large", LEAD, flow("produce", "", LEAD))).encode() + b"\n"
    answer = ask("lead").post(line * (8 * 1024 * 1024 // len(line) + 1), NDJSON)
    assert answer.status_code == 413
    assert workspace.head() == before


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "application/json; charset=gbk"])
def test_another_format_is_not_supported(ask: Ask, kind: str) -> None:
    answer = ask("lead").post(b"{}", kind)
    assert answer.status_code == 415


def test_a_party_writes_as_itself(ask: Ask) -> None:
    asker = ask("north")
    assert asker.post(entry("self:1", NORTH, flow("transfer", NORTH, LEAD))).status_code == 201
    for source in (SOUTH, LEAD, ""):
        answer = asker.post(entry(f"self:{source}", source, flow("transfer", SOUTH, LEAD)))
        assert answer.status_code == 422
        assert answer.json()["refusals"][0]["code"] == "source"


def test_a_party_corrects_only_its_own(ask: Ask, workspace: Workspace) -> None:
    def correction(id_: str, of: str) -> dict[str, Any]:
        return {"id": id_, "kind": "correction", "source": NORTH, "supersedes": of, "flows": []}

    asker, ask_south = ask("north"), ask("south")
    ask_south.post(entry("own:south", SOUTH, flow("transfer", SOUTH, LEAD)))
    asker.post(entry("own:north", NORTH, flow("transfer", NORTH, LEAD)))
    theirs = asker.post(correction("c:1", "own:south"))
    absent = asker.post(correction("c:1", "own:absent"))
    assert theirs.status_code == absent.status_code == 422
    told = [a.json()["refusals"][0]["rule"] for a in (theirs, absent)]
    assert told[0].replace("own:south", "x") == told[1].replace("own:absent", "x")
    seq = asker.post(correction("c:2", "own:north")).json()["seq"]
    assert asker.get(f"/entries/{seq - 1}").json()["superseded_by"] == seq
    batch = [entry("own:late", NORTH, flow("transfer", NORTH, LEAD)), correction("c:3", "own:late")]
    answer = asker.post("\n".join(map(json.dumps, batch)).encode(), NDJSON)
    assert answer.json()["counts"]["accept"] == 2


def test_a_party_does_not_describe_what_another_described(ask: Ask) -> None:
    def about(id_: str, thing: dict[str, str]) -> dict[str, Any]:
        return {"id": id_, "kind": "master", "source": NORTH, "things": [thing]}

    asker = ask("north")
    taken = asker.post(about("t:1", {"table": "party", "id": SOUTH, "name": "changed"}))
    assert taken.status_code == 422
    assert taken.json()["refusals"][0]["field"] == "$.things[0].id"
    own = asker.post(about("t:2", {"table": "party", "id": NORTH, "name": "renamed"}))
    assert own.status_code == 201


def test_a_conflict_with_anothers_entry_does_not_say_where_it_is(ask: Ask) -> None:
    ask("south").post(entry("shared:id", SOUTH, flow("transfer", SOUTH, LEAD)))
    answer = ask("north").post(entry("shared:id", NORTH, flow("transfer", NORTH, LEAD)))
    assert answer.status_code == 409
    assert answer.json()["seq"] == 0
    assert not any(c.isdigit() for c in answer.json()["refusals"][0]["rule"])


@pytest.mark.parametrize("name", ["regulator", "city", "nobody"])
def test_who_has_no_part_in_the_chain_writes_nothing(ask: Ask, name: str) -> None:
    answer = ask(name).post(entry("no", "x", flow("produce", "", "x")))
    assert answer.status_code == 403
    assert answer.json()["refusals"][0]["remedy"]


def test_many_clients_at_once_lose_nothing(ask: Ask, workspace: Workspace) -> None:
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connections

    def send(n: int) -> int:
        try:
            status: int = (
                ask("lead").post(entry(f"many:{n}", LEAD, flow("produce", "", LEAD))).status_code
            )
            return status
        finally:
            connections.close_all()

    before = workspace.head().size
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(send, range(64))) == {201}
    assert workspace.head().size == before + 64
