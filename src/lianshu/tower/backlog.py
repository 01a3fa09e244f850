"""Backlog: how much was promised and still to come at the end of each period."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any

from lianshu.capability.exact import decimal_of
from lianshu.capability.ordering import OrderLine, latest_fact_us, order_lines
from lianshu.capability.registry import Chart, Column, Example, Parameter, Row, capability
from lianshu.capability.relation import Read
from lianshu.kernel.period import Grain, Period
from lianshu.kernel.refusal import Refusal, Refused
from lianshu.kernel.text import Text

GRAINS = {"month": Grain.MONTH, "quarter": Grain.QUARTER, "year": Grain.YEAR}


def _grain(read: Read) -> Grain:
    name = read.args["by"]
    if name not in GRAINS:
        known = ", ".join(GRAINS)
        rule = Text(f"不能按 {name} 分组", f"cannot group by {name}")
        raise Refused(Refusal("by", rule, Text(f"可用：{known}", f"use one of {known}"), code="by"))
    return GRAINS[name]


def _open_span(line: OrderLine) -> tuple[int, int | None]:
    """From when to when a line is open; a line whose agreement was not recorded opens when it is due."""
    first = line.agreed_us if line.agreed_us is not None else line.due_us
    return first, line.last_us if line.in_full else None


def _open_lines(read: Read) -> Iterator[tuple[Period, OrderLine]]:
    """Every line at the end of every period that found it open, up to the period of the latest fact."""
    grain, now_us = _grain(read), latest_fact_us(read)
    for line in order_lines(read):
        first, done = _open_span(line)
        period = Period.at(min(first, now_us), grain)
        while period.start_us <= now_us:
            end = min(period.end_us - 1, now_us)
            if done is not None and done <= end:
                break
            if first <= end or (done is None and end == now_us):
                yield period, line
            period = period.next()


def _entries(read: Read, row: Mapping[str, Any]) -> Iterable[int]:
    ids = {
        line.id
        for period, line in _open_lines(read)
        if (str(period), line.currency) == (row["period"], row["currency"])
    }
    found = read.rows(
        "SELECT id, reciprocal, entry_seq FROM flow WHERE action = 'transfer' AND mood = 'promise'"
    )
    return [seq for *names, seq in found if not ids.isdisjoint(names)]


@capability(
    "backlog",
    title=Text("期末未交付", "Backlog"),
    meaning=Text(
        "各期末已约定而尚未足量交付的订单行数及其约定金额；最后一期截至最近一项事实。"
        "没有记录约定时间的行自到期之时起计。",
        "Lines promised and not delivered in full at the end of each period, and their promised "
        "value; the last period ends at the latest fact. A line whose time of agreement was not "
        "recorded counts from the time it is due.",
    ),
    unit=Text("订单行", "order lines"),
    columns=(
        Column("period", "text", Text("期间", "Period")),
        Column("currency", "text", Text("币种", "Currency")),
        Column("lines", "integer", Text("未交付行数", "Open lines")),
        Column("value", "money", Text("约定金额", "Value")),
    ),
    grain=("period", "currency"),
    reads=("flow", "order_line"),
    evidence=_entries,
    reference="SCOR DS RL.2; ValueFlows 1.0 Commitment finished=false",
    example=Example(
        flows="flow,mood,action,time,agreed,item,qty,unit,from_party,to_party,order,fulfils\n"
        "1,promise,transfer,40,1970-01-06T00:00:00Z,tea,10,kg,mill,shop,SO1,\n"
        "2,promise,transfer,45,,CNY,650,CNY,shop,mill,SO1,\n"
        "3,fact,transfer,42,,tea,10,kg,mill,shop,SO1,1\n",
        rows=[("1970-01", "CNY", 1, 650)],
    ),
    parameters=(
        Parameter(
            "by",
            Text("期间", "Period"),
            "month",
            ("month", "quarter", "year"),
        ),
    ),
    chart=Chart("line", x="period", y="lines"),
)
def backlog(read: Read) -> Iterable[Row]:
    """A period at whose end nothing was open has no row."""
    counts: dict[tuple[str, str], int] = {}
    values: dict[tuple[str, str], Fraction] = {}
    for period, line in _open_lines(read):
        key = (str(period), line.currency)
        counts[key] = counts.get(key, 0) + 1
        values[key] = values.get(key, Fraction(0)) + line.value
    for key, count in counts.items():
        yield *key, count, decimal_of(values[key])
