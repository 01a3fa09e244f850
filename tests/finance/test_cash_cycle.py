"""The cash cycle leaves empty what was never recorded."""

from __future__ import annotations

from pathlib import Path

import pytest

from lianshu.kernel.refusal import Refused
from tests.workspaces import workspace_of

HEADER = "flow,mood,action,time,item,qty,unit,from_party,to_party,order,fulfils\n"
SALE = (
    "1,promise,transfer,0,leaf,10,kg,farm,mill,PO1,\n2,promise,transfer,9,CNY,100,CNY,mill,farm,PO1,\n"
    "3,fact,transfer,0,leaf,10,kg,farm,mill,PO1,1\n4,fact,observe,10,weight,1,kg,farm,mill,,\n"
)


def test_without_a_payment_there_is_no_figure(tmp_path: Path) -> None:
    with workspace_of(tmp_path / "w", HEADER + SALE) as workspace:
        for row in workspace.run("cash_cycle").dicts():
            assert row["receivable_days"] is row["payable_days"] is row["cycle_days"] is None


def test_a_payment_shortens_what_is_owed(tmp_path: Path) -> None:
    flows = HEADER + SALE + "5,fact,pay,5,CNY,25,CNY,mill,farm,PO1,\n"
    with workspace_of(tmp_path / "w", flows) as workspace:
        rows = {row["party"]: row for row in workspace.run("cash_cycle").dicts()}
        assert rows["farm"]["receivable_days"] == pytest.approx(7.5)
        assert rows["mill"]["payable_days"] == pytest.approx(7.5)
        year = {row["party"]: row for row in workspace.run("cash_cycle", days="365").dicts()}
        assert year["farm"]["receivable_days"] == pytest.approx(365 * 0.75)
        with pytest.raises(Refused):
            workspace.run("cash_cycle", days="-3")
