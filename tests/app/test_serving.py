"""One workspace for all threads of a server, opened when first asked for and closed when told."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from lianshu.app.serving import VARIABLE, current_workspace, serve_folder, stop_serving
from lianshu.app.workspace import Workspace, init
from lianshu.kernel.refusal import Refused


@pytest.fixture(autouse=True)
def undisturbed() -> Iterator[None]:
    from lianshu.app.serving import _Serving

    before = _Serving.folder
    serve_folder(None)
    yield
    serve_folder(before)


def test_every_thread_gets_the_same_workspace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    init(tmp_path / "w").close()
    monkeypatch.setenv(VARIABLE, str(tmp_path / "w"))
    found: list[Workspace] = []
    threads = [threading.Thread(target=lambda: found.append(current_workspace())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len({id(one) for one in found}) == 1
    stop_serving()


def test_it_is_opened_again_after_it_was_stopped(tmp_path: Path) -> None:
    init(tmp_path / "w").close()
    serve_folder(tmp_path / "w")
    first = current_workspace()
    stop_serving()
    assert current_workspace() is not first
    assert current_workspace().head().size == 0


def test_another_folder_takes_the_place_of_the_first(tmp_path: Path) -> None:
    for name in ("a", "b"):
        init(tmp_path / name).close()
    serve_folder(tmp_path / "a")
    assert current_workspace().path == tmp_path / "a"
    serve_folder(tmp_path / "b")
    assert current_workspace().path == tmp_path / "b"


def test_no_folder_is_a_clear_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    with pytest.raises(Refused, match=VARIABLE):
        current_workspace()
