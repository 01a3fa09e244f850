"""On-time rate: of the lines that were due, how many came by the promised time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from lianshu.capability.exact import ratio
from lianshu.capability.ordering import group_of, latest_fact_us, line_entries, order_lines
from lianshu.capability.registry import Chart, Column, Example, Parameter, Row, capability
from lianshu.capability.relation import Read
from lianshu.kernel.text import Text


def _entries(read: Read, row: Mapping[str, Any]) -> Iterable[int]:
    group = group_of(read.args["by"])
    ids = {line.id for line in order_lines(read) if group(line) == row["group"]}
    return line_entries(read, ids)


@capability(
    "on_time_rate",
    title=Text("及时交付率", "On-time delivery rate"),
    meaning=Text(
        "到期的订单行中，最后一次交付不晚于约定时间的比例；到期而未交付的计为不及时。",
        "Of the order lines that were due, the share whose last delivery came by the promised time; "
        "a line that is due and not delivered counts as late.",
    ),
    unit=Text("比率", "ratio"),
    columns=(
        Column("group", "text", Text("分组", "Group")),
        Column("lines", "integer", Text("到期行数", "Lines due")),
        Column("on_time", "integer", Text("按时行数", "On time")),
        Column("rate", "ratio", Text("及时交付率", "Rate")),
    ),
    grain=("group",),
    reads=("flow", "order_line"),
    evidence=_entries,
    reference="SCOR DS RL.2.2; 商办建函〔2019〕185号 附件3 (及时交付率)",
    example=Example(
        flows="flow,mood,action,time,item,qty,unit,from_party,to_party,order,fulfils\n"
        "1,promise,transfer,5,tea,10,kg,mill,shop,SO1,\n2,fact,transfer,4,tea,10,kg,mill,shop,SO1,1\n"
        "3,promise,transfer,6,tea,10,kg,mill,shop,SO2,\n4,fact,transfer,9,tea,10,kg,mill,shop,SO2,3\n",
        rows=[("1970-01", 2, 1, 0.5)],
    ),
    parameters=(
        Parameter(
            "by", Text("分组", "Group by"), "month",
            ("month", "quarter", "year", "supplier", "customer", "item", "lane", "mode", "all"),
        ),
    ),
    chart=Chart("line", x="group", y="rate"),
)  # fmt: skip
def on_time_rate(read: Read) -> Iterable[Row]:
    """The present is the time of the latest fact."""
    group, now_us = group_of(read.args["by"]), latest_fact_us(read)
    counts: dict[str, list[int]] = {}
    for line in order_lines(read):
        if line.is_due(now_us):
            count = counts.setdefault(group(line), [0, 0])
            count[0] += 1
            count[1] += line.on_time
    for name, (lines, on_time) in counts.items():
        yield name, lines, on_time, ratio(on_time, lines)
