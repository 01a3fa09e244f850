"""Mirroring: the same record on another engine, brought up to date before it is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lianshu.kernel.refusal import Refusal, Refused
from lianshu.kernel.text import Text

if TYPE_CHECKING:
    from lianshu.app.workspace import Workspace
    from lianshu.store.store import Reader

STORES = ("sqlite", "duckdb", "postgres")


def read_store(workspace: Workspace, name: str) -> Reader:
    """The engine to read from; raises ``Refused`` for a name that is not an engine."""
    if not name or name == workspace.store.dialect:
        return workspace.store
    raise Refused(
        Refusal(
            "store",
            Text(f"没有名为 {name} 的存储", f"there is no store {name}"),
            Text(f"可用：{'、'.join(STORES)}", f"use one of {', '.join(STORES)}"),
            code="store",
        )
    )
