"""The footprint is a roll-up by quantity that conserves what was emitted."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.workspaces import workspace_of

HEADER = "flow,mood,action,time,item,lot,qty,unit,from_party,to_party,process\n"


def test_two_outputs_share_by_quantity_and_nothing_is_lost(tmp_path: Path) -> None:
    flows = HEADER + (
        "1,fact,produce,1,leaf,L1,10,kg,,farm,grow\n2,fact,emit,1,CO2e,,3,kg,farm,,grow\n"
        "3,fact,transfer,2,leaf,L1,10,kg,farm,mill,ship\n4,fact,emit,2,CO2e,,1,kg,farm,,ship\n"
        "5,fact,consume,3,leaf,L1,10,kg,mill,,roast\n6,fact,produce,3,tea,T1,3,kg,,mill,roast\n"
        "7,fact,produce,3,dust,D1,1,kg,,mill,roast\n8,fact,emit,3,CO2e,,2,kg,mill,,roast\n"
    )
    with workspace_of(tmp_path / "w", flows) as workspace:
        rows: dict[str, float] = dict(workspace.run("footprint").rows)
        assert rows == {"T1": pytest.approx(1.5), "D1": pytest.approx(1.5)}
        assert 3 * rows["T1"] + 1 * rows["D1"] == pytest.approx(3 + 1 + 2)
        assert workspace.run("footprint", lot="L1").rows == [("L1", 0.3)]


def test_a_shipment_is_shared_by_what_it_carried(tmp_path: Path) -> None:
    flows = HEADER + (
        "1,fact,produce,1,leaf,A,1,kg,,farm,g1\n2,fact,produce,1,leaf,B,3,kg,,farm,g2\n"
        "3,fact,transfer,2,leaf,A,1,kg,farm,mill,ship\n4,fact,transfer,2,leaf,B,3,kg,farm,mill,ship\n"
        "5,fact,emit,2,CO2e,,4,kg,farm,,ship\n"
        "6,fact,consume,3,leaf,A,1,kg,mill,,r1\n7,fact,produce,3,tea,TA,1,kg,,mill,r1\n"
        "8,fact,consume,3,leaf,B,3,kg,mill,,r2\n9,fact,produce,3,tea,TB,3,kg,,mill,r2\n"
    )
    with workspace_of(tmp_path / "w", flows) as workspace:
        assert dict(workspace.run("footprint").rows) == {"TA": 1.0, "TB": 1.0}


def test_a_circle_of_lots_ends(tmp_path: Path) -> None:
    flows = HEADER + (
        "1,fact,consume,1,x,A,1,kg,m,,p\n2,fact,produce,1,x,B,1,kg,,m,p\n3,fact,emit,1,CO2e,,1,kg,m,,p\n"
        "4,fact,consume,2,x,B,1,kg,m,,q\n5,fact,produce,2,x,A,1,kg,,m,q\n"
    )
    with workspace_of(tmp_path / "w", flows) as workspace:
        assert set(dict(workspace.run("footprint").rows)) == {"A", "B"}
        assert workspace.run("trace_back", lot="A").rows == [("A", "B")]
