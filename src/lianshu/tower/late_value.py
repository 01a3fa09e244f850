"""Late value: what the lines that came late, or are overdue, are worth beside all that was due."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from lianshu.capability.exact import decimal_of, ratio
from lianshu.capability.ordering import group_of, latest_fact_us, order_lines
from lianshu.capability.registry import Chart, Column, Example, Parameter, Row, capability
from lianshu.capability.relation import Read
from lianshu.kernel.text import Text


def _entries(read: Read, row: Mapping[str, Any]) -> Iterable[int]:
    group, now_us = group_of(read.args["by"]), latest_fact_us(read)
    late = {
        line.id
        for line in order_lines(read)
        if line.is_due(now_us)
        and (not line.on_time or not row["late_lines"])
        and (group(line), line.currency) == (row["group"], row["currency"])
    }
    found = read.rows(
        "SELECT id, fulfils, reciprocal, entry_seq FROM flow "
        "WHERE action = 'transfer' AND mood IN ('promise', 'fact')"
    )
    return [seq for *names, seq in found if not late.isdisjoint(names)]


@capability(
    "late_value",
    title=Text("迟延金额", "Late value"),
    meaning=Text(
        "到期订单行中，迟到或逾期未交的行按约定价计的金额及其占比，按到期的期间或其他分组；"
        "不同币种从不相加。",
        "Of the lines that were due, the promised value of those that came late or are overdue and "
        "its share, by the period in which they were due or another group; currencies are never "
        "added together.",
    ),
    unit=Text("约定币种", "promised currency"),
    columns=(
        Column("group", "text", Text("分组", "Group")),
        Column("currency", "text", Text("币种", "Currency")),
        Column("lines", "integer", Text("到期行数", "Lines due")),
        Column("late_lines", "integer", Text("迟延行数", "Late lines")),
        Column("value", "money", Text("到期金额", "Value due")),
        Column("late_value", "money", Text("迟延金额", "Late value")),
        Column("share", "ratio", Text("迟延金额占比", "Late share")),
    ),
    grain=("group", "currency"),
    reads=("flow", "order_line"),
    evidence=_entries,
    reference="SCOR DS RL.2.2, valued; 商办建函〔2019〕185号 附件3 (及时交付率)",
    example=Example(
        flows="flow,mood,action,time,item,qty,unit,from_party,to_party,order,fulfils\n"
        "1,promise,transfer,5,tea,10,kg,mill,shop,SO1,\n2,promise,transfer,9,CNY,650,CNY,shop,mill,SO1,\n"
        "3,fact,transfer,7,tea,10,kg,mill,shop,SO1,1\n",
        rows=[("1970-01", "CNY", 1, 1, 650, 650, 1.0)],
    ),
    parameters=(
        Parameter(
            "by", Text("分组", "Group by"), "month",
            ("month", "quarter", "year", "supplier", "customer", "item", "lane", "mode", "all"),
        ),
    ),
    chart=Chart("bar", x="group", y="late_value"),
)  # fmt: skip
def late_value(read: Read) -> Iterable[Row]:
    """The present is the time of the latest fact."""
    group, now_us = group_of(read.args["by"]), latest_fact_us(read)
    counts: dict[tuple[str, str], list[int]] = {}
    values: dict[tuple[str, str], list[Fraction]] = {}
    for line in order_lines(read):
        if not line.is_due(now_us):
            continue
        key = (group(line), line.currency)
        count, value = counts.setdefault(key, [0, 0]), values.setdefault(key, [Fraction(0)] * 2)
        count[0] += 1
        value[0] += line.value
        if not line.on_time:
            count[1] += 1
            value[1] += line.value
    for key, (lines, late) in counts.items():
        due, late_due = values[key]
        yield *key, lines, late, decimal_of(due), decimal_of(late_due), ratio(late_due, due)
