"""Checking a workspace: order, limits, moments, scopes, stores, and what is true of real records."""

from __future__ import annotations

import json
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from lianshu.app import checking
from lianshu.app.capturing import capture
from lianshu.app.checking import EXAMPLE_NOW_US, CheckReport, check, load_example
from lianshu.app.workspace import Workspace, init
from lianshu.capability.relation import Scope
from lianshu.flow.check import SEVERITIES
from lianshu.flow.checks import checks
from lianshu.kernel.refusal import Refused
from tests.conftest import ROOT
from tests.flow.checks.cases import entry, flows
from tests.flow.checks.goods import GOODS
from tests.flow.checks.trade import PROMISE, TRADE

SCMS = ROOT / "examples" / "scms" / "scms_2006_2013H1.csv.xz"
SCMS_SECONDS = 3.0
ZEROES = [f"F{n} fact raise 1 tea 0 kg" for n in range(5)]


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with init(tmp_path / "w", clock=lambda: EXAMPLE_NOW_US) as made:
        yield made


def test_an_empty_record_has_no_findings(workspace: Workspace) -> None:
    report = check(workspace)
    assert not list(report)
    assert report.counts == dict.fromkeys(checks(), 0)
    assert report.by_severity() == {"error": 0, "warning": 0, "note": 0}


def test_findings_stand_by_severity_then_check_then_what_is_at_stake(workspace: Workspace) -> None:
    lines = [
        "Z fact raise 1 tea 0 kg",
        "S1 fact pay 1 CNY 5 CNY from_party=a to_party=a",
        "S2 fact pay 1 CNY 50 CNY from_party=a to_party=a",
        "M fact move 1 tea 1 kg from_place=mill",
    ]
    load_example(workspace, flows(*lines))
    found = [(one.severity, one.check, one.subject) for one in check(workspace)]
    assert found == [
        ("error", "negative_on_hand", "mill · tea"),
        ("error", "two_places", "M"),
        ("warning", "self_trade", "S2"),
        ("warning", "self_trade", "S1"),
        ("note", "zero_quantity", "Z"),
    ]
    assert [one.check for one in check(workspace)] == [name for _, name, _ in found]


def test_all_are_counted_where_some_are_kept(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "MOST_FINDINGS", 2)
    load_example(workspace, flows(*ZEROES))
    report = check(workspace, only=["zero_quantity"])
    assert [one.subject for one in report] == ["F0", "F1"]
    assert report.counts == {"zero_quantity": 5}
    assert len(report) == 5
    assert report.by_severity()["note"] == 5


def test_checks_read_what_was_known_then(workspace: Workspace) -> None:
    wrong = entry("a", "F1 fact move 1 tea 1 kg from_place=mill")
    right = entry(
        "b", "F1 fact lower 1 tea 0 kg from_place=mill", kind="correction", supersedes="a"
    )
    load_example(workspace, entries=[wrong, right])
    assert [one.check for one in check(workspace, as_of=1)] == ["negative_on_hand", "two_places"]
    assert [one.check for one in check(workspace, as_of=2)] == ["zero_quantity"]
    assert not list(check(workspace, as_of=0))


def test_who_sees_a_part_is_told_what_was_not_checked(workspace: Workspace) -> None:
    load_example(workspace, flows(PROMISE, "F1 fact transfer 9 tea 8 kg from_party=a to_party=b fulfils=P1",
                                  "F2 fact transfer 9 tea 3 kg from_party=mill to_party=shop fulfils=P1",
                                  "F3 fact pay 9 CNY 3 CNY from_party=shop to_party=shop"))  # fmt: skip
    report = check(workspace, scope=Scope(party="shop"))
    assert [(one.check, one.subject) for one in report] == [("self_trade", "F3")]
    assert set(report.withheld) == {name for name, one in checks().items() if one.whole}
    assert not set(report.withheld) & set(report.counts)
    assert "over_delivered" in {one.check for one in check(workspace)}


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"only": ["stock"]}, "check"),
        ({"params": {"stock": {}}}, "check"),
        ({"params": {"overdue": {"days": "1"}}}, "param days"),
        ({"params": {"overdue": {"grace_days": "soon"}}}, "grace_days"),
        ({"params": {"overdue": {"grace_days": "-1"}}}, "grace_days"),
        ({"store": "oracle"}, "store"),
        ({"as_of": 1}, "as_of"),
    ],
)
def test_a_wrong_argument_is_refused_by_name(
    workspace: Workspace, arguments: dict[str, object], field: str
) -> None:
    with pytest.raises(Refused) as caught:
        check(workspace, **arguments)  # type: ignore[arg-type]
    assert caught.value.refusals[0].field == field


