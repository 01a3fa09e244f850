"""Group commit: each caller gets its own answer, durable, whatever the others do."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from lianshu.app.posting import Poster
from lianshu.app.verifying import verify
from lianshu.app.workspace import Workspace, init
from lianshu.app.workspace import open as open_workspace
from lianshu.flow.wire import Prepared, prepare
from lianshu.kernel.refusal import Refusal, Refused
from lianshu.record.entry import Draft
from lianshu.record.outcome import Outcome
from tests.workspaces import entry

CLIENTS = 16
EACH = 25


def in_threads(count: int, work: object) -> None:
    """Run ``work(n)`` in ``count`` threads at once; the first error is raised here."""
    errors: list[BaseException] = []

    def guarded(n: int) -> None:
        try:
            work(n)  # type: ignore[operator]
        except BaseException as error:  # noqa: BLE001 - raised below
            errors.append(error)

    threads = [threading.Thread(target=guarded, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


def test_every_caller_gets_its_own_outcome(tmp_path: Path) -> None:
    sizes: list[int] = []
    with init(tmp_path / "w") as workspace:
        with Poster(workspace, on_commit=sizes.append) as poster:

            def client(n: int) -> None:
                for k in range(EACH):
                    outcome = poster.post(entry(f"c{n}-{k}"))
                    assert outcome.outcome == "accept"
                    # Durable means that any other connection sees it.
                    assert workspace.entry(outcome.seq).id == f"c{n}-{k}"

            in_threads(CLIENTS, client)
        assert sum(sizes) == CLIENTS * EACH == workspace.head().size
        assert len(sizes) < CLIENTS * EACH, "nothing was committed together"
        # Closing published the checkpoint, against which a cut tail would show.
        assert verify(workspace).valid
        assert (workspace.path / "checkpoint").read_text() == workspace.head().note


def test_the_same_entry_from_many_threads_is_taken_once(tmp_path: Path) -> None:
    outcomes: list[str] = []
    with init(tmp_path / "w") as workspace, Poster(workspace) as poster:
        in_threads(CLIENTS, lambda _: outcomes.append(poster.post(entry("one")).outcome))
        assert sorted(outcomes) == ["accept"] + ["exists"] * (CLIENTS - 1)
        assert poster.post(entry("one", source="mill")).outcome == "conflict"
        assert workspace.head().size == 1


def test_a_batch_keeps_its_order_and_its_refusals(tmp_path: Path) -> None:
    with init(tmp_path / "w") as workspace, Poster(workspace) as poster:
        drafts = [Draft(1, entry("a")), Draft(2, b"{"), Draft(3, entry("b"))]
        answers = poster.take([prepare(draft, 0) for draft in drafts])
        assert [(one.line, one.outcome) for one in answers] == [
            (1, "accept"), (2, "reject"), (3, "accept"),
        ]  # fmt: skip
        assert poster.post(b"not json").outcome == "reject"


class FaultyWorkspace(Workspace):
    """A real workspace whose transaction fails for one entry, as a fault of the program would."""

    def take(self, batch: Sequence[Prepared | Refusal]) -> list[Outcome]:
        """Fail where the poisoned entry is in the batch."""
        if any(isinstance(one, Prepared) and one.log_row[0] == "poison" for one in batch):
            raise OverflowError("poisoned")
        return super().take(batch)


def test_an_error_is_told_to_its_own_caller_only(tmp_path: Path) -> None:
    init(tmp_path / "w").close()
    told: list[str] = []

    def client(n: int) -> None:
        try:
            told.append(poster.post(entry("poison" if n == 3 else f"e{n}")).outcome)
        except OverflowError as error:
            told.append(str(error))

    with FaultyWorkspace(tmp_path / "w") as workspace, Poster(workspace) as poster:
        in_threads(CLIENTS, client)
        assert sorted(told) == ["accept"] * (CLIENTS - 1) + ["poisoned"]
        assert workspace.head().size == CLIENTS - 1
        assert poster.post(entry("after")).outcome == "accept"


def test_a_record_that_another_process_holds_is_refused_and_then_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lianshu.store.sqlite.BUSY_S", 0.05)
    with init(tmp_path / "w") as workspace, Poster(workspace) as poster:
        other = sqlite3.connect(tmp_path / "w" / "record.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Refused) as refused:
            poster.post(entry("a"))
        assert refused.value.refusals[0].code == "busy"
        other.execute("ROLLBACK")
        other.close()
        assert poster.post(entry("a")).outcome == "accept"


def test_two_writers_of_one_workspace_share_one_log(tmp_path: Path) -> None:
    with (
        init(tmp_path / "w") as first,
        open_workspace(tmp_path / "w") as second,
        Poster(first) as one,
        Poster(second) as two,
    ):
        posters = (one, two)

        def client(n: int) -> None:
            for k in range(10):
                assert posters[n % 2].post(entry(f"c{n}-{k}")).outcome == "accept"

        in_threads(8, client)
        assert first.head() == second.head()
        assert first.head().size == 80
        assert verify(first).valid


def test_a_closed_writer_refuses(tmp_path: Path) -> None:
    with init(tmp_path / "w") as workspace:
        poster = Poster(workspace)
        poster.close()
        with pytest.raises(Refused) as refused:
            poster.post(entry("late"))
        assert refused.value.refusals[0].code == "closed"


def test_more_than_may_wait_is_refused(tmp_path: Path) -> None:
    gate = threading.Event()
    entered = threading.Event()

    class Gated(Workspace):
        def take(self, batch: Sequence[Prepared | Refusal]) -> list[Outcome]:
            entered.set()
            gate.wait()
            return super().take(batch)

    init(tmp_path / "w").close()
    answers: list[str] = []
    with Gated(tmp_path / "w") as workspace, Poster(workspace, most_waiting=2) as poster:
        first = threading.Thread(target=lambda: answers.append(poster.post(entry("a")).outcome))
        first.start()
        entered.wait()
        batch = [prepare(Draft(n, entry(f"b{n}")), 0) for n in (1, 2)]
        second = threading.Thread(
            target=lambda: answers.extend(o.outcome for o in poster.take(batch))
        )
        second.start()
        while not poster.waiting:
            pass
        with pytest.raises(Refused) as refused:
            poster.post(entry("c"))
        assert refused.value.refusals[0].code == "busy"
        gate.set()
        first.join()
        second.join()
    assert answers == ["accept"] * 3
