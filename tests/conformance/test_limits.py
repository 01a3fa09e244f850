"""The longest numbers: summed exactly on every engine, and refused alike beyond 20 integer digits."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from lianshu.kernel.refusal import Refused
from tests.conformance.records import new_workspace, prepared, produce, take

LONGEST = "99999999999999999999.999999999999999999"
LEAST = "0.000000000000000001"


def test_38_digits_are_exact(engine: str, engine_dsn: str, tmp_path: Path) -> None:
    with new_workspace(tmp_path / "w", engine_dsn) as workspace:
        used = produce("b", LEAST)
        used["flows"][0] |= {"action": "consume", "from_place": "mill", "to_place": ""}
        take(workspace, prepared([produce("a", LONGEST), used]))
        (row,) = workspace.run("stock", store=engine).rows
        assert row[3] == Decimal("99999999999999999999.999999999999999998")


def test_more_is_refused(engine: str, engine_dsn: str, tmp_path: Path) -> None:
    with new_workspace(tmp_path / "w", engine_dsn) as workspace:
        take(workspace, prepared([produce("a", LONGEST), produce("b", LEAST)]))
        with pytest.raises(Refused) as refused:
            workspace.run("stock", store=engine)
        assert refused.value.refusals[0].code == "overflow"
