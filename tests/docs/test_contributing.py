"""The whole reading that CONTRIBUTING shows: built as a package, installed, and run by its command."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

from tests.cli.command import environment, lianshu
from tests.conftest import ROOT

KEY = "emissions_by_party"


def fenced(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def test_the_reading_of_contributing_is_installed_and_runs(tmp_path: Path) -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    (code,), (project,) = fenced(text, "python"), fenced(text, "toml")
    package = tmp_path / "source" / "my_readings"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / f"{KEY}.py").write_text(code, encoding="utf-8")
    (package.parent / "pyproject.toml").write_text(project, encoding="utf-8")
    installed = tmp_path / "installed"
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-index",
         "--no-deps", "--no-build-isolation", "--target", installed, package.parent],
        check=True, env=environment(),
    )  # fmt: skip
    path = ":".join(filter(None, [str(installed), environment().get("PYTHONPATH")]))
    flows = "flow,mood,action,time,item,qty,unit,from_party\n"
    flows += "1,fact,emit,1,CO2e,2.5,kg,mill\n2,fact,emit,2,CO2e,0.5,kg,mill\n"
    (tmp_path / "flows.csv").write_text(flows, encoding="utf-8")
    lianshu("init", "w", at=tmp_path)
    lianshu("capture", "w", "flows.csv", at=tmp_path)
    assert KEY in lianshu("list", at=tmp_path, PYTHONPATH=path).stdout
    done = lianshu(
        "run",
        KEY,
        "--workspace",
        "w",
        "--evidence",
        "--format",
        "json",
        at=tmp_path,
        PYTHONPATH=path,
    )
    answer = json.loads(done.stdout)
    assert (answer["columns"], answer["rows"]) == (["party", "kg"], [["mill", "3"]])
    assert answer["evidence"] == [[1, 2]]
