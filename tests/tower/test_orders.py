"""The readings about orders mean what their definitions say."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from lianshu.capability.spread import quantile
from lianshu.kernel.refusal import Refused
from tests.workspaces import workspace_of

HEADER = "flow,mood,action,time,agreed,item,qty,unit,from_party,to_party,order,fulfils,reciprocal\n"


def promise(n: int, order: str, due: int, qty: str = "10", agreed: str = "") -> str:
    return f"p{n},promise,transfer,{due},{agreed},tea,{qty},kg,mill,shop,{order},,\n"


def delivery(n: int, order: str, day: int, qty: str = "10") -> str:
    return f"d{n}-{day},fact,transfer,{day},,tea,{qty},kg,mill,shop,{order},p{n},\n"


def test_a_perfect_order_is_judged_as_a_whole_never_as_a_product(tmp_path: Path) -> None:
    # Two orders of two lines: one line of A is late, one line of B is short. Rates by line are
    # 3/4 on time and 3/4 in full, whose product is 9/16; yet no order is perfect.
    flows = HEADER + (
        promise(1, "A", 5) + delivery(1, "A", 4) + promise(2, "A", 5) + delivery(2, "A", 9)
        + promise(3, "B", 5) + delivery(3, "B", 5) + promise(4, "B", 5) + delivery(4, "B", 5, "9")
    )  # fmt: skip
    with workspace_of(tmp_path / "w", flows) as workspace:
        (row,) = workspace.run("perfect_order", by="all").dicts()
    assert (row["orders"], row["in_full"], row["on_time"], row["perfect"]) == (2, 1, 1, 0)


def test_an_invoice_above_the_goods_spoils_an_order(tmp_path: Path) -> None:
    flows = HEADER + (
        promise(1, "A", 5) + "m1,promise,transfer,9,,CNY,650,CNY,shop,mill,A,,p1\n" + delivery(1, "A", 4)
        + "i1,fact,invoice,6,,CNY,650.01,CNY,mill,shop,A,,\n"
    )  # fmt: skip
    with workspace_of(tmp_path / "w", flows) as workspace:
        (row,) = workspace.run("perfect_order", by="all").dicts()
    assert (row["on_time"], row["documents"], row["perfect"]) == (1, 0, 0)


def test_a_line_not_yet_due_is_not_judged_and_an_overdue_one_is_late(tmp_path: Path) -> None:
    flows = (
        HEADER
        + promise(1, "A", 5)
        + promise(2, "B", 20)
        + promise(3, "C", 6)
        + delivery(3, "C", 10)
    )
    with workspace_of(tmp_path / "w", flows) as workspace:
        assert workspace.run("on_time_rate", by="all").rows == [("all", 2, 0, 0.0)]
        open_orders = {
            row["order"]: row["days_late"] for row in workspace.run("open_promises").dicts()
        }
        assert open_orders == {"A": 5.0, "B": 0.0}
        late = {row["order"]: row["open_lines"] for row in workspace.run("late_orders").dicts()}
        assert late == {"A": 1, "C": 0}


def test_lead_times_are_quantiles_of_what_was_agreed(tmp_path: Path) -> None:
    lines = [
        promise(n, f"O{n}", 30, agreed="1970-01-01T00:00:00Z") + delivery(n, f"O{n}", n)
        for n in range(1, 12)
    ]
    flows = HEADER + "".join(lines) + promise(99, "X", 30) + delivery(99, "X", 29)
    with workspace_of(tmp_path / "w", flows) as workspace:
        (row,) = workspace.run("lead_time").dicts()
    assert (row["lines"], row["p10"], row["p50"], row["p90"]) == (11, 2.0, 6.0, 10.0)


@pytest.mark.parametrize(("share", "expected"), [(0.0, 1), (0.1, 1.3), (0.5, 2.5), (1.0, 4)])
def test_quantile_is_type_7(share: float, expected: float) -> None:
    assert quantile([1, 2, 3, 4], share) == pytest.approx(expected)


def test_currencies_are_never_added(tmp_path: Path) -> None:
    flows = HEADER + (
        promise(1, "A", 5) + "m1,promise,transfer,9,,CNY,650,CNY,shop,mill,A,,p1\n" + delivery(1, "A", 4)
        + promise(2, "B", 5) + "m2,promise,transfer,9,,USD,90,USD,shop,mill,B,,p2\n" + delivery(2, "B", 4, "5")
    )  # fmt: skip
    with workspace_of(tmp_path / "w", flows) as workspace:
        rows = {row["currency"]: row["amount"] for row in workspace.run("spend").dicts()}
        assert rows == {"CNY": Decimal(650), "USD": Decimal(45)}
        with pytest.raises(Refused):
            workspace.run("spend", by="colour")


def test_lines_of_one_order_keep_their_own_price(tmp_path: Path) -> None:
    flows = HEADER + (
        promise(1, "A", 5) + "m1,promise,transfer,9,,CNY,100,CNY,shop,mill,A,,p1\n"
        + promise(2, "A", 5) + "m2,promise,transfer,9,,CNY,900,CNY,shop,mill,A,,p2\n" + delivery(2, "A", 4, "5")
    )  # fmt: skip
    with workspace_of(tmp_path / "w", flows) as workspace:
        (row,) = workspace.run("four_flows").dicts()
    assert (row["promised"], row["goods"], row["receivable"]) == (1000, 450, 450)


def test_thirds_are_exact(tmp_path: Path) -> None:
    flows = HEADER + (
        promise(1, "A", 5, "3") + "m1,promise,transfer,9,,CNY,100,CNY,shop,mill,A,,p1\n"
        + delivery(1, "A", 3, "1") + delivery(1, "A", 4, "2")
    )  # fmt: skip
    with workspace_of(tmp_path / "w", flows) as workspace:
        assert workspace.run("four_flows").dicts()[0]["goods"] == Decimal(100)
