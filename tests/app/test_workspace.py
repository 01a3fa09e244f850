"""The two time axes, corrections, and what a workspace refuses."""

from __future__ import annotations

from decimal import Decimal
from itertools import count
from pathlib import Path

import pytest

import lianshu
from lianshu.app.workspace import init
from lianshu.capability.relation import Scope
from lianshu.kernel.instant import format_instant
from lianshu.kernel.refusal import Refused
from tests.workspaces import entry, workspace_of

HEADER = "flow,mood,action,time,item,lot,qty,unit,from_party,to_party,from_place,to_place\n"
HOUR_US = 3_600_000_000


def leaf(**changes: str) -> list[dict[str, str]]:
    flow = {"mood": "fact", "action": "produce", "time": "2026-03-01T00:00:00Z", "item": "leaf",
            "lot": "L1", "qty": "10", "unit": "KGM", "to_place": "farm"}  # fmt: skip
    return [{**flow, **changes}]


def test_as_of_reads_what_was_known_then(tmp_path: Path) -> None:
    hours = count(1)
    with init(tmp_path / "w", clock=lambda: next(hours) * HOUR_US) as workspace:
        workspace.post(entry("a", flows=leaf()))
        between = format_instant(next(hours) * HOUR_US)
        workspace.post(entry("b", flows=leaf(lot="L2")))
        workspace.post(entry("c", kind="correction", supersedes="a", flows=leaf(qty="12")))

        def lots(as_of: int | str | None = None) -> dict[str, Decimal]:
            return {row[2]: row[3] for row in workspace.run("stock", as_of=as_of).rows}

        assert lots(as_of=1) == {"L1": Decimal(10)}
        assert lots(as_of="2") == {"L1": Decimal(10), "L2": Decimal(10)}
        assert lots() == {"L1": Decimal(12), "L2": Decimal(10)}
        assert lots(as_of=between) == {"L1": Decimal(10)}
        assert lots(as_of="1969-01-01T00:00:00Z") == {}


def test_a_clock_that_goes_back_does_not_reorder_what_was_known(tmp_path: Path) -> None:
    times = iter(
        [0, 10 * HOUR_US, 10 * HOUR_US, 5 * HOUR_US, 5 * HOUR_US, 20 * HOUR_US, 20 * HOUR_US]
    )
    with init(tmp_path / "w", clock=lambda: next(times)) as workspace:
        workspace.post(entry("a"))
        workspace.post(entry("b"))
        workspace.post(entry("c"))
        assert workspace.as_of_seq(format_instant(12 * HOUR_US)) == 2
        assert workspace.as_of_seq(format_instant(6 * HOUR_US)) == 0, "the first commit came later"


def test_until_and_since_bound_when_facts_happened(tmp_path: Path) -> None:
    flows = (
        HEADER
        + "1,fact,produce,1,leaf,L1,10,kg,,farm,,farm\n2,fact,produce,5,leaf,L2,7,kg,,farm,,farm\n"
    )
    with workspace_of(tmp_path / "w", flows) as workspace:
        early = workspace.run("stock", until="1970-01-03T00:00:00Z").rows
        late = workspace.run("stock", since="1970-01-03T00:00:00Z").rows
        assert [row[2] for row in early] == ["L1"]
        assert [row[2] for row in late] == ["L2"]


def test_a_party_sees_the_flows_that_name_it(tmp_path: Path) -> None:
    flows = (
        HEADER
        + "1,fact,transfer,1,leaf,L1,4,kg,a,b,pa,pb\n2,fact,transfer,1,leaf,L2,6,kg,b,c,pb,pc\n"
    )
    with workspace_of(tmp_path / "w", flows) as workspace:
        seen = {row[2] for row in workspace.run("stock", scope=Scope("a")).rows}
        assert seen == {"L1"}


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"as_of": 99}, "as_of"),
        ({"as_of": "yesterday"}, "as_of"),
        ({"until": "2026-03-01T08:00:00"}, "until"),
        ({"store": "oracle"}, "store"),
        ({"colour": "red"}, "param colour"),
    ],
)
def test_a_wrong_argument_is_refused_by_name(
    tmp_path: Path, arguments: dict[str, str], field: str
) -> None:
    with init(tmp_path / "w") as workspace, pytest.raises(Refused) as refused:
        workspace.run("stock", **arguments)  # type: ignore[arg-type]
    assert refused.value.refusals[0].field == field


def test_open_and_init_refuse_the_wrong_folder(tmp_path: Path) -> None:
    with pytest.raises(Refused):
        lianshu.open(tmp_path)
    init(tmp_path / "w").close()
    with pytest.raises(Refused):
        init(tmp_path / "w")


def test_evidence_opens_to_the_entries_behind_a_row(tmp_path: Path) -> None:
    flows = (
        HEADER
        + "1,fact,produce,1,leaf,L1,10,kg,,farm,,farm\n2,fact,transfer,2,leaf,L1,4,kg,farm,mill,farm,mill\n"
    )
    with workspace_of(tmp_path / "w", flows) as workspace:
        table = workspace.run("stock")
        found = {row[0]: table.evidence(row) for row in table.rows}
        assert found == {"farm": [1, 2], "mill": [2]}
