"""Accounts are made from the command line; a password is never an argument."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SCRIPT = "from lianshu.cli.main import main; import sys; sys.exit(main(sys.argv[1:]))"


def lianshu(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", SCRIPT, *arguments],
        input=stdin, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_an_account_is_made_changed_and_closed(tmp_path: Path) -> None:
    folder = str(tmp_path / "w")
    lianshu("init", folder)
    account = ("account", folder, "--user", "zhang")
    role = ("--role", "supplier", "--organisation", "云岭茶叶合作社", "--party", "FARM-01")
    assert "--role" in lianshu(*account, stdin="long-enough-phrase\n").stderr
    weak = lianshu(*account, *role, stdin="123\n")
    assert (weak.returncode, "Traceback" in weak.stderr) == (2, False)
    made = lianshu(*account, *role, stdin="long-enough-phrase\n")
    assert made.returncode == 0, made.stderr
    assert lianshu("token", folder, "--user", "zhang").returncode == 0
    other = lianshu(
        *account,
        "--organisation",
        "云岭茶叶合作社",
        "--party",
        "FARM-02",
        stdin="another-phrase-here\n",
    )
    assert "FARM-01" in other.stderr
    assert lianshu(*account, "--close").returncode == 0
    assert lianshu("token", folder, "--user", "zhang").returncode == 2
