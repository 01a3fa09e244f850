"""One declared function in one file of another package is found everywhere, by its declaration alone.

The package is built and installed by pip into a temporary folder, as a firm would install its own
readings; each place is asked in a process of its own that sees that folder.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROJECT = """
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "toy-readings"
version = "1.0"

[project.entry-points."lianshu.capabilities"]
toy_share = "toy_share"

[tool.hatch.build.targets.wheel]
include = ["toy_share.py"]
"""
MODULE = '''
"""The one file of the toy package."""

from lianshu.capability.exact import exact
from lianshu.capability.registry import Column, Example, Parameter, capability
from lianshu.kernel.text import Text


@capability(
    "toy_total",
    title=Text("玩具合计", "Toy total"),
    meaning=Text("每种物品交付的数量。", "How much of each item was delivered."),
    unit=Text("件", "pieces"),
    columns=(Column("item", "text", Text("物品", "Item")), Column("qty", "quantity", Text("数量", "Quantity"))),
    grain=("item",),
    reads=("flow",),
    evidence="SELECT entry_seq FROM flow WHERE mood = 'fact' AND item = :item",
    reference="Toy standard 1",
    example=Example(
        flows="flow,mood,action,time,item,qty,unit,from_party,to_party\\n1,fact,transfer,5,tea,2.5,kg,a,b\\n",
        rows=[("tea", exact("2.5"))],
    ),
    parameters=(Parameter("unit_shown", Text("单位", "Unit"), "KGM"),),
)
def toy_total(read):
    """The sum of the facts."""
    sql = "SELECT item, exact_sum(1, qty) FROM flow WHERE mood = 'fact' AND unit = :unit GROUP BY item"
    for item, qty in read.rows(sql, unit=read.args["unit_shown"]):
        yield item, exact(qty)
'''


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a process that has the toy package installed."""
    folder = tmp_path_factory.mktemp("toy")
    (folder / "pyproject.toml").write_text(PROJECT)
    (folder / "toy_share.py").write_text(MODULE, encoding="utf-8")
    target = folder / "installed"
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps",
         "--no-build-isolation", "--disable-pip-version-check", "--target", str(target), str(folder)],
        check=True,
    )  # fmt: skip
    return {**os.environ, "PYTHONPATH": str(target), "LIANSHU_LANGUAGE": "zh"}


@pytest.fixture(scope="module")
def folder(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with one delivery."""
    folder = tmp_path_factory.mktemp("toy-workspace")
    (folder / "flows.csv").write_text(
        "flow,mood,action,time,item,qty,unit,from_party,to_party\n"
        "1,fact,transfer,2026-03-01T00:00:00Z,tea,2.50,KGM,a,b\n"
    )
    for arguments in (["init", "w"], ["capture", "w", "flows.csv"]):
        subprocess.run(
            [sys.executable, "-m", "lianshu.cli.main", *arguments],
            cwd=folder, env=environment, check=True, capture_output=True,
        )  # fmt: skip
    return folder / "w"


def said(environment: dict[str, str], *command: str) -> str:
    """What a Python command of that environment prints."""
    done = subprocess.run(
        [sys.executable, *command], env=environment, cwd=ROOT, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout


def test_in_python(environment: dict[str, str], folder: Path) -> None:
    program = (
        "import lianshu, sys; t = lianshu.open(sys.argv[1]).run('toy_total'); "
        "print(t.plain(), t.evidence(t.rows[0]))"
    )
    assert said(environment, "-c", program, str(folder)).strip() == "[['tea', '2.5']] [1]"


def test_on_the_command_line(environment: dict[str, str], folder: Path) -> None:
    command = ("-m", "lianshu.cli.main")
    listed = json.loads(said(environment, *command, "list", "--format", "json"))
    assert [one["title"] for one in listed if one["key"] == "toy_total"] == ["玩具合计"]
    run = said(
        environment, *command, "run", "toy_total", "--workspace", str(folder), "--evidence",
        "--format", "json",
    )  # fmt: skip
    assert json.loads(run) == {
        "key": "toy_total", "as_of": 1, "columns": ["item", "qty"], "rows": [["tea", "2.5"]],
        "evidence": [[1]],
    }  # fmt: skip


SERVED = """
import json, sys
from pathlib import Path
from lianshu.site.start import prepare_site
prepare_site(Path(sys.argv[1]), demo=True)
from django.test import Client
from lianshu.site.models import User
client = Client(HTTP_HOST="127.0.0.1", raise_request_exception=False)
client.force_login(User.objects.get(username="lead"))
reading = client.get("/api/v1/capabilities/toy_total?evidence=true")
page = client.get("/readings/toy_total/")
print(json.dumps({
    "reading": reading.json(),
    "document": client.get("/api/v1/openapi.json").json(),
    "reference": client.get("/api/v1/docs").content.decode(),
    "page_status": page.status_code,
    "page": page.content.decode(),
    "catalogue": client.get("/readings/").content.decode(),
}))
"""


@pytest.fixture(scope="module")
def served(environment: dict[str, str], folder: Path) -> Any:
    """What a server with the toy package answers."""
    return json.loads(said(environment, "-c", SERVED, str(folder)))


def test_in_the_interface_and_its_document(served: Any) -> None:
    reading = served["reading"]
    assert (reading["rows"], reading["evidence"]) == ([["tea", "2.5"]], [[1]])
    operation = served["document"]["paths"]["/api/v1/capabilities/toy_total"]["get"]
    assert operation["summary"] == "玩具合计 / Toy total"
    assert "Toy standard 1" in operation["description"]
    parameter = next(one for one in operation["parameters"] if one["name"] == "unit_shown")
    assert (parameter["description"], parameter["schema"]["default"]) == ("单位 / Unit", "KGM")
    answer = operation["responses"]["200"]["content"]["application/json"]["schema"]["$ref"]
    rows = served["document"]["components"]["schemas"][answer.rpartition("/")[2]]["properties"][
        "rows"
    ]
    cells = rows["items"]["prefixItems"]
    assert [cell["title"] for cell in cells] == ["item", "qty"]
    assert 'id="run_toy_total"' in served["reference"]


def test_on_a_page(served: Any) -> None:
    assert served["page_status"] == 200
    assert "玩具合计" in served["page"]
    assert "2.5" in served["page"]
    assert "Toy standard 1" in served["page"]
    assert "玩具合计" in served["catalogue"]


def test_in_the_reference(environment: dict[str, str]) -> None:
    program = (
        "import runpy; made = runpy.run_path('tools/make_reference.py'); "
        "from lianshu.capability.registry import capabilities; "
        "print('\\n'.join(made['_capability'](capabilities()['toy_total'])))"
    )
    page = said(environment, "-c", program)
    assert "## toy_total" in page
    assert "Toy standard 1" in page
    assert "GET /api/v1/capabilities/toy_total" in page


def test_among_the_conformance_tests(environment: dict[str, str]) -> None:
    report = said(
        environment, "-m", "pytest", "-q", "tests/conformance/test_worked_examples.py", "-k", "toy_total",
        "-p", "no:cacheprovider",
    )  # fmt: skip
    assert "passed" in report
