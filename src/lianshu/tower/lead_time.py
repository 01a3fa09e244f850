"""Lead time: how long from agreement to the last delivery, as quantiles and not one mean."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from lianshu.capability.ordering import OrderLine, line_entries, order_lines
from lianshu.capability.registry import Chart, Column, Example, Row, capability
from lianshu.capability.relation import Read
from lianshu.capability.spread import quantile
from lianshu.kernel.instant import DAY_US
from lianshu.kernel.text import Text


def _key(line: OrderLine) -> tuple[str, str, str]:
    return line.supplier, line.lane, line.mode


def _entries(read: Read, row: Mapping[str, Any]) -> Iterable[int]:
    key = (row["supplier"], row["lane"], row["mode"])
    ids = {line.id for line in order_lines(read) if _key(line) == key and line.agreed_us}
    return line_entries(read, ids)


@capability(
    "lead_time",
    title=Text("供货提前期", "Lead time"),
    meaning=Text(
        "自约定之时至最后一次交付的天数，按供应商、线路、运输方式给出 10%、50%、90% 分位；"
        "没有记录约定时间的行不计。",
        "Days from agreement to the last delivery by supplier, lane and mode, as 10, 50 and 90 % "
        "quantiles; lines whose time of agreement was not recorded are left out.",
    ),
    unit=Text("天", "days"),
    columns=(
        Column("supplier", "text", Text("供应商", "Supplier")),
        Column("lane", "text", Text("线路", "Lane")),
        Column("mode", "text", Text("运输方式", "Mode")),
        Column("lines", "integer", Text("行数", "Lines")),
        Column("p10", "days", Text("10% 分位", "p10")),
        Column("p50", "days", Text("中位数", "p50")),
        Column("p90", "days", Text("90% 分位", "p90")),
    ),
    grain=("supplier", "lane", "mode"),
    reads=("flow", "order_line"),
    evidence=_entries,
    reference="SCOR DS RS.1.1; Hyndman & Fan (1996) The American Statistician 50(4), type 7",
    example=Example(
        flows="flow,mood,action,time,agreed,item,qty,unit,from_party,to_party,order,fulfils\n"
        "1,promise,transfer,5,1970-01-02T00:00:00Z,tea,10,kg,mill,shop,SO1,\n"
        "2,fact,transfer,4,,tea,10,kg,mill,shop,SO1,1\n",
        rows=[("mill", "mill → shop", "", 1, 3.0, 3.0, 3.0)],
    ),
    chart=Chart("quantiles", x="lane", y="p50", by="supplier"),
)
def lead_time(read: Read) -> Iterable[Row]:
    """Only lines delivered in full have a lead time."""
    spans: dict[tuple[str, str, str], list[int]] = {}
    for line in order_lines(read):
        if line.in_full and line.agreed_us is not None and line.last_us is not None:
            spans.setdefault(_key(line), []).append(line.last_us - line.agreed_us)
    for key, span in spans.items():
        span.sort()
        p10, p50, p90 = (quantile(span, share) / DAY_US for share in (0.1, 0.5, 0.9))
        yield *key, len(span), p10, p50, p90
