"""A capture that is killed, or finds the disk full, has kept exactly what it acknowledged."""

from __future__ import annotations

import random
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from lianshu.app.capturing import capture
from lianshu.app.verifying import verify
from lianshu.app.workspace import init
from lianshu.app.workspace import open as open_workspace
from lianshu.kernel.refusal import Refused
from tests.workspaces import entry

LINES = 6_000
CAPTURE = """
import sys
from pathlib import Path
from lianshu.app import capturing, preparing
from lianshu.app.workspace import open
capturing.BESIDE_BYTES, capturing.COMMIT, preparing.CHUNK = 0, 2, 60
with open(sys.argv[1]) as workspace:
    capturing.capture(
        workspace, Path(sys.argv[2]), on_outcome=lambda one: print(one.seq, flush=True)
    )
"""


@pytest.fixture
def lines(tmp_path: Path) -> Path:
    path = tmp_path / "entries.ndjson"
    path.write_bytes(b"".join(entry(f"e{n}") + b"\n" for n in range(LINES)))
    return path


@pytest.mark.slow
def test_a_killed_capture_has_kept_what_it_acknowledged(
    tmp_path: Path, lines: Path, rng: random.Random
) -> None:
    init(tmp_path / "w").close()
    for _ in range(10):
        with open_workspace(tmp_path / "w") as workspace:
            size = workspace.head().size
        until = rng.randrange(1, 600)
        acknowledged = size
        with subprocess.Popen(
            [sys.executable, "-c", CAPTURE, str(tmp_path / "w"), str(lines)],
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stdout is not None
            for told in process.stdout:
                acknowledged = max(acknowledged, int(told))
                if acknowledged >= size + until:
                    process.send_signal(signal.SIGKILL)
                    break
            # The end of the output comes when the last process that holds it is gone, so this also
            # waits for the preparing process, which must not outlive its reader.
            for told in process.stdout:
                acknowledged = max(acknowledged, int(told))
        with open_workspace(tmp_path / "w") as workspace:
            assert workspace.head().size >= acknowledged >= size
            assert verify(workspace).valid
    with open_workspace(tmp_path / "w") as workspace:
        kept = workspace.head().size
        assert 0 < kept < LINES
        summary = capture(workspace, lines).summary()
        assert (summary["exists"], summary["accept"]) == (kept, LINES - kept)
        assert verify(workspace, meaning=True).valid


def test_a_full_disk_is_refused_and_leaves_whole_batches(
    tmp_path: Path, lines: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The limit on file size stands for the disk: the same system call fails, with EFBIG for ENOSPC."""
    monkeypatch.setattr("lianshu.app.preparing.CHUNK", 100)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    told: list[int] = []
    with init(tmp_path / "w") as workspace:
        try:
            resource.setrlimit(resource.RLIMIT_FSIZE, (3_000_000, hard))
            with pytest.raises(Refused) as refused:
                capture(workspace, lines, on_outcome=lambda one: told.append(one.seq))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert refused.value.refusals[0].code in ("disk_full", "disk_error")
        assert workspace.head().size == len(told) > 0
        assert verify(workspace).valid
        # With room again the same workspace, still open, takes the rest.
        summary = capture(workspace, lines).summary()
        assert (summary["exists"], summary["accept"]) == (len(told), LINES - len(told))
        assert verify(workspace).valid


def test_a_file_that_is_no_record_is_refused(tmp_path: Path) -> None:
    init(tmp_path / "w").close()
    (tmp_path / "w" / "record.db").write_bytes(b"not a database, though long enough to be one" * 99)
    with pytest.raises(Refused) as refused:
        open_workspace(tmp_path / "w")
    assert refused.value.refusals[0].code == "damaged"
