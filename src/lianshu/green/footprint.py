"""Footprint: greenhouse gas behind one kilogram of a lot, from cradle to where it was made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from lianshu.capability.exact import exact, ratio
from lianshu.capability.registry import Chart, Column, Example, Parameter, Row, capability
from lianshu.capability.relation import Read
from lianshu.kernel.text import Text

EMITTED = """
    SELECT process, exact_sum(1, qty) FROM flow
    WHERE mood = 'fact' AND action = 'emit' AND process <> '' GROUP BY process
"""
MADE = """
    SELECT f.process, f.lot, a.lineage, exact_sum(1, f.qty)
    FROM flow f JOIN action a ON a.action = f.action
    WHERE f.mood = 'fact' AND f.process <> '' AND f.lot <> '' AND a.lineage IN ('input', 'output')
    GROUP BY f.process, f.lot, a.lineage
"""
CARRIED = """
    SELECT process, lot, exact_sum(1, qty) FROM flow
    WHERE mood = 'fact' AND action = 'transfer' AND stream = 'goods' AND process <> '' AND lot <> ''
    GROUP BY process, lot
"""


def _entries(read: Read, row: Mapping[str, Any]) -> Iterable[int]:
    lots = {row["lot"]} | {lot for _, lot in read.reach([row["lot"]], "back")}
    flows = read.rows(
        "SELECT lot, process, action, entry_seq FROM flow WHERE mood = 'fact' AND process <> ''"
    )
    processes = {process for lot, process, _, _ in flows if lot in lots}
    return [
        seq
        for lot, process, action, seq in flows
        if lot in lots or (action == "emit" and process in processes)
    ]


class _Rollup:
    """Emission per unit of each lot, worked out from its inputs on demand, without recursion."""

    def __init__(self, read: Read) -> None:
        self.emitted = {process: Fraction(exact(qty)) for process, qty in read.rows(EMITTED)}
        self.inputs: dict[str, list[tuple[str, Fraction]]] = {}
        self.outputs: dict[str, Fraction] = {}
        self.made_by: dict[str, list[tuple[str, Fraction]]] = {}
        # Sorted: in a circle of lots the order of reading would decide, and engines differ in it.
        for process, lot, lineage, qty in sorted(read.rows(MADE), key=_names):
            amount = Fraction(exact(qty))
            if lineage == "input":
                self.inputs.setdefault(process, []).append((lot, amount))
            else:
                self.outputs[process] = self.outputs.get(process, Fraction(0)) + amount
                self.made_by.setdefault(lot, []).append((process, amount))
        self.carriage = self._carriage(read)
        self.known: dict[str, Fraction] = {}

    def _carriage(self, read: Read) -> dict[str, Fraction]:
        """Transport emission per unit carried of each lot; a shipment is shared by quantity."""
        loads: dict[str, list[tuple[str, Fraction]]] = {}
        for process, lot, qty in sorted(read.rows(CARRIED), key=_names):
            loads.setdefault(process, []).append((lot, Fraction(exact(qty))))
        emission: dict[str, Fraction] = {}
        quantity: dict[str, Fraction] = {}
        for process, load in loads.items():
            total = sum(amount for _, amount in load)
            for lot, amount in load:
                share = self.emitted.get(process, Fraction(0)) * amount / total if total else 0
                emission[lot] = emission.get(lot, Fraction(0)) + share
                quantity[lot] = quantity.get(lot, Fraction(0)) + amount
        return {lot: emission[lot] / quantity[lot] for lot in emission if quantity[lot]}

    def of(self, lot: str) -> Fraction:
        """Emission per unit of a lot; a lot in a circle counts its own part once."""
        stack, open_lots = [lot], {lot}
        while stack:
            at = stack[-1]
            missing = [
                parent
                for process, _ in self.made_by.get(at, ())
                for parent, _ in self.inputs.get(process, ())
                if parent not in self.known and parent not in open_lots
            ]
            if missing:
                stack.append(missing[0])
                open_lots.add(missing[0])
                continue
            self.known[at] = self._from_inputs(at)
            stack.pop()
        return self.known[lot]

    def _from_inputs(self, lot: str) -> Fraction:
        total, quantity = Fraction(0), Fraction(0)
        for process, amount in self.made_by.get(lot, ()):
            emission = self.emitted.get(process, Fraction(0))
            for parent, put_in in self.inputs.get(process, ()):
                per_unit = self.known.get(parent, Fraction(0)) + self.carriage.get(
                    parent, Fraction(0)
                )
                emission += put_in * per_unit
            if self.outputs[process]:  # a making of nothing has no share to give
                total += emission * amount / self.outputs[process]
            quantity += amount
        return total / quantity if quantity else Fraction(0)


def _names(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return row[:-1]


@capability(
    "footprint",
    title=Text("批次碳足迹", "Lot carbon footprint"),
    meaning=Text(
        "每单位批次从摇篮到制成地的温室气体排放：过程排放加上投入批次及其运输的排放，按数量分摊。",
        "Greenhouse gas per unit of a lot from cradle to the place it was made: emissions of its "
        "making, of its inputs and of carrying them, shared by quantity.",
    ),
    unit=Text("千克二氧化碳当量每千克", "kg CO2e per kg"),
    columns=(
        Column("lot", "text", Text("批次", "Lot")),
        Column("kg_per_kg", "ratio", Text("单位碳足迹", "Footprint per kg")),
    ),
    grain=("lot",),
    reads=("flow", "action", "edge"),
    evidence=_entries,
    reference="ISO 14067:2018 §6.4.6 (allocation by mass); GHG Protocol Product Standard ch. 9",
    example=Example(
        flows="flow,mood,action,time,item,lot,qty,unit,process\n"
        "1,fact,produce,1,leaf,L1,10,kg,grow\n2,fact,emit,1,CO2e,,3,kg,grow\n"
        "3,fact,consume,2,leaf,L1,10,kg,roast\n4,fact,produce,2,tea,T1,2,kg,roast\n"
        "5,fact,emit,2,CO2e,,2,kg,roast\n",
        rows=[("T1", 2.5)],
    ),
    parameters=(Parameter("lot", Text("批次（空为全部制成批次）", "Lot (empty: every made lot)")),),
    chart=Chart("bar", x="lot", y="kg_per_kg"),
)
def footprint(read: Read) -> Iterable[Row]:
    """Without a lot, every lot that was made from another."""
    lot = read.args["lot"]
    lots = [lot] if lot else sorted(row[0] for row in read.rows("SELECT DISTINCT child FROM edge"))
    rollup = _Rollup(read)
    for one in lots:
        per_unit = rollup.of(one)
        yield one, ratio(per_unit.numerator, per_unit.denominator)
