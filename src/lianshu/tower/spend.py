"""Spend: what was delivered, at promised prices, and who or what it went to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from typing import Any

from lianshu.capability.exact import decimal_of, ratio
from lianshu.capability.registry import Chart, Column, Example, Parameter, Row, capability
from lianshu.capability.relation import Read
from lianshu.capability.valuation import Delivery, priced_deliveries
from lianshu.kernel.period import Grain, Period
from lianshu.kernel.refusal import Refusal, Refused
from lianshu.kernel.text import Text

GROUPS: dict[str, Callable[[Delivery], str]] = {
    "supplier": lambda one: one.from_party,
    "customer": lambda one: one.to_party,
    "item": lambda one: one.item,
    "month": lambda one: str(Period.at(one.time_us, Grain.MONTH)),
    "quarter": lambda one: str(Period.at(one.time_us, Grain.QUARTER)),
    "year": lambda one: str(Period.at(one.time_us, Grain.YEAR)),
    "all": lambda _: "all",
}


def _group(name: str) -> Callable[[Delivery], str]:
    if name not in GROUPS:
        known = ", ".join(GROUPS)
        rule = Text(f"不能按 {name} 分组", f"cannot group by {name}")
        raise Refused(Refusal("by", rule, Text(f"可用：{known}", f"use one of {known}"), code="by"))
    return GROUPS[name]


def _entries(read: Read, row: Mapping[str, Any]) -> Iterable[int]:
    group = _group(read.args["by"])
    return [
        one.entry_seq
        for one in priced_deliveries(read)
        if group(one) == row["group"] and one.currency == row["currency"]
    ]


@capability(
    "spend",
    title=Text("采购额", "Spend"),
    meaning=Text(
        "已交付货物按约定价计的金额，按供应商、客户、物品或期间分组；不同币种从不相加。",
        "Delivered goods at promised prices by supplier, customer, item or period; currencies are "
        "never added together.",
    ),
    unit=Text("约定币种", "promised currency"),
    columns=(
        Column("group", "text", Text("分组", "Group")),
        Column("currency", "text", Text("币种", "Currency")),
        Column("amount", "money", Text("金额", "Amount")),
        Column("share", "ratio", Text("占比", "Share")),
        Column("deliveries", "integer", Text("交付次数", "Deliveries")),
    ),
    grain=("group", "currency"),
    reads=("flow",),
    evidence=_entries,
    reference="SCOR DS CO.1; ISO 20400:2017 spend analysis",
    example=Example(
        flows="flow,mood,action,time,item,qty,unit,from_party,to_party,order,fulfils\n"
        "1,promise,transfer,5,leaf,10,kg,farm,mill,PO1,\n2,promise,transfer,9,CNY,120,CNY,mill,farm,PO1,\n"
        "3,fact,transfer,5,leaf,5,kg,farm,mill,PO1,1\n",
        rows=[("farm", "CNY", 60, 1.0, 1)],
    ),
    parameters=(
        Parameter(
            "by", Text("分组", "Group by"), "supplier",
            ("supplier", "customer", "item", "month", "quarter", "year", "all"),
        ),
    ),
    chart=Chart("bar", x="group", y="amount"),
)  # fmt: skip
def spend(read: Read) -> Iterable[Row]:
    """Deliveries without a promised price have no amount and are left out."""
    group = _group(read.args["by"])
    amounts: dict[tuple[str, str], Fraction] = {}
    counts: dict[tuple[str, str], int] = {}
    totals: dict[str, Fraction] = {}
    for one in priced_deliveries(read):
        if not one.currency:
            continue
        key = (group(one), one.currency)
        amounts[key] = amounts.get(key, Fraction(0)) + one.value
        counts[key] = counts.get(key, 0) + 1
        totals[one.currency] = totals.get(one.currency, Fraction(0)) + one.value
    for key, amount in amounts.items():
        yield *key, decimal_of(amount), ratio(amount, totals[key[1]]), counts[key]
