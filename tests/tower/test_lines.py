"""Order lines and what is added up from them: states, late value, backlog, lead time, spend by lane."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from lianshu.kernel.refusal import Refused
from tests.workspaces import workspace_of

HEAD = "flow,mood,action,time,agreed,item,qty,unit,from_party,to_party,to_place,order,reciprocal,fulfils\n"
# Five orders due on day 10 but the last; the latest fact, and so the present, is on day 20.
LINES = (
    "p1,promise,transfer,10,1970-01-03T00:00:00Z,tea,10,kg,mill,shop,town,IN_TIME,,\n"
    "m1,promise,transfer,40,,CNY,100,CNY,shop,mill,,IN_TIME,p1,\n"
    "d1,fact,transfer,9,,tea,10,kg,mill,shop,town,IN_TIME,,p1\n"
    "p2,promise,transfer,10,1970-01-03T00:00:00Z,tea,10,kg,mill,shop,town,LATE,,\n"
    "m2,promise,transfer,40,,CNY,200,CNY,shop,mill,,LATE,p2,\n"
    "d2,fact,transfer,12,,tea,10,kg,mill,shop,town,LATE,,p2\n"
    "p3,promise,transfer,10,1970-01-03T00:00:00Z,tea,10,kg,mill,shop,town,SHORT,,\n"
    "m3,promise,transfer,40,,CNY,300,CNY,shop,mill,,SHORT,p3,\n"
    "d3,fact,transfer,9,,tea,4,kg,mill,shop,town,SHORT,,p3\n"
    "p4,promise,transfer,10,1970-01-03T00:00:00Z,tea,10,kg,mill,shop,town,OVERDUE,,\n"
    "m4,promise,transfer,40,,CNY,400,CNY,shop,mill,,OVERDUE,p4,\n"
    "p5,promise,transfer,90,1970-01-03T00:00:00Z,tea,10,kg,mill,shop,town,OPEN,,\n"
    "m5,promise,transfer,90,,CNY,500,CNY,shop,mill,,OPEN,p5,\n"
    "x,fact,produce,20,,tea,1,kg,,mill,,,,\n"
)


def test_each_line_has_one_state(tmp_path: Path) -> None:
    with workspace_of(tmp_path / "w", HEAD + LINES) as workspace:
        rows = {row["order"]: row for row in workspace.run("order_lines").dicts()}
    states = {order: row["state"] for order, row in rows.items()}
    assert states == {
        "IN_TIME": "on_time", "LATE": "late", "SHORT": "short", "OVERDUE": "overdue", "OPEN": "open",
    }  # fmt: skip
    assert rows["LATE"]["days_late"] == 2.0
    assert rows["OVERDUE"]["days_late"] == 10.0
    assert (rows["SHORT"]["delivered"], rows["SHORT"]["promised"]) == (Decimal(4), Decimal(10))


def test_late_value_is_of_the_lines_that_the_on_time_rate_counts_as_late(tmp_path: Path) -> None:
    with workspace_of(tmp_path / "w", HEAD + LINES) as workspace:
        (late,) = workspace.run("late_value", by="all").dicts()
        ((_, due, on_time, _),) = workspace.run("on_time_rate", by="all").rows
    assert (late["lines"], late["lines"] - late["late_lines"]) == (due, on_time)
    assert (late["value"], late["late_value"]) == (Decimal(1000), Decimal(600))
    assert late["share"] == pytest.approx(0.6)


def test_the_last_backlog_is_what_is_open(tmp_path: Path) -> None:
    with workspace_of(tmp_path / "w", HEAD + LINES) as workspace:
        rows = workspace.run("backlog").rows
        open_now = {row["promise"] for row in workspace.run("open_promises").dicts()}
    assert rows[-1] == ("1970-01", "CNY", len(open_now), Decimal(1200))


def test_backlog_at_each_month_end(tmp_path: Path) -> None:
    flows = HEAD + (
        "p1,promise,transfer,70,1970-01-10T00:00:00Z,tea,10,kg,mill,shop,,A,,\n"
        "d1,fact,transfer,65,,tea,10,kg,mill,shop,,A,,p1\n"
        "p2,promise,transfer,70,,tea,10,kg,mill,shop,,B,,\n"
        "d2,fact,transfer,80,,tea,10,kg,mill,shop,,B,,p2\n"
    )
    with workspace_of(tmp_path / "w", flows) as workspace:
        assert workspace.run("backlog").rows == [
            ("1970-01", "", 1, Decimal(0)),
            ("1970-02", "", 1, Decimal(0)),
        ]
        with pytest.raises(Refused, match="cannot group by week"):
            workspace.run("backlog", by="week")


def test_deliveries_add_up_to_spend_and_lanes(tmp_path: Path) -> None:
    with workspace_of(tmp_path / "w", HEAD + LINES) as workspace:
        total = sum(row["value"] for row in workspace.run("deliveries").dicts())
        ((_, currency, spent, *_),) = workspace.run("spend", by="all").rows
        lanes = workspace.run("lane_spend").rows
    assert (total, currency) == (spent, "CNY")
    assert lanes == [("mill", "town", "shop", "CNY", Decimal(420), 3)]


def test_lead_time_by_period_and_over_all(tmp_path: Path) -> None:
    with workspace_of(tmp_path / "w", HEAD + LINES) as workspace:
        trend = workspace.run("lead_time_trend").rows
        overall = workspace.run("lead_time_trend", by="all").rows
    assert trend[0][1:] == overall[0][1:] == (2, pytest.approx(7.3), 8.5, pytest.approx(9.7))
