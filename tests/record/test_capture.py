"""Capture through the workspace: four outcomes, batches, corrections, and a log that only grows."""

from __future__ import annotations

import json
import random
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lianshu.app.capturing import capture
from lianshu.app.preparing import prepare_here
from lianshu.app.workspace import Workspace, init
from lianshu.record.entry import Draft
from lianshu.record.outcome import ACCEPT, CONFLICT, EXISTS, REJECT, Outcome
from tests.workspaces import entry

LOG_TABLES = ("entry", "checkpoint", "refusal", "meta")


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with init(tmp_path / "w") as made:
        yield made


def take(workspace: Workspace, *payloads: bytes) -> list[Outcome]:
    """One transaction of several entries."""
    drafts = [Draft(line, payload) for line, payload in enumerate(payloads, 1)]
    return [one for batch in prepare_here(drafts, workspace.clock) for one in workspace.take(batch)]


def kept(workspace: Workspace) -> list[tuple[str, str, bytes]]:
    """Refusals on record: id, outcome and the bytes of the attempt."""
    sql = "SELECT id, outcome, payload FROM refusal ORDER BY received_us, id, payload"
    return [(id_, outcome, bytes(payload)) for id_, outcome, payload in workspace.store.query(sql)]


def log(workspace: Workspace) -> list[tuple[Any, ...]]:
    return list(workspace.store.log_rows())


def correction(entry_id: str, target: str, **changes: Any) -> bytes:
    return entry(entry_id, kind="correction", supersedes=target, **changes)


# --- the four outcomes ------------------------------------------------------------------------------


def test_an_entry_is_accepted_kept_byte_for_byte_and_signed(workspace: Workspace) -> None:
    payload = json.dumps(json.loads(entry("e1")), indent=3).encode()
    outcome = workspace.post(payload)
    assert (outcome.outcome, outcome.seq, outcome.reason) == (ACCEPT, 1, None)
    assert workspace.entry(1).payload == payload
    assert workspace.entry(1).id == "e1"
    assert workspace.head().size == 1
    assert workspace.head().note.startswith(workspace.origin)


@pytest.mark.parametrize(
    "wrong", [b"", b"{}", b"[1]", entry("e1", flows=[]), entry("e1", kind="gossip")]
)
def test_what_is_not_an_entry_is_rejected_and_leaves_nothing(
    workspace: Workspace, wrong: bytes
) -> None:
    before = workspace.head()
    outcome = workspace.post(wrong)
    assert (outcome.outcome, outcome.seq) == (REJECT, 0)
    assert outcome.reason is not None
    assert outcome.reason.field
    assert workspace.head() == before
    assert log(workspace) == []


@pytest.mark.parametrize("how", ["bytes", "spacing", "order", "escapes"])
def test_the_same_meaning_exists_whatever_its_bytes(workspace: Workspace, how: str) -> None:
    first = entry("e1")
    body = json.loads(first)
    again = {
        "bytes": first,
        "spacing": json.dumps(body, indent=2).encode(),
        "order": json.dumps({key: body[key] for key in reversed(body)}).encode(),
        "escapes": first.replace(b"leaf", b"\\u006ceaf"),
    }[how]
    workspace.post(first)
    before = log(workspace)
    outcome = workspace.post(again)
    assert (outcome.outcome, outcome.seq, outcome.reason) == (EXISTS, 1, None)
    assert log(workspace) == before
    assert kept(workspace) == []


def test_another_meaning_under_the_same_id_is_a_conflict_that_is_kept(workspace: Workspace) -> None:
    first, other = entry("e1"), entry("e1", source="mill")
    workspace.post(first)
    before = log(workspace)
    outcome = workspace.post(other)
    assert (outcome.outcome, outcome.seq) == (CONFLICT, 1)
    assert outcome.reason is not None
    assert outcome.reason.code == "conflict"
    assert log(workspace) == before
    assert kept(workspace) == [("e1", CONFLICT, other)]
    workspace.post(other)
    assert kept(workspace) == [("e1", CONFLICT, other)], "the same attempt is kept once"
    workspace.post(entry("e1", source="shop"))
    assert len(kept(workspace)) == 2


def test_the_conflict_of_a_large_attempt_keeps_its_beginning(workspace: Workspace) -> None:
    workspace.post(entry("e1"))
    large = entry("e1", origin={"note": "x" * 200_000})
    assert workspace.post(large).outcome == CONFLICT
    [(_, _, attempt)] = kept(workspace)
    assert large.startswith(attempt)
    assert 0 < len(attempt) < len(large)


# --- within one batch -------------------------------------------------------------------------------


def test_lines_of_one_batch_meet_each_other(workspace: Workspace) -> None:
    spaced = json.dumps(json.loads(entry("e1")), indent=1).encode()
    outcomes = take(workspace, entry("e1"), spaced, entry("e1", source="mill"), b"{", entry("e2"))
    assert [(one.line, one.outcome, one.seq) for one in outcomes] == [
        (1, ACCEPT, 1), (2, EXISTS, 1), (3, CONFLICT, 1), (4, REJECT, 0), (5, ACCEPT, 2),
    ]  # fmt: skip
    assert workspace.head().size == 2
    assert [row[1] for row in kept(workspace)] == [CONFLICT]


