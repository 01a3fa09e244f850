"""Lead time by period: the median and its spread over time, so that a drift is seen early."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from lianshu.capability.ordering import group_of, line_entries, order_lines
from lianshu.capability.registry import Chart, Column, Example, Parameter, Row, capability
from lianshu.capability.relation import Read
from lianshu.capability.spread import quantile
from lianshu.kernel.instant import DAY_US
from lianshu.kernel.text import Text


def _entries(read: Read, row: Mapping[str, Any]) -> Iterable[int]:
    group = group_of(read.args["by"])
    ids = {
        line.id
        for line in order_lines(read)
        if line.in_full and line.agreed_us is not None and group(line) == row["group"]
    }
    return line_entries(read, ids)


@capability(
    "lead_time_trend",
    title=Text("供货提前期走势", "Lead time over time"),
    meaning=Text(
        "自约定之时至最后一次交付的天数，按到期的期间（或其他分组）给出 10%、50%、90% 分位；"
        "未足量交付或没有记录约定时间的行不计。",
        "Days from agreement to the last delivery by the period in which a line was due (or another "
        "group), as 10, 50 and 90 % quantiles; lines not delivered in full or without a recorded "
        "time of agreement are left out.",
    ),
    unit=Text("天", "days"),
    columns=(
        Column("group", "text", Text("分组", "Group")),
        Column("lines", "integer", Text("行数", "Lines")),
        Column("p10", "days", Text("10% 分位", "p10")),
        Column("p50", "days", Text("中位数", "p50")),
        Column("p90", "days", Text("90% 分位", "p90")),
    ),
    grain=("group",),
    reads=("flow", "order_line"),
    evidence=_entries,
    reference="SCOR DS RS.1.1; Hyndman & Fan (1996) The American Statistician 50(4), type 7",
    example=Example(
        flows="flow,mood,action,time,agreed,item,qty,unit,from_party,to_party,order,fulfils\n"
        "1,promise,transfer,5,1970-01-02T00:00:00Z,tea,10,kg,mill,shop,SO1,\n"
        "2,fact,transfer,4,,tea,10,kg,mill,shop,SO1,1\n",
        rows=[("1970-01", 1, 3.0, 3.0, 3.0)],
    ),
    parameters=(
        Parameter(
            "by", Text("分组", "Group by"), "month",
            ("month", "quarter", "year", "supplier", "customer", "item", "lane", "mode", "all"),
        ),
    ),
    chart=Chart("line", x="group", y="p50"),
)  # fmt: skip
def lead_time_trend(read: Read) -> Iterable[Row]:
    """Only lines delivered in full have a lead time."""
    group = group_of(read.args["by"])
    spans: dict[str, list[int]] = {}
    for line in order_lines(read):
        if line.in_full and line.agreed_us is not None and line.last_us is not None:
            spans.setdefault(group(line), []).append(line.last_us - line.agreed_us)
    for name, span in spans.items():
        span.sort()
        p10, p50, p90 = (quantile(span, share) / DAY_US for share in (0.1, 0.5, 0.9))
        yield name, len(span), p10, p50, p90
