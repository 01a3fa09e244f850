"""Stock on hand: what is where, read from everything that moved it."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

from lianshu.capability.exact import decimal_of, exact
from lianshu.capability.registry import Chart, Column, Example, Row, capability
from lianshu.capability.relation import Read
from lianshu.kernel.text import Text
from lianshu.kernel.unit import Unit, parse_unit

MOVED = """
    SELECT place, item, lot, unit, exact_sum(sign, qty) AS qty FROM (
        SELECT f.to_place AS place, f.item, f.lot, f.unit, a.onhand_to AS sign, f.qty
        FROM flow f JOIN action a ON a.action = f.action
        WHERE f.mood = 'fact' AND f.stream = 'goods' AND f.to_place <> '' AND a.onhand_to <> 0
        UNION ALL
        SELECT f.from_place, f.item, f.lot, f.unit, a.onhand_from, f.qty
        FROM flow f JOIN action a ON a.action = f.action
        WHERE f.mood = 'fact' AND f.stream = 'goods' AND f.from_place <> '' AND a.onhand_from <> 0
    ) moved GROUP BY place, item, lot, unit
"""
EVIDENCE = """
    SELECT f.entry_seq FROM flow f JOIN action a ON a.action = f.action
    WHERE f.mood = 'fact' AND f.stream = 'goods' AND f.item = :item AND f.lot = :lot
      AND ((f.to_place = :place AND a.onhand_to <> 0)
        OR (f.from_place = :place AND a.onhand_from <> 0))
"""


@capability(
    "stock",
    title=Text("库存", "Stock on hand"),
    meaning=Text(
        "各地点各批次的现存量：按动作表对库存的影响，把全部实物流带符号相加。",
        "Quantity on hand by place, item and lot: the signed sum of all goods flows, signed by the "
        "action table.",
    ),
    unit=Text("物品的基本单位", "unit of the item"),
    columns=(
        Column("place", "text", Text("地点", "Place")),
        Column("item", "text", Text("物品", "Item")),
        Column("lot", "text", Text("批次", "Lot")),
        Column("qty", "quantity", Text("数量", "Quantity")),
    ),
    grain=("place", "item", "lot"),
    reads=("flow", "action"),
    evidence=EVIDENCE,
    reference="ValueFlows 1.0 onhandEffect; SCOR DS AM.2; 国办发〔2017〕84号 二(二)",
    example=Example(
        flows="flow,mood,action,time,item,lot,qty,unit,from_place,to_place\n"
        "1,fact,produce,1,leaf,L1,10,kg,,farm\n"
        "2,fact,transfer,2,leaf,L1,4,kg,farm,mill\n",
        rows=[("farm", "leaf", "L1", Decimal(6)), ("mill", "leaf", "L1", Decimal(4))],
    ),
    chart=Chart("bar", x="place", y="qty"),
)
def stock(read: Read) -> Iterable[Row]:
    """Places that hold something; a quantity of exactly zero is left out, one below zero is shown.

    Units that convert are added in the unit that comes first by code; units that do not are separate
    rows, and the check ``unit_mix`` names them.
    """
    held: dict[tuple[str, str, str], dict[Unit, Fraction]] = {}
    for place, item, lot, unit, qty in sorted(read.rows(MOVED), key=lambda row: str(row[:4])):
        sums = held.setdefault((place, item, lot), {})
        own, amount = parse_unit(unit), Fraction(exact(qty))
        kept = next((other for other in sums if own.converts_to(other)), own)
        sums[kept] = sums.get(kept, Fraction(0)) + own.convert(amount, kept)
    for key, sums in held.items():
        for amount in sums.values():
            if amount:
                yield *key, decimal_of(amount)
