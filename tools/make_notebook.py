"""Run docs/scms.ipynb on a fresh workspace and write its outputs; ``--check`` compares instead.

The workspace is captured from the bundled export into a temporary folder, which the notebook finds by
``LIANSHU_WORKSPACE``. What a cell prints must not depend on the run: no key, root, clock or path.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

from lianshu.app.capturing import capture
from lianshu.app.workspace import init

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOK = ROOT / "docs" / "scms.ipynb"
EXPORT = ROOT / "examples" / "scms" / "scms_2006_2013H1.csv.xz"
TIMEOUT_S = 300
FORMAT: Any = nbformat  # it has types, but not for what it is for


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the notebook with its outputs, or with ``--check`` say whether they are the committed ones."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare with what is committed")
    check = parser.parse_args(arguments).check
    committed = NOTEBOOK.read_text(encoding="utf-8")
    made = executed(committed)
    if made == committed:
        return 0
    if check:
        print(differences(committed, made), file=sys.stderr)
        return 1
    NOTEBOOK.write_text(made, encoding="utf-8")
    print(NOTEBOOK.relative_to(ROOT))
    return 0


def executed(text: str) -> str:
    """The notebook's text with the outputs of a run."""
    notebook = FORMAT.reads(text, as_version=4)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "w"
        with init(folder) as workspace:
            capture(workspace, EXPORT, "mapping:scms")
        os.environ["LIANSHU_WORKSPACE"] = str(folder)
        os.environ["LIANSHU_LANGUAGE"] = "en"
        NotebookClient(
            notebook, timeout=TIMEOUT_S, kernel_name="python3", record_timing=False,
            coalesce_streams=True,  # one output however often it was flushed
            # Cells may write files; they belong to the run.
            resources={"metadata": {"path": scratch}},
        ).execute()  # fmt: skip
    for cell in notebook.cells:
        cell.metadata = {}
    notebook.metadata = {
        "kernelspec": notebook.metadata["kernelspec"],
        "language_info": {"name": "python"},
    }
    return f"{FORMAT.writes(notebook)}\n"


def differences(committed: str, made: str) -> str:
    """The first cell whose outputs are others, for a person."""
    old, new = (FORMAT.reads(text, as_version=4).cells for text in (committed, made))
    for number, (before, after) in enumerate(zip(old, new, strict=True)):
        if _printed(before) != _printed(after):
            return f"docs/scms.ipynb, cell {number}: printed\n{_printed(after)}\nnot\n{_printed(before)}"
    return "docs/scms.ipynb: differs in form; run make docs"


def _printed(cell: Any) -> str:
    return "".join(output.get("text", str(output)) for output in cell.get("outputs", []))


if __name__ == "__main__":
    sys.exit(main())
