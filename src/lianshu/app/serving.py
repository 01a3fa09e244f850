"""Serving: the one workspace of a server's process, shared by all of its threads.

One process is one writer: requests that arrive together are committed together. So every thread
must get the same ``Workspace``, opened once and closed when the process ends.
"""

from __future__ import annotations

import atexit
import os
import threading
from pathlib import Path

from lianshu.app.posting import Poster
from lianshu.app.workspace import Workspace
from lianshu.app.workspace import open as open_workspace
from lianshu.kernel.refusal import Refusal, Refused
from lianshu.kernel.text import Text

VARIABLE = "LIANSHU_WORKSPACE"
_GUARD = threading.Lock()


class _Serving:
    """What this process serves: the folder it was told, the workspace once it is open, its writer."""

    folder: Path | None = None
    open: Workspace | None = None
    poster: Poster | None = None
    pid = 0


def serve_folder(folder: Path | None) -> None:
    """Say which folder this process serves; another workspace that was open is closed.

    ``None``: the folder that ``LIANSHU_WORKSPACE`` names at the next ``current_workspace()``.
    """
    with _GUARD:
        if _Serving.open is not None and _Serving.folder != folder:
            _close()
        _Serving.folder = folder


def current_workspace() -> Workspace:
    """The workspace that this process serves, opened at the first call; safe to share by threads.

    Raises ``Refused`` where no folder is named or it holds no workspace.
    """
    # The fast path takes no lock: after the first request this is an attribute.
    found = _Serving.open
    if found is not None and _Serving.pid == os.getpid():
        return found
    with _GUARD:
        if _Serving.open is None or _Serving.pid != os.getpid():
            # A connection inherited by a fork is the parent's: it is left alone, not closed.
            _Serving.open = open_workspace(_named_folder())
            _Serving.poster = None
            _Serving.pid = os.getpid()
        return _Serving.open


def current_poster() -> Poster:
    """The one writer in front of ``current_workspace()``: what threads post at once is one commit."""
    workspace = current_workspace()
    with _GUARD:
        if _Serving.poster is None:
            _Serving.poster = Poster(workspace)
        return _Serving.poster


def _named_folder() -> Path:
    named = _Serving.folder or os.environ.get(VARIABLE, "")
    if not named:
        raise Refused(
            Refusal(
                VARIABLE,
                Text("未指明工作区", "no workspace is named"),
                Text("设置 LIANSHU_WORKSPACE", "set LIANSHU_WORKSPACE"),
                code="workspace",
            )
        )
    return Path(named)


def stop_serving() -> None:
    """Write what waits and close the workspace if one is open; ``current_workspace()`` opens it again."""
    with _GUARD:
        _close()


def _close() -> None:
    if _Serving.open is not None and _Serving.pid == os.getpid():
        if _Serving.poster is not None:
            _Serving.poster.close()
        _Serving.open.close()
    _Serving.open = _Serving.poster = None


atexit.register(stop_serving)
