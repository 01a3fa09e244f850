"""Documents: links resolve, both README say the same, and nothing that exists is missing in the reference."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

import pytest

from lianshu.capability.registry import capabilities
from lianshu.cli.main import COMMANDS
from lianshu.flow.action import actions
from lianshu.flow.checks import checks
from tests.cli.command import environment
from tests.conftest import ROOT

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"^```.*?^```$|`[^`\n]*`", re.MULTILINE | re.DOTALL)
DOCUMENTS = sorted(
    list(ROOT.glob("*.md"))
    + [path for folder in ("docs", "examples") for path in (ROOT / folder).rglob("*.md")]
)


def anchors(path: Path) -> set[str]:
    """The anchors that a renderer gives the headings of a document."""
    text = re.sub(
        r"^```.*?^```$", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL
    )
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def reference(name: str) -> str:
    return (ROOT / "docs/reference" / f"{name}.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_resolve(path: Path) -> None:
    text = CODE.sub("", path.read_text(encoding="utf-8"))
    broken = []
    for target in LINK.findall(text):
        if re.match(r"https?:|mailto:", target):
            continue
        name, _, anchor = unquote(target).partition("#")
        file = (path.parent / name).resolve() if name else path
        if not file.exists() or (anchor and file.suffix == ".md" and anchor not in anchors(file)):
            broken.append(target)
    assert broken == []


def test_every_document_can_be_reached_from_the_readme() -> None:
    seen: set[Path] = set()
    front = [ROOT / "README.md"]
    while front:
        path = front.pop()
        if path in seen or path.suffix != ".md" or not path.exists():
            continue
        seen.add(path)
        text = CODE.sub("", path.read_text(encoding="utf-8"))
        front += [(path.parent / target.split("#")[0]).resolve() for target in LINK.findall(text)
                  if "://" not in target]  # fmt: skip
    assert sorted(path.name for path in (ROOT / "docs").rglob("*.md") if path not in seen) == []


def test_both_readme_have_the_same_parts_and_commands() -> None:
    english, chinese = (
        (ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.zh.md")
    )
    levels = [re.findall(r"^(#+) ", text, re.MULTILINE) for text in (english, chinese)]
    assert levels[0] == levels[1]
    fence = re.compile(r"^```(sh|python)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
    assert fence.findall(english) == fence.findall(chinese)
    links = [
        {target for target in LINK.findall(text) if "images" not in target}
        for text in (english, chinese)
    ]
    assert links[0] ^ links[1] <= {"README.md", "README.zh.md"}
    for text in (english, chinese):
        assert re.search(r"\A# .*\n\n```console\nmake demo .*\nmake test .*\n```\n\n!\[", text)


def test_the_committed_reference_is_what_the_code_declares() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "tools/make_reference.py", "--check"], env=environment(), check=False,
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_nothing_is_missing_in_the_reference() -> None:
    own = {
        key for key, one in capabilities().items() if one.function.__module__.startswith("lianshu.")
    }
    for name, keys in (
        ("capabilities", own),
        ("checks", checks().keys()),
        ("actions", actions().keys()),
        ("cli", {f"lianshu {command}" for command in COMMANDS}),
        ("api", {f"/api/v1/capabilities/{key}" for key in own}),
    ):
        text = reference(name)
        assert [key for key in keys if f"`{key}`" not in text] == [], name


def test_decisions_are_numbered_without_a_gap_and_listed() -> None:
    folder = ROOT / "docs/adr"
    names = sorted(path.name for path in folder.glob("[0-9]*.md"))
    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))
    index = (folder / "README.md").read_text(encoding="utf-8")
    for name in names:
        text = (folder / name).read_text(encoding="utf-8")
        assert f"({name})" in index
        for part in ("## Context", "## Decision", "## Consequences"):
            assert part in text, f"{name}: {part}"
        assert re.search(r"^Status: (accepted|superseded by \d{4})", text, re.MULTILINE), name


@pytest.mark.slow
def test_the_notebook_runs_and_prints_what_is_committed() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "tools/make_notebook.py", "--check"], env=environment(), check=False,
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
