"""Every example in a docstring of the product runs and says what it shows."""

from __future__ import annotations

import doctest
import importlib
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parent.parent / "src"
OPTIONS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
DJANGO = ("lianshu.site", "lianshu.api")


def module_names() -> list[str]:
    """Modules whose text has an example; the others need no import here."""
    found = []
    for path in sorted(SOURCE.rglob("*.py")):
        if ">>> " in path.read_text(encoding="utf-8"):
            parts = path.relative_to(SOURCE).with_suffix("").parts
            found.append(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
    return found


@pytest.mark.parametrize("name", module_names())
def test_examples(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.chdir(tmp_path)
    if name.startswith(DJANGO):
        request.getfixturevalue("django_site")
    result = doctest.testmod(importlib.import_module(name), optionflags=OPTIONS)
    assert result.attempted, f"{name} has an example that doctest does not find"
    assert not result.failed
