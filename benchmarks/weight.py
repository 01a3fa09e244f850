"""What it costs to have the package at all: import time, dependencies, the fast tests."""

from __future__ import annotations

import re
import subprocess
import sys
import time
import tomllib
from pathlib import Path

from benchmarks.figure import Figure, show

IMPORT_S = 0.3
SUITE_S = 60.0
TEST_S = 480.0
# The core and the readings, without servers, browsers and commands.
UNIT = tuple(
    f"tests/{name}"
    for name in ("kernel", "record", "flow", "exchange", "app", "plan", "tower", "finance", "green")
)
CORE = 6


def run() -> None:
    """Print the table."""
    project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]
    core = len(project["dependencies"])
    package, opening = _import_s("lianshu"), _import_s("lianshu.app.workspace")
    figures = [
        Figure("import lianshu", f"{package * 1e3:.0f} ms", f"≤ {IMPORT_S * 1e3:.0f} ms",
               "cumulative, python -X importtime, best of 5", package <= IMPORT_S),
        Figure("import all that opens a workspace", f"{opening * 1e3:.0f} ms", f"≤ {IMPORT_S * 1e3:.0f} ms",
               "lianshu.app.workspace and its store", opening <= IMPORT_S),
        Figure("core dependencies", str(core), f"≤ {CORE}", "direct ones", core <= CORE),
    ]  # fmt: skip
    show("weight", figures)


def suite() -> None:
    """Run the unit tests, then all fast tests, and print how long they took."""
    unit, said = _suite_s(*UNIT)
    fast, said_all = _suite_s("tests")
    show("test suites", [
        Figure("unit tests: " + ", ".join(name.removeprefix("tests/") for name in UNIT),
               f"{unit:.0f} s", f"≤ {SUITE_S:.0f} s", said, unit <= SUITE_S),
        Figure("all of make test but the linters", f"{fast:.0f} s", f"≤ {TEST_S:.0f} s", said_all, fast <= TEST_S),
    ])  # fmt: skip


def _suite_s(*folders: str) -> tuple[float, str]:
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-m", "not slow", "-p", "no:cacheprovider", *folders],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    lines = done.stdout.strip().splitlines() or ["no output"]
    return time.perf_counter() - start, lines[-1]


def _import_s(name: str) -> float:
    return min(_imported_s(name) for _ in range(5))


def _imported_s(name: str) -> float:
    """Cumulative seconds of one import in a fresh interpreter."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", f"import {name}"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    packages = re.findall(r"\|\s+(\d+) \| ?(\S+)$", done.stderr, re.MULTILINE)
    # What stands at the outermost level came with the import; the rest is inside of it.
    return sum(int(us) for us, one in packages if one.split(".")[0] == "lianshu") / 1e6