def test_a_batch_answers_like_its_lines_one_by_one(tmp_path: Path, rng: random.Random) -> None:
    def line() -> bytes:
        id_ = f"e{rng.randrange(8)}"
        if rng.random() < 0.3:
            return correction(id_, f"e{rng.randrange(8)}")
        return rng.choice([entry(id_), entry(id_, source="mill"), b"{}"])

    lines = [line() for _ in range(60)]
    with init(tmp_path / "one") as one, init(tmp_path / "many") as many:
        singly = [one.post(payload) for payload in lines]
        together = take(many, *lines)
        assert [(a.outcome, a.seq) for a in singly] == [(b.outcome, b.seq) for b in together]
        assert [bytes(row[6]) for row in log(one)] == [bytes(row[6]) for row in log(many)]


def test_a_file_is_answered_line_by_line(workspace: Workspace, tmp_path: Path) -> None:
    spaced = json.dumps(dict(reversed(json.loads(entry("e1")).items()))).encode()
    lines = [
        entry("e1"),
        spaced,
        entry("e1", source="mill"),
        b"{",
        entry("e2"),
        correction("e3", "e1"),
    ]
    path = tmp_path / "told.ndjson"
    path.write_bytes(b"\n".join(lines) + b"\n")
    answered: list[Outcome] = []
    report = capture(workspace, path, on_outcome=answered.append)
    found = [(one.line, one.outcome) for one in answered]
    assert found == [(1, ACCEPT), (2, EXISTS), (3, CONFLICT), (4, REJECT), (5, ACCEPT), (6, ACCEPT)]
    assert report.summary() == {ACCEPT: 3, EXISTS: 1, CONFLICT: 1, REJECT: 1}
    assert [refusal.line for refusal in report.refusals] == [3, 4]
    again = capture(workspace, path).summary()
    assert again == {ACCEPT: 0, EXISTS: 4, CONFLICT: 1, REJECT: 1}
    assert len(kept(workspace)) == 1


# --- corrections ------------------------------------------------------------------------------------


def test_a_correction_supersedes_and_may_itself_be_corrected(workspace: Workspace) -> None:
    outcomes = take(workspace, entry("e1"), correction("e2", "e1"), correction("e3", "e2"))
    assert [one.outcome for one in outcomes] == [ACCEPT] * 3
    assert workspace.store.query("SELECT * FROM supersession ORDER BY 1") == [(1, 2), (2, 3)]
    assert workspace.store.query("SELECT COUNT(*) FROM flow_row") == [(3,)], (
        "rows stay; readings choose"
    )


@pytest.mark.parametrize(
    ("target", "word"),
    [("nobody", "no entry nobody"), ("e1", "entry 2"), ("self", "no entry self")],
)
def test_a_correction_of_nothing_or_of_the_corrected_is_rejected_and_kept(
    workspace: Workspace, target: str, word: str
) -> None:
    take(workspace, entry("e1"), correction("e2", "e1"))
    before = log(workspace)
    outcome = workspace.post(correction("self", target))
    assert outcome.outcome == REJECT
    assert outcome.reason is not None
    assert outcome.reason.field == "supersedes"
    assert word in outcome.reason.sentence("en")
    assert log(workspace) == before
    assert [(id_, how) for id_, how, _ in kept(workspace)] == [("self", REJECT)]


def test_a_correction_sent_again_exists(workspace: Workspace) -> None:
    take(workspace, entry("e1"), correction("e2", "e1"))
    outcome = workspace.post(correction("e2", "e1"))
    assert (outcome.outcome, outcome.seq) == (EXISTS, 2)


def test_a_rejected_correction_may_come_again_when_its_target_has(workspace: Workspace) -> None:
    assert workspace.post(correction("e2", "e1")).outcome == REJECT
    assert workspace.post(entry("e1")).outcome == ACCEPT
    assert workspace.post(correction("e2", "e1")).outcome == ACCEPT


# --- the log only grows -----------------------------------------------------------------------------


def test_nothing_in_the_log_is_ever_updated_or_deleted(tmp_path: Path, rng: random.Random) -> None:
    """Triggers in the file itself forbid it: a capture that tried would fail."""
    with init(tmp_path / "w") as workspace:
        database = sqlite3.connect(tmp_path / "w" / "record.db")
        for table in LOG_TABLES:
            for deed in ("UPDATE", "DELETE"):
                database.execute(
                    f"CREATE TRIGGER no_{deed}_{table} BEFORE {deed} ON {table} "
                    "BEGIN SELECT RAISE(ABORT, 'the log only grows'); END"
                )
        workspace.post(entry("e0"))
        with pytest.raises(sqlite3.IntegrityError, match="only grows"):
            database.execute("DELETE FROM entry")
        database.close()
        earlier: list[tuple[Any, ...]] = log(workspace)
        for n in range(30):
            payloads = [
                entry(f"e{rng.randrange(20)}", source=rng.choice(["a", "b"])) for _ in range(5)
            ]
            payloads.append(correction(f"c{n}", f"e{rng.randrange(20)}"))
            take(workspace, *payloads, b"not json")
            now = log(workspace)
            assert now[: len(earlier)] == earlier
            earlier = now
        assert workspace.store.rebuild() > 0, "projections may go and come; the log stays"
        assert log(workspace) == earlier


def test_numbers_have_no_gap_and_checkpoints_cover_the_log(workspace: Workspace) -> None:
    take(workspace, entry("e1"), b"{", entry("e1"), entry("e2"))
    take(workspace, b"{", entry("e1", source="mill"))
    workspace.post(entry("e3"))
    assert [row[0] for row in log(workspace)] == [1, 2, 3]
    assert [size for size, *_ in workspace.store.checkpoints()] == [2, 3], (
        "none where nothing was added"
    )
