"""Whom the demonstration accounts act for: parties of the record that have most to show."""

from __future__ import annotations

from lianshu.app.serving import current_workspace
from lianshu.app.workspace import Workspace
from lianshu.kernel.refusal import Refused
from lianshu.site.roles import Role

_SIDE = """
    SELECT {side}, COUNT(*) FROM flow_row
    WHERE mood = 'promise' AND action = 'transfer' AND stream = 'goods' AND {side} <> ''
    GROUP BY {side} ORDER BY 2 DESC, 1 LIMIT 2
"""
_KIND = "SELECT MIN(id) FROM party_row WHERE kind = :kind"


def demo_parties() -> dict[Role, str]:
    """The party of each demonstration account that acts for one; nothing where there is no record yet."""
    try:
        workspace = current_workspace()
    except Refused:
        return {}
    found = {role: _of_kind(workspace, role.value) for role in (Role.LEAD, Role.CARRIER, Role.BANK)}
    # The lead enterprise may be the largest of either side: then the next one shows more.
    for role, side in ((Role.SUPPLIER, "from_party"), (Role.ENTERPRISE, "to_party")):
        keys = [key for key, _ in workspace.store.query(_SIDE.format(side=side))]
        others = [key for key in keys if key != found[Role.LEAD]]
        found[role] = next(iter(others), "")
    return {role: key for role, key in found.items() if key}


def _of_kind(workspace: Workspace, kind: str) -> str:
    return workspace.store.query(_KIND, {"kind": kind})[0][0] or ""
