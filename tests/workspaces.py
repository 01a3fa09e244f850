"""Workspaces for tests: a real store in a temporary folder, filled through the real doors."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lianshu.app.preparing import prepare_here
from lianshu.app.workspace import Workspace, init
from lianshu.exchange.flows_csv import read_flows_csv
from lianshu.record.outcome import Outcome


def workspace_of(folder: Path, flows: str, *, clock: Callable[[], int] | None = None) -> Workspace:
    """A new workspace that holds the flows of a CSV text, all accepted."""
    workspace = init(folder) if clock is None else init(folder, clock=clock)
    outcomes = capture_flows(workspace, flows)
    assert all(one.outcome == "accept" for one in outcomes), outcomes
    return workspace


def capture_flows(workspace: Workspace, flows: str) -> list[Outcome]:
    """The outcomes of capturing a flow CSV text."""
    batches = prepare_here(read_flows_csv(flows.encode()), workspace.clock)
    return [outcome for batch in batches for outcome in workspace.take(batch)]


def entry(entry_id: str, **changes: Any) -> bytes:
    """A native entry with one produce flow of 10 kg of leaf, as compact JSON."""
    flow = {
        "mood": "fact", "action": "produce", "time": "2026-03-01T00:00:00Z", "item": "leaf",
        "lot": "L1", "qty": "10", "unit": "KGM", "to_party": "farm", "to_place": "farm",
    }  # fmt: skip
    body: dict[str, Any] = {"id": entry_id, "kind": "event", "source": "farm", "flows": [flow]}
    return json.dumps({**body, **changes}, separators=(",", ":")).encode()
