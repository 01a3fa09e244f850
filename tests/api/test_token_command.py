"""``lianshu token``: made once, listed without its secret, revoked; refusals and not tracebacks."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from lianshu.app.workspace import init


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with the demonstration accounts."""
    folder = tmp_path_factory.mktemp("token") / "w"
    init(folder).close()
    program = (
        "import sys; from pathlib import Path; from lianshu.site.start import prepare_site; "
        "prepare_site(Path(sys.argv[1]), demo=True)"
    )
    subprocess.run([sys.executable, "-c", program, str(folder)], check=True)
    return folder


def token(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """``lianshu token`` in English."""
    return subprocess.run(
        [sys.executable, "-m", "lianshu.cli.main", "token", str(folder), *arguments],
        env={**os.environ, "LIANSHU_LANGUAGE": "en"}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_a_token_is_made_listed_and_revoked(folder: Path) -> None:
    made = json.loads(token(folder, "--user", "lead", "--scope", "read,capture", "--name", "erp",
                            "--format", "json").stdout)  # fmt: skip
    assert made["token"].startswith(f"lsk_{made['prefix']}_")
    listed = json.loads(token(folder, "--user", "lead", "--list", "--format", "json").stdout)
    assert [(one["prefix"], one["name"], one["scopes"]) for one in listed] == [
        (made["prefix"], "erp", "read capture")
    ]
    assert made["token"] not in str(listed)
    assert token(folder, "--user", "lead", "--revoke", made["prefix"]).returncode == 0
    assert json.loads(token(folder, "--user", "lead", "--list", "--format", "json").stdout) == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--user", "stranger"), "there is no account stranger"),
        (("--user", "lead", "--scope", "write"), "a scope is one of read, capture"),
        (("--user", "lead", "--days", "0"), "valid for 1 to 366 days"),
        (("--user", "lead", "--revoke", "x"), "there is no token x"),
    ],
)
def test_a_mistake_is_refused_in_words(folder: Path, arguments: tuple[str, ...], said: str) -> None:
    done = token(folder, *arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_folder_without_a_workspace_is_refused(tmp_path: Path) -> None:
    done = token(tmp_path, "--user", "lead")
    assert done.returncode == 2
    assert not (tmp_path / "site.db").exists()
