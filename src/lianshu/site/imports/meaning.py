"""What the columns of a file mean: where each goes in the record, in words."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path

from lianshu.exchange.mapping.spec import Field, MappingSpec, load_mapping, map_names
from lianshu.exchange.mapping.template import parse_template
from lianshu.exchange.source import open_source, text_reader
from lianshu.flow.table import table
from lianshu.kernel.text import Text

TABLES = {
    "flow": Text("流", "flow"),
    "party": Text("主体", "party"),
    "place": Text("地点", "place"),
    "item": Text("物品", "item"),
    "lot": Text("批次", "lot"),
    "recipe": Text("配方", "recipe"),
    "lane": Text("线路", "lane"),
    "resource": Text("资源", "resource"),
    "alias": Text("别名", "alias"),
}
_MOST_USES = 4


@dataclass(frozen=True, slots=True)
class Meaning:
    """Where a column goes, in words, and the type of its values."""

    words: Text
    type: str


def flow_meanings() -> dict[str, Meaning]:
    """The columns of the flow table by the name they have in a file.

    >>> flow_meanings()["qty"].words.zh[:2]
    '数量'
    """
    return {
        "flow" if column.name == "id" else column.name: Meaning(
            Text(f"{column.title.zh}：{column.meaning_zh}", f"{column.title.en}: {column.meaning}"),
            column.type,
        )
        for column in table("flow").columns
    }


@cache
def mapping_titles() -> dict[str, Text]:
    """The mappings of this package by name, with what they are called.

    >>> mapping_titles()["scms"].en
    'USAID SCMS delivery history'
    """
    titles = {name: load_mapping(name).title for name in map_names()}
    return {name: Text(title.zh, title.en) for name, title in titles.items()}


def mapping_meanings(format_: str) -> dict[str, Meaning]:
    """The columns of a mapping by name, with the fields of the record that each fills.

    >>> mapping_meanings("mapping:scms")["packs"].words.en.split(", ")[0]
    'flow: Quantity'
    """
    spec = load_mapping(format_.removeprefix("mapping:"))
    uses = uses_of(spec)
    return {
        name: Meaning(joined(uses.get(name, [])), column.type)
        for name, column in spec.columns.items()
    }


def uses_of(spec: MappingSpec) -> dict[str, list[Text]]:
    """Column name → the fields of the record that it fills, each once, in the order of the mapping."""
    found: dict[str, list[Text]] = {}

    def use(template: str, target: Text) -> None:
        for column in parse_template(template, "mapping").columns:
            uses = found.setdefault(column, [])
            if target not in uses:
                uses.append(target)

    for entry in spec.entries:
        use(entry.id, Text("条目编号", "entry id"))
        for flow in entry.flows:
            use_fields(flow.set, "flow", use)
    for thing in spec.things:
        name = TABLES[thing.table]
        use(thing.id, Text(f"{name.zh}·编号", f"{name.en}: key"))
        use_fields(thing.set, thing.table, use)
        for key, template in thing.properties.items():
            use(template, Text(f"{name.zh}·属性 {key}", f"{name.en}: property {key}"))
    return found


def use_fields(given: Mapping[str, Field], name: str, use: object) -> None:
    """Note the columns that the fields of one table are made from."""
    assert callable(use)
    titles = {column.name: column.title for column in table(name).columns}
    for column, value in given.items():
        target = Text(
            f"{TABLES[name].zh}·{titles[column].zh}", f"{TABLES[name].en}: {titles[column].en}"
        )
        for template in [value] if isinstance(value, str) else [choice.value for choice in value]:
            use(template, target)


def joined(uses: list[Text]) -> Text:
    """Several fields in one cell; a column that fills none goes along with the entry as received."""
    if not uses:
        return Text("随条目原样保存", "kept with the entry as received")
    more = len(uses) - _MOST_USES
    zh = "、".join(text.zh for text in uses[:_MOST_USES]) + (
        f" 等 {len(uses)} 处" if more > 0 else ""
    )
    en = ", ".join(text.en for text in uses[:_MOST_USES]) + (
        f" and {more} more" if more > 0 else ""
    )
    return Text(zh, en)


def used_columns(path: Path, encoding: str, most: int) -> dict[str, tuple[int, int]]:
    """Column → (cells filled, cells empty) in the first ``most`` rows of a CSV."""
    filled: dict[str, int] = {}
    rows = 0
    with path.open("rb") as file:
        reader = csv.DictReader(text_reader(open_source(file), encoding))
        for row in islice(reader, most):
            rows += 1
            for name, cell in row.items():
                filled[name] = filled.get(name, 0) + bool(cell)
    return {name: (count, rows - count) for name, count in filled.items()}