def all_cases(workspace: Workspace) -> None:
    """Every case of every check in one record, each under names of its own."""
    for n, case in enumerate([*GOODS, *TRADE]):
        texts = [entry(f"{n}.{m}", line) for m, line in enumerate(case.lines)]
        for text in (*texts, *case.entries):
            body = json.loads(text)
            body["id"] = f"{n}.{body['id']}"
            load_example(workspace, entries=[json.dumps(body | (
                {"supersedes": f"{n}.{body['supersedes']}"} if body.get("supersedes") else {}
            ))])  # fmt: skip
        for m, one in enumerate(case.things):
            text = json.dumps({"id": f"{n}.thing.{m}", "kind": "master", "things": [one]})
            load_example(workspace, entries=[text])


def plain(report: CheckReport) -> list[tuple[object, ...]]:
    return [
        (one.check, one.subject, one.message.en, one.entry_seqs, one.at_stake) for one in report
    ]


@pytest.mark.parametrize("store", ["duckdb", "postgres"])
def test_every_store_finds_the_same(
    workspace: Workspace,
    store: str,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if store == "postgres":
        monkeypatch.setenv("LIANSHU_DSN", request.getfixturevalue("postgres_database"))
    else:
        pytest.importorskip("duckdb")
    all_cases(workspace)
    here = check(workspace)
    assert {one.check for one in here} >= {
        name for name, one in checks().items() if one.reads == ("flow",)
    }
    there = check(workspace, store=store)
    assert there.counts == here.counts
    assert plain(there) == plain(here)


@pytest.mark.parametrize("name", ["tea_small", "tea_medium"])
def test_the_tea_chain_breaks_what_its_answers_say(
    tmp_path: Path, shared_data: Path, name: str
) -> None:
    folder = shared_data / "craft" / name
    with init(tmp_path / "w") as workspace:
        capture(workspace, folder / "flows.csv")
        report = check(workspace)
    answers = json.loads((folder / "answers.json").read_text(encoding="utf-8"))["four_flows"]
    over = {order for order, row in answers.items() if row["invoiced"] > row["goods"] + 1e-9}
    paid = {order for order, row in answers.items() if row["paid"] > row["invoiced"] + 1e-9}
    assert {one.subject for one in report if one.check == "invoiced_over_goods"} == over
    assert {one.subject for one in report if one.check == "paid_over_invoiced"} == paid
    assert len(report) == len(over) + len(paid)


@pytest.fixture(scope="module")
def scms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with init(tmp_path_factory.mktemp("scms") / "w") as made:
        capture(made, SCMS, "mapping:scms")
        yield made


def test_scms_breaks_only_what_is_wrong_in_the_export(scms: Workspace) -> None:
    """Each finding was compared with the line of the export; the subjects name the lines."""
    report = check(scms)
    found = {name: count for name, count in report.counts.items() if count}
    assert found == {
        "two_places": 12,
        "before_promise": 2,
        "due_before_agreed": 1,
        "zero_quantity": 38,
    }
    # Manufacturing site "Not Applicable": a place to leave is really not in these lines.
    sites = {one.subject for one in report if one.check == "two_places"}
    assert {scms.entry(one.entry_seqs[0]).payload.count(b'"Not Applicable"') for one in report
            if one.subject in sites} == {1}  # fmt: skip
    early = {one.subject for one in report if one.check == "before_promise"}
    assert early == {"scms:4190:delivery", "scms:4432:delivery"}


def test_scms_is_checked_in_three_seconds(scms: Workspace) -> None:
    best = min(_seconds(scms) for _ in range(3))
    print(f"{best:.2f} s for all checks over 7,110 lines")
    assert best < SCMS_SECONDS


def _seconds(workspace: Workspace) -> float:
    start = time.process_time()
    check(workspace)
    return time.process_time() - start


def test_memory_is_that_of_a_group_not_of_the_record(scms: Workspace) -> None:
    """Python's own share: the rows pass through one by one (SQLite sorts on its side)."""
    flow_rows = scms.store.query("SELECT COUNT(*) FROM flow_row")[0][0]
    check(scms)
    tracemalloc.start()
    check(scms, only=["over_delivered", "negative_on_hand", "fulfils_mismatch"])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    print(f"{peak} bytes for {flow_rows} flows")
    assert peak < 100 * flow_rows, "less than a hundred bytes a flow: no row is kept"


def test_severities_are_three() -> None:
    assert SEVERITIES == ("error", "warning", "note")
