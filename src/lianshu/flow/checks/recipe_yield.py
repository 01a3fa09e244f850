"""A process uses what its recipe says, within a tolerance."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from lianshu.flow.check import Found, Look, Row, amount, check, entries, groups, named, rounded
from lianshu.kernel.refusal import Refused
from lianshu.kernel.text import Text
from lianshu.kernel.unit import parse_unit

_INPUT = named(lambda action: action.lineage == "input")
_OUTPUT = named(lambda action: action.lineage == "output")
_RECIPES = """
    SELECT id, output, output_qty, output_unit, inputs, yield_ratio FROM recipe
    WHERE output <> '' AND output_qty IS NOT NULL ORDER BY id
"""
_USED = f"""
    SELECT process, CASE WHEN action IN {_INPUT} THEN 1 ELSE 2 END AS side, item, unit, qty, entry_seq
    FROM flow
    WHERE mood = 'fact' AND stream = 'goods' AND process <> ''
      AND (action IN {_INPUT} OR action IN {_OUTPUT})
    ORDER BY process, entry_seq
"""


class Recipe(NamedTuple):
    """Inputs by item, as (quantity, unit) for one unit of good output."""

    id: str
    unit: str
    inputs: dict[str, tuple[Fraction, str]]


@check(
    "recipe_yield",
    severity="warning",
    title=Text("得率合乎配方", "Yield as the recipe says"),
    meaning=Text(
        "过程对各投入物品的用量与配方按产出折算的用量之差不超过容差；"
        "只核对产出单一物品且该物品只有一个配方的过程。",
        "What a process consumed of each input differs from the recipe's, scaled to its output, by no "
        "more than the tolerance; tested for processes with one output item that has one recipe.",
    ),
    remedy=Text("更正投入或产出的数量，或更新配方的用量与得率", "correct what was consumed or produced, or update the recipe"),
    source="ISO 22400-2:2014",
    reads=("flow", "recipe"),
    whole=True,
    parameters={"tolerance": "0.05"},
)  # fmt: skip
def recipe_yield(look: Look) -> Iterator[Found]:
    """Inputs of a process that are off their recipe by more than the share ``tolerance``.

    >>> from lianshu.app.checking import check_flows
    >>> rows = "flow,mood,action,time,item,qty,unit,process\\nF1,fact,consume,1,leaf,10,kg,roast\\n"
    >>> recipe = {"table": "recipe", "id": "R", "output": "tea", "output_qty": "1", "output_unit": "kg",
    ...           "inputs": {"leaf": "4 kg"}}
    >>> check_flows("recipe_yield", rows + "F2,fact,produce,2,tea,2,kg,roast", [recipe])
    ['roast']
    """
    recipes = _recipes(look)
    tolerance = Fraction(look.args["tolerance"])
    for (process,), run in groups(look.rows(_USED) if recipes else (), 1):
        rows = list(run)
        outputs = {row[2] for row in rows if row[1] == 2}
        recipe = recipes.get(outputs.pop()) if len(outputs) == 1 else None
        if recipe is None:
            continue
        made = _sum((row for row in rows if row[1] == 2), recipe.unit)
        for item, (quantity, unit) in recipe.inputs.items():
            used = _sum((row for row in rows if row[1] == 1 and row[2] == item), unit)
            if not used or made is None:
                continue
            expected = quantity * made
            if abs(used - expected) > expected * tolerance:
                said, meant = amount(rounded(used), unit), amount(rounded(expected), unit)
                message = Text(
                    f"用 {item} {said}，按配方 {recipe.id} 应为 {meant}",
                    f"it used {said} of {item}, and by recipe {recipe.id} {meant}",
                )
                seqs = entries(row[5] for row in rows)
                yield Found(process, message, seqs, rounded(abs(used - expected)), unit)


def _recipes(look: Look) -> dict[str, Recipe]:
    """The recipe of each item that has exactly one."""
    found: dict[str, Recipe | None] = {}
    for id_, output, qty, unit, inputs, ratio in look.rows(_RECIPES):
        run = Fraction(Decimal(qty)) * Fraction(Decimal(ratio) if ratio is not None else 1)
        recipe = _recipe(id_, unit, inputs, run) if run else None
        found[output] = recipe if output not in found else None
    return {output: recipe for output, recipe in found.items() if recipe is not None}


def _recipe(id_: str, unit: str, inputs: str, run: Fraction) -> Recipe | None:
    """A recipe for one unit of output; None where its text is not quantities with known units."""
    per_unit: dict[str, tuple[Fraction, str]] = {}
    try:
        for item, text in json.loads(inputs or "{}").items():
            number, _, of = text.partition(" ")
            per_unit[item] = (Fraction(number) / run, parse_unit(of.strip()).code)
        return Recipe(id_, parse_unit(unit).code, per_unit)
    except (ValueError, Refused):
        return None


def _sum(rows: Iterator[Row], unit: str) -> Fraction | None:
    """The rows' quantities in one unit; None where one of them does not convert."""
    to = parse_unit(unit)
    found = Fraction(0)
    for _, _, _, of, qty, _ in rows:
        if not (known := parse_unit(of)).converts_to(to):
            return None
        found += known.convert(Fraction(Decimal(qty)), to)
    return found
