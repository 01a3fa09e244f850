"""Readings over HTTP: the same answers as in Python, page by page, and only once for each moment."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from lianshu.app.workspace import Workspace
from lianshu.capability.registry import capabilities

Ask = Callable[[str], Any]


@pytest.mark.parametrize("key", capabilities())
def test_each_reading_is_what_python_gives(ask: Ask, workspace: Workspace, key: str) -> None:
    answer = ask("lead").get(f"/capabilities/{key}")
    assert answer.status_code == 200, answer.content
    body = answer.json()
    table = workspace.run(key)
    assert body["key"] == key
    assert body["columns"] == table.names
    assert body["rows"] == table.plain()
    assert body["total"] == len(table.rows)
    assert body["as_of"] == workspace.head().size
    assert "evidence" not in body


def test_numbers_that_are_quantities_are_text(ask: Ask) -> None:
    rows = ask("lead").get("/capabilities/stock").json()["rows"]
    assert ["shop", "tea-north", "LOT-north", "10"] in rows


def test_evidence_names_the_entries_of_each_row(ask: Ask, workspace: Workspace) -> None:
    body = ask("lead").get("/capabilities/otif?evidence=true").json()
    table = workspace.run("otif")
    assert body["evidence"] == [table.evidence(row) for row in table.rows]


def test_pages_follow_each_other_at_one_moment(ask: Ask, workspace: Workspace) -> None:
    asker = ask("lead")
    found, address = [], "/capabilities/four_flows?limit=1"
    while address:
        answer = asker.get(address)
        body = answer.json()
        assert len(body["rows"]) == 1
        found += body["rows"]
        address = (body.get("next") or "").removeprefix("/api/v1")
        assert bool(address) == answer.has_header("Link")
    assert found == workspace.run("four_flows").plain()


def test_as_of_reads_what_was_known_then(ask: Ask) -> None:
    asker = ask("lead")
    assert asker.get("/capabilities/otif?as_of=0").json()["rows"] == []
    assert asker.get("/capabilities/otif?as_of=5").json()["total"] == 1
    late = asker.get("/capabilities/otif?as_of=9999")
    assert late.status_code == 422
    assert late.json()["refusals"][0]["field"] == "as_of"


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("as_of=²", "as_of"), ("since=yesterday", "since"), ("until=2026-03-01T00:00:00", "until"),
        ("store=oracle", "store"), ("limit=0", "limit"), ("limit=10001", "limit"), ("page=x", "page"),
        ("lots=L1", "lots"), ("evidence=perhaps", "evidence"), ("as_of=%00", "as_of"),
    ],
)  # fmt: skip
def test_a_wrong_parameter_is_named(ask: Ask, query: str, field: str) -> None:
    answer = ask("lead").get(f"/capabilities/stock?{query}")
    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    assert [one["field"] for one in answer.json()["refusals"]] == [field]


def test_a_wrong_argument_is_refused_by_the_reading(ask: Ask) -> None:
    answer = ask("lead").get("/capabilities/spend?by=colour", **{"accept-language": "en"})
    assert answer.status_code == 422
    assert answer.json()["refusals"][0]["field"] == "by"
    assert answer["Content-Language"] == "en"


def test_what_has_not_changed_is_not_sent_again(ask: Ask, workspace: Workspace) -> None:
    first = ask("lead").get("/capabilities/stock")
    etag = first["ETag"]
    assert etag.startswith(f'W/"seq-{workspace.head().size}-')
    assert first["Cache-Control"] == "private, no-cache"
    again = ask("lead").get("/capabilities/stock", **{"if-none-match": etag})
    assert (again.status_code, again.content) == (304, b"")
    other = ask("north").get("/capabilities/stock", **{"if-none-match": etag})
    assert other.status_code == 200


def test_every_store_gives_the_same_answer(ask: Ask) -> None:
    pytest.importorskip("duckdb")
    asker = ask("lead")
    answers = [
        asker.get(f"/capabilities/stock?store={name}").json() for name in ("sqlite", "duckdb")
    ]
    assert answers[0]["rows"] == answers[1]["rows"]


def test_the_catalogue_names_every_reading_with_its_address(ask: Ask) -> None:
    asker = ask("city")
    rows = asker.get("/capabilities", **{"accept-language": "en"}).json()["capabilities"]
    assert [one["key"] for one in rows] == list(capabilities())
    assert {one["title"] for one in rows} == {c.title.en for c in capabilities().values()}
    assert ask("lead").get(rows[0]["href"].removeprefix("/api/v1")).status_code == 200
