"""Every capability gives its own worked example on every engine, each row with its evidence."""

from __future__ import annotations

from pathlib import Path

import pytest

from lianshu.capability.registry import capabilities
from tests.conformance.records import assert_rows, new_workspace, take_csv


@pytest.mark.parametrize("key", capabilities())
def test_worked_example(key: str, engine: str, engine_dsn: str, tmp_path: Path) -> None:
    capability = capabilities()[key]
    with new_workspace(tmp_path / "w", engine_dsn) as workspace:
        take_csv(workspace, capability.example.flows.encode())
        table = workspace.run(key, store=engine)
        assert table.rows, "a worked example shows at least one row"
        assert_rows(capability, table.rows, capability.example.rows)
        size = workspace.head().size
        for row in table.rows:
            evidence = table.evidence(row)
            assert evidence and evidence[0] >= 1 and evidence[-1] <= size
            assert evidence == sorted(set(evidence))
