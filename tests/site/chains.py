"""Real chains behind the site: the bundled tea chain, served to the pages under test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lianshu.app.capturing import capture
from lianshu.app.serving import current_workspace, serve_folder
from lianshu.app.workspace import Workspace, init
from tests.conftest import ROOT

TEA = ROOT / "examples" / "tea" / "chain"
# Whom the demonstration accounts act for in the tea chain; the city has no party.
PARTIES = {
    "supplier": "FARM-01",
    "enterprise": "SHOP-01",
    "carrier": "CARRIER-01",
    "bank": "BANK-01",
}


def tea_chain(folder: Path) -> None:
    """Capture the tea chain into a new workspace."""
    with init(folder) as workspace:
        counts = capture(workspace, TEA).summary()
        assert counts["accept"] == workspace.head().size > 250
        assert counts["reject"] == counts["conflict"] == 0


@contextmanager
def served(folder: Path) -> Iterator[Workspace]:
    """The workspace as the pages of this process show it, with the demonstration accounts tied to its parties."""
    from lianshu.site.models import Organisation

    serve_folder(folder)
    for role, key in PARTIES.items():
        Organisation.objects.filter(people__username=role).update(party_key=key)
    try:
        yield current_workspace()
    finally:
        Organisation.objects.update(party_key="")
        serve_folder(None)


def text_of(answer: Any) -> str:
    """The page of an answer that must have succeeded."""
    assert answer.status_code == 200, answer.status_code
    return str(answer.content.decode())
