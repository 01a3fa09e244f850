"""A proof verifies offline, by a program that shares no code with the record."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from lianshu.app.proving import prove
from lianshu.app.workspace import init
from lianshu.kernel.refusal import Refused
from tests.workspaces import entry


def check(path: Path, *more: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "lianshu.record.check", str(path), *more]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("size", [1, 2, 7, 300])
def test_every_entry_proves(tmp_path: Path, size: int) -> None:
    with init(tmp_path / "w") as workspace:
        for n in range(size):
            workspace.post(entry(f"e{n}"))
        seqs = {1, size, (size + 1) // 2}
        for seq in seqs:
            path = tmp_path / f"{seq}.json"
            path.write_text(prove(workspace, seq), encoding="utf-8")
            done = check(path, "--vkey", workspace.key.vkey)
            assert done.returncode == 0, done.stdout + done.stderr
            assert workspace.head().root.hex() in done.stdout


def test_a_proof_of_another_log_does_not_pass_with_our_key(tmp_path: Path) -> None:
    with init(tmp_path / "a") as ours, init(tmp_path / "b") as theirs:
        theirs.post(entry("e1"))
        path = tmp_path / "proof.json"
        path.write_text(prove(theirs, 1), encoding="utf-8")
        assert check(path).returncode == 0
        assert check(path, "--vkey", ours.key.vkey).returncode == 1


def test_no_proof_of_what_is_not_there(tmp_path: Path) -> None:
    with init(tmp_path / "w") as workspace:
        workspace.post(entry("e1"))
        with pytest.raises(Refused) as refused:
            prove(workspace, 2)
        assert refused.value.refusals[0].field == "seq"
