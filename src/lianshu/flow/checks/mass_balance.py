"""A process gives out no more mass than it took in."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from lianshu.flow.check import Found, Look, amount, check, entries, groups, named, rounded
from lianshu.kernel.text import Text
from lianshu.kernel.unit import units

_INPUT = named(lambda action: action.lineage == "input")
_MADE = named(lambda action: action.lineage == "output" or (action.owner_from < 0 == action.owner_to
              and action.lineage == ""))  # fmt: skip
_USED = f"""
    SELECT process, CASE WHEN action IN {_INPUT} THEN 1 ELSE 2 END AS side, unit, qty, entry_seq
    FROM flow
    WHERE mood = 'fact' AND stream = 'goods' AND process <> ''
      AND (action IN {_INPUT} OR action IN {_MADE})
    ORDER BY process, entry_seq
"""


@check(
    "mass_balance",
    severity="error",
    title=Text("质量守恒", "Mass balance"),
    meaning=Text(
        "过程产出与损耗的质量之和不大于投入；只核对全部投入都以质量单位记录的过程。",
        "What a process produces and loses weighs no more than what it consumed; tested where every "
        "input is recorded in a unit of mass.",
    ),
    remedy=Text("补录遗漏的投入（如水），或更正数量与单位", "record the input left out (such as water), or correct quantity and unit"),
    source="ISO 14044:2006 §4.3.3.2 (validation of data)",
    whole=True,
    parameters={"tolerance": "0.001"},
)  # fmt: skip
def mass_balance(look: Look) -> Iterator[Found]:
    """Processes whose output and loss exceed their input by more than the share ``tolerance``.

    >>> from lianshu.app.checking import check_flows
    >>> rows = "flow,mood,action,time,item,qty,unit,process\\nF1,fact,consume,1,leaf,10,kg,roast\\n"
    >>> check_flows("mass_balance", rows + "F2,fact,produce,2,tea,11,kg,roast")
    ['roast']
    """
    allowed = 1 + Fraction(look.args["tolerance"])
    for (process,), run in groups(look.rows(_USED), 1):
        mass = {1: Fraction(0), 2: Fraction(0)}
        seqs: list[int] = []
        weighed = True
        for _, side, unit, qty, seq in run:
            kilograms = _kilograms(qty, unit)
            weighed &= side == 2 or kilograms is not None
            mass[side] += kilograms or 0
            seqs.append(seq)
        if weighed and mass[1] and mass[2] > mass[1] * allowed:
            taken, given = rounded(mass[1]), rounded(mass[2])
            excess = rounded(mass[2] - mass[1])
            message = Text(
                f"投入 {amount(taken, 'kg')}，产出与损耗 {amount(given, 'kg')}",
                f"{amount(taken, 'kg')} went in, {amount(given, 'kg')} came out or was lost",
            )
            yield Found(process, message, entries(seqs), excess, "KGM")


def _kilograms(qty: object, unit: str) -> Fraction | None:
    known = units().get(unit)
    if known is None or known.dimension != "mass" or known.factor is None:
        return None
    return Fraction(Decimal(str(qty))) * known.factor
