"""What flows name is described."""

from __future__ import annotations

from collections.abc import Iterator

from lianshu.flow.check import Found, Look, check, entries
from lianshu.flow.table import table
from lianshu.kernel.text import Text

# The columns of a flow that name a thing of each table; money, emission and readings are no items.
_COLUMNS = {
    "party": ("from_party", "to_party"),
    "place": ("from_place", "to_place"),
    "item": ("item",),
    "lot": ("lot",),
}
_GOODS = "f.stream IN ('goods', 'service')"
_TITLES = {
    "party": Text("主体", "party"),
    "place": Text("地点", "place"),
    "item": Text("物品", "item"),
    "lot": Text("批次", "lot"),
}


def _named(name: str) -> str:
    columns = _COLUMNS[name]
    assert set(columns) <= set(table("flow").names())
    sides = " UNION ALL ".join(f"SELECT {n} AS side" for n in range(len(columns)))
    cases = " ".join(f"WHEN {n} THEN f.{column}" for n, column in enumerate(columns))
    only = f"AND {_GOODS}" if name in ("item", "lot") else ""
    return f"""
        SELECT thing, COUNT(*), MIN(entry_seq), MAX(entry_seq) FROM (
            SELECT CASE s.side {cases} END AS thing, f.entry_seq
            FROM flow f JOIN ({sides}) s ON 1 = 1 WHERE f.mood IN ('fact', 'promise') {only}
        ) said
        WHERE thing <> '' AND thing NOT IN (SELECT id FROM {name})
          AND thing NOT IN (SELECT id FROM alias WHERE thing_table = '{name}')
        GROUP BY thing ORDER BY thing
    """


@check(
    "undescribed",
    severity="warning",
    title=Text("所指对象有主数据", "What is named is described"),
    meaning=Text(
        "流所指的主体、地点、物品、批次有主数据；记录中完全没有某类主数据时不核对该类。",
        "Parties, places, items and lots that flows name are described; a kind that the record does "
        "not describe at all is not tested.",
    ),
    remedy=Text("提交主数据，或更正写错的编号", "send its master data, or correct a misspelt key"),
    source="ISO 8000-110; 国办发〔2017〕84号 (数据标准)",
    reads=("flow", "party", "place", "item", "lot", "alias"),
)
def undescribed(look: Look) -> Iterator[Found]:
    """Keys that no thing and no alias describes.

    >>> from lianshu.app.checking import check_flows
    >>> rows = "flow,mood,action,time,item,qty,unit,from_party,to_party\\nF1,fact,transfer,4,tea,10,kg,mill,shop"
    >>> check_flows("undescribed", rows, [{"table": "party", "id": "mill"}])
    ['party shop']
    """
    for name, title in _TITLES.items():
        if not any(look.rows(f"SELECT 1 FROM {name} LIMIT 1")):
            continue
        for thing, count, first, last in look.rows(_named(name)):
            message = Text(
                f"{title.zh} {thing} 被 {count} 条流提到，没有主数据",
                f"{title.en} {thing} is named by {count} flows and not described",
            )
            yield Found(f"{name} {thing}", message, entries([first, last]))
