from __future__ import annotations

import csv
import math
import re
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianshu.kernel.unit import Unit, parse_unit, units
from tests.kernel.refusals import refusal_code

every_unit = st.sampled_from(list(units().values()))
_POWER = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")


def test_table_is_complete() -> None:
    assert len(units()) >= 120
    for code, unit in units().items():
        assert re.fullmatch(r"[0-9A-Z]{1,3}|CN_[A-Z]+", code)
        assert unit.name.zh
        assert unit.name.en
        assert unit.dimension
        assert unit.source
        assert unit.factor is None or unit.factor > 0


def test_each_dimension_with_factors_has_a_base() -> None:
    factors: dict[str, set[Fraction]] = {}
    for unit in units().values():
        if unit.factor is not None and unit.dimension not in {"mass_ratio", "ratio"}:
            factors.setdefault(unit.dimension, set()).add(unit.factor)
    assert all(1 in declared for declared in factors.values())


@given(every_unit)
def test_every_spelling_finds_its_unit(unit: Unit) -> None:
    for text in (unit.code, unit.symbol, unit.name.zh, *unit.aliases):
        assert not text or parse_unit(text) is unit


@given(every_unit, every_unit, st.fractions())
def test_conversion_there_and_back_changes_nothing(a: Unit, b: Unit, number: Fraction) -> None:
    if a.converts_to(b):
        assert b.convert(a.convert(number, b), a) == number
    else:
        assert refusal_code(lambda: a.convert(number, b)) == "unit_convert"


@pytest.mark.parametrize(
    ("number", "unit", "to", "result"),
    [
        (1, "LTN", "KGM", Fraction("1016.0469088")),
        (1, "GLL", "LTR", Fraction("3.785411784")),
        (1, "GLI", "LTR", Fraction("4.54609")),
        (1, "BLL", "GLL", 42),
        (1, "FTQ", "INQ", 1728),
        (1, "STN", "LBR", 2000),
        (1, "LTN", "LBR", 2240),
        (1, "LBR", "ONZ", 16),
        (1, "GLI", "OZI", 160),
        (1, "GLL", "OZA", 128),
        (1, "SMI", "FOT", 5280),
        (1, "斤", "GRM", 500),
        (1, "KWH", "MJ", Fraction("3.6")),
        (1, "GRO", "H87", 144),
        (2, "双", "件", 4),
        (1, "年", "月", 12),
        (-40, "°F", "°C", -40),
        (0, "°C", "K", Fraction("273.15")),
    ],
)
def test_factors_of_the_standards(number: int, unit: str, to: str, result: Fraction) -> None:
    assert parse_unit(unit).convert(Fraction(number), parse_unit(to)) == result


@pytest.mark.parametrize(
    "text",
    ["", " kg", "kg ", "ｋｇ", "Mg", "M", "KGM1", "kilo", "CNY", None, 5, "x" * 9999],
)
def test_what_is_no_unit(text: object) -> None:
    assert refusal_code(lambda: parse_unit(text)) == "unit_unknown"


# Rec 20 prints the troy ounce as 3,110 348 x 10^-3 kg, a tenth of its 31.1034768 g.
REC20_MISPRINTS = {"APZ"}


def _rec20_factor(text: str) -> float:
    """The leading number of a Rec 20 conversion factor such as ``0,453 592 37 kg`` or ``10⁻³ kg``."""
    compact = text.translate(_POWER).replace("\xa0", " ").replace("×", "x")
    shape = re.fullmatch(r"(?:([0-9][0-9, ]*)(?: x |$| (?=\D)))?(?:10([-0-9]+) )?[^0-9].*", compact)
    powers = re.match(r"(?:([0-9, ]+?) ?x )?10(-?[0-9]+)(?: |$)", compact)
    if powers:
        lead, power = powers.groups()
        return float((lead or "1").replace(" ", "").replace(",", ".")) * 10.0 ** int(power)
    return float(shape[1].replace(" ", "").replace(",", ".")) if shape and shape[1] else math.nan


def test_codes_and_factors_agree_with_rec_20(shared_data: Path) -> None:
    path = shared_data / "green-exchange" / "codes" / "unece_rec20_units.csv"
    if not path.is_file():
        pytest.skip("no copy of the UNECE Rec 20 list beside this repository")
    with path.open(encoding="utf-8", newline="") as file:
        listed = {row["CommonCode"]: row for row in csv.DictReader(file)}
    si = {"mass": "kg", "volume": "m³", "length": "m", "area": "m²", "energy": "J", "time": "s"}
    compared = 0
    for unit in units().values():
        if "Rec 20" not in unit.source:
            continue
        row = listed[unit.code]
        assert not row["Status"], f"{unit.code} is marked {row['Status']} in Rec 20"
        text = row["ConversionFactor"]
        if unit.factor is None or not text.endswith(si.get(unit.dimension, "\0")):
            continue
        declared = _rec20_factor(text)
        if not math.isnan(declared) and unit.code not in REC20_MISPRINTS:
            assert float(unit.factor) == pytest.approx(declared, rel=1e-5), unit.code
            compared += 1
    assert compared >= 50
