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
    """Run the fast tests and print how long they took."""
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-m", "not slow", "-p", "no:cacheprovider"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    passed = time.perf_counter() - start
    said = done.stdout.strip().splitlines()[-1:] or ["no output"]
    figure = Figure(
        "fast tests", f"{passed:.0f} s", f"≤ {SUITE_S:.0f} s", said[0], passed <= SUITE_S
    )
    show("fast tests", [figure])


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
