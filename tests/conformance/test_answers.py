"""Two tea chains with independently computed answers: equal on every engine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.records import new_workspace, take_csv

CHAINS = ("tea_small", "tea_medium")
PAIRS = ("trace_back", "trace_forward", "recall_parties")
NAMES = {"footprint": "pcf_kg_per_kg"}
READINGS = ("otif", "four_flows", "footprint", "supplier_hhi", "process_yield")


@pytest.mark.parametrize("chain", CHAINS)
def test_answers(
    chain: str, engine: str, engine_dsn: str, tmp_path: Path, shared_data: Path
) -> None:
    folder = shared_data / "craft" / chain
    if not folder.is_dir():
        pytest.skip(f"no acceptance data {chain} beside this repository")
    answers = json.loads((folder / "answers.json").read_bytes())
    with new_workspace(tmp_path / "w", engine_dsn) as workspace:
        take_csv(workspace, (folder / "flows.csv").read_bytes())
        rows = workspace.run("stock", store=engine).rows
        expected = [(x["place"], x["item"], x["lot"], x["qty"]) for x in answers["stock"]]
        assert _near(sorted(rows), sorted(expected))
        for key in PAIRS:
            found: dict[str, set[str]] = {}
            for root, reached in workspace.run(key, store=engine).rows:
                found.setdefault(root, set()).add(reached)
            assert found == {root: set(reached) for root, reached in answers[key].items()}, key
        for key in READINGS:
            table = workspace.run(key, store=engine)
            _compare(key, table.names, table.rows, answers[NAMES.get(key, key)])


def _compare(
    key: str, names: list[str], rows: list[tuple[Any, ...]], answers: dict[str, Any]
) -> None:
    assert {row[0] for row in rows} == set(answers), key
    assert len(rows) == len(answers), key
    for row in rows:
        answer = answers[row[0]]
        found = dict(zip(names, row, strict=True))
        if isinstance(answer, dict):
            assert _near([found[name] for name in answer], list(answer.values())), (key, row)
        else:
            assert _near([row[1]], [answer]), (key, row)


def _near(found: Any, expected: Any) -> bool:
    if isinstance(expected, list | tuple):
        return len(found) == len(expected) and all(map(_near, found, expected))
    if isinstance(expected, bool | str):
        return bool(found == expected)
    return abs(float(found) - expected) < 1e-9
