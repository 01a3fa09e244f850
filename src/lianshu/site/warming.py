"""Warming: what the first pages need is read before the first visitor comes, in a thread of its own."""

from __future__ import annotations

import threading

from lianshu.app.serving import current_workspace
from lianshu.capability.relation import Scope
from lianshu.kernel.refusal import Refused
from lianshu.site.orders.listing import orders
from lianshu.site.orders.order import lines_by_order
from lianshu.site.record_view import RecordView
from lianshu.site.tower.home import work_out


def start_warming() -> threading.Thread:
    """Read the tower in the background; a server calls it once, when it starts."""
    thread = threading.Thread(target=warm, name="warming", daemon=True)
    thread.start()
    return thread


def warm() -> None:
    """Work out the tower and the list of orders."""
    try:
        workspace = current_workspace()
    except Refused:
        return  # a site without a record yet: there is nothing to read
    view = RecordView(workspace, workspace.head(), Scope())
    work_out(view)
    orders(view)
    lines_by_order(view)
