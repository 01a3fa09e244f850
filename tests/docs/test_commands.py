"""Every command in the documents runs, and prints what the document says.

A block marked ``sh`` is run; a block marked ``text`` right after it is compared: each of its lines stands in
what was printed (runs of spaces count as one, ``…`` stands for anything). ``console`` blocks are not run.
"""

from __future__ import annotations

import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.command import environment
from tests.conftest import ROOT

FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
DOCUMENTS = sorted(
    path.relative_to(ROOT).as_posix()
    # The Chinese README has the same commands (tests/docs/test_documents.py).
    for path in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    if "```sh\n" in path.read_text(encoding="utf-8")
)
SLOW = ("docs/tutorial.md", "docs/how-to/use-a-notebook.md")  # each captures the whole export
MARK = "=== end of block"


def blocks(document: str) -> list[tuple[str, list[str]]]:
    """(script, lines to be found in its output) of a document, in order."""
    found: list[tuple[str, list[str]]] = []
    text = (ROOT / document).read_text(encoding="utf-8")
    previous = ""
    for language, body in FENCE.findall(text):
        if language == "sh":
            found.append((body, []))
        elif language == "text" and previous == "sh":
            found[-1][1].extend(line for line in body.splitlines() if line.strip(" …"))
        previous = language
    return found


def one_space(text: str) -> str:
    return "\n".join(" ".join(line.split()) for line in text.splitlines())


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    "document",
    [pytest.param(name, marks=pytest.mark.slow) if name in SLOW else name for name in DOCUMENTS],
)
def test_commands(document: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    here = environment(PORT=str(free_port()))
    here["PATH"] = f"{Path(sys.executable).parent}:{here['PATH']}"
    if "LIANSHU_DSN" in (ROOT / document).read_text(encoding="utf-8") and "postgres" in document:
        here["LIANSHU_DSN"] = request.getfixturevalue("postgres_database")
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    parts = blocks(document)
    script = "".join(f"{body}\necho '{MARK}'\n" for body, _ in parts)
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script], cwd=tmp_path, env=here, text=True, check=False,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4000:]
    assert "Traceback" not in done.stdout
    for (body, wanted), output in zip(parts, done.stdout.split(f"{MARK}\n"), strict=False):
        said = one_space(output)
        for line in wanted:
            pattern = re.escape(one_space(line)).replace("…", ".*")
            assert re.search(f"^{pattern}|{pattern}$", said, re.MULTILINE), (
                f"{document}: after\n{body}\nthis is not printed: {line}\nbut this:\n{said[-2000:]}"
            )
