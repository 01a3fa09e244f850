"""Stock adds what converts and never adds what does not."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from tests.workspaces import workspace_of

HEADER = "flow,mood,action,time,item,lot,qty,unit,from_place,to_place\n"


def test_tonnes_and_kilograms_are_one_stock(tmp_path: Path) -> None:
    flows = HEADER + "1,fact,produce,1,leaf,L,1,t,,farm\n2,fact,consume,2,leaf,L,250,kg,farm,\n"
    with workspace_of(tmp_path / "w", flows) as workspace:
        assert workspace.run("stock").rows == [("farm", "leaf", "L", Decimal(750))]


def test_boxes_are_not_kilograms(tmp_path: Path) -> None:
    flows = HEADER + "1,fact,produce,1,leaf,L,3,箱,,farm\n2,fact,produce,1,leaf,L,20,kg,,farm\n"
    with workspace_of(tmp_path / "w", flows) as workspace:
        assert sorted(row[3] for row in workspace.run("stock").rows) == [3, 20]


def test_what_is_gone_is_not_listed_and_what_is_owed_is(tmp_path: Path) -> None:
    flows = HEADER + (
        "1,fact,produce,1,leaf,L,5,kg,,farm\n2,fact,move,2,leaf,L,5,kg,farm,mill\n"
        "3,fact,consume,3,leaf,L,6,kg,mill,\n"
    )
    with workspace_of(tmp_path / "w", flows) as workspace:
        assert workspace.run("stock").rows == [("mill", "leaf", "L", Decimal(-1))]
