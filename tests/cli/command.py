"""The installed command ``lianshu``, run as anybody would: as a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

LIANSHU = Path(sys.executable).with_name("lianshu")


def environment(**more: str) -> dict[str, str]:
    """The surroundings of a command that depend on nothing of this machine's."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "PYTHONPATH") if name in os.environ}
    return {**kept, "LIANSHU_LANGUAGE": "en", "LANG": "C.UTF-8", "PYTHONUTF8": "1", **more}


def lianshu(
    *arguments: str | Path, at: Path, status: int | None = 0, **more: str
) -> subprocess.CompletedProcess[str]:
    """Run ``lianshu ARGUMENTS`` in the folder ``at``; fails where the exit status is another.

    Whatever happens, a user sees no traceback. ``more`` are environment variables.
    """
    done = subprocess.run(
        [LIANSHU, *map(str, arguments)], cwd=at, env=environment(**more), capture_output=True,
        text=True, encoding="utf-8", check=False, stdin=subprocess.DEVNULL, timeout=120,
    )  # fmt: skip
    said = f"{' '.join(map(str, arguments))}\n{done.stdout}\n{done.stderr}"
    assert "Traceback" not in done.stderr, said
    assert status is None or done.returncode == status, said
    return done
