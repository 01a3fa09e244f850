"""On-time matrix: suppliers against the places they deliver to."""

from __future__ import annotations

from collections.abc import Iterable

from lianshu.capability.exact import ratio
from lianshu.capability.ordering import latest_fact_us, order_lines
from lianshu.capability.registry import Chart, Column, Example, Row, capability
from lianshu.capability.relation import Read
from lianshu.kernel.text import Text

EVIDENCE = """
    SELECT f.entry_seq FROM flow f
    WHERE f.action = 'transfer' AND f.stream = 'goods' AND f.mood IN ('promise', 'fact')
      AND f.from_party = :supplier AND f.to_place = :place
"""


@capability(
    "on_time_matrix",
    title=Text("供应商与到达地及时率", "On time by supplier and destination"),
    meaning=Text(
        "每个供应商到每个到达地的到期行数与及时交付率。",
        "Lines due and on-time rate of each supplier to each destination.",
    ),
    unit=Text("比率", "ratio"),
    columns=(
        Column("supplier", "text", Text("供应商", "Supplier")),
        Column("place", "text", Text("到达地", "Destination")),
        Column("lines", "integer", Text("到期行数", "Lines due")),
        Column("on_time", "integer", Text("按时行数", "On time")),
        Column("rate", "ratio", Text("及时交付率", "Rate")),
    ),
    grain=("supplier", "place"),
    reads=("flow", "order_line"),
    evidence=EVIDENCE,
    reference="SCOR DS RL.2.2",
    example=Example(
        flows="flow,mood,action,time,item,qty,unit,from_party,to_party,from_place,to_place,order,fulfils\n"
        "1,promise,transfer,5,tea,10,kg,mill,shop,hill,town,SO1,\n"
        "2,fact,transfer,9,tea,10,kg,mill,shop,hill,town,SO1,1\n",
        rows=[("mill", "town", 1, 0, 0.0)],
    ),
    chart=Chart("heat", x="place", y="rate", by="supplier"),
)
def on_time_matrix(read: Read) -> Iterable[Row]:
    """The present is the time of the latest fact."""
    now_us = latest_fact_us(read)
    counts: dict[tuple[str, str], list[int]] = {}
    for line in order_lines(read):
        if line.is_due(now_us):
            count = counts.setdefault((line.supplier, line.to_place), [0, 0])
            count[0] += 1
            count[1] += line.on_time
    for (supplier, place), (lines, on_time) in counts.items():
        yield supplier, place, lines, on_time, ratio(on_time, lines)
