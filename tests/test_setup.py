"""What an installation promises: few dependencies, a light import, pins that any mirror can serve."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest

import lianshu
from tools.copy_vendor import FILES, copy_vendor

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
PIN = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)", re.MULTILINE)


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(lock: Path) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for name, version in PIN.findall(lock.read_text(encoding="utf-8")):
        found.setdefault(normal(name), set()).add(version)
    return found


def requirement_names(requirements: list[str]) -> set[str]:
    return {normal(re.split(r"[\[<>=! ;]", text, maxsplit=1)[0]) for text in requirements}


def test_the_core_has_six_direct_dependencies_at_most() -> None:
    assert len(PROJECT["dependencies"]) <= 6


def test_every_direct_dependency_is_pinned() -> None:
    wanted = requirement_names(PROJECT["dependencies"])
    for extra in PROJECT["optional-dependencies"].values():
        wanted |= requirement_names(extra)
    assert not wanted - pins(ROOT / "requirements" / "all.txt").keys()


def test_the_test_tools_change_no_version_of_the_product() -> None:
    run, everything = (pins(ROOT / "requirements" / name) for name in ("run.txt", "all.txt"))
    assert {name: everything.get(name) for name in run} == run


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_pins_have_hashes_and_no_address(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")
    assert "://" not in text
    assert not re.search(
        r"^\s*-", re.sub(r"^\s+--hash=", "", text, flags=re.MULTILINE), re.MULTILINE
    )
    blocks = re.split(r"\n(?=\S)", text.strip())
    assert [block for block in blocks if "--hash=sha256:" not in block] == []


def test_front_end_lock_has_digests_and_no_address() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert packages
    assert [name for name, entry in packages.items() if "resolved" in entry] == []
    assert [name for name, entry in packages.items() if "integrity" not in entry] == []


def test_no_installed_package_is_gpl() -> None:
    """LGPL libraries, used unchanged, are allowed; GPL and AGPL are not."""
    findings = []
    for name in pins(ROOT / "requirements" / "all.txt"):
        try:
            about = metadata.metadata(name)
        except metadata.PackageNotFoundError:
            continue  # pinned for another system or Python
        fields = ("License-Expression", "License", "Classifier")
        said = [value[:200] for field in fields for value in about.get_all(field) or []]
        text = " ".join(said)
        strong = re.search(r"\bA?GPL|Affero|(?<!Lesser )General Public License", text)
        choice = re.search(r"LGPL|Lesser|\bOR\b|MIT|BSD|Apache", text)
        if strong and not choice:
            findings.append(f"{name}: {text}")
    assert not findings


def test_the_import_is_light() -> None:
    """At most 0.3 s in a fresh interpreter (the best of three: the machine may be busy), and no engine."""
    code = (
        "import sys, time; t = time.perf_counter(); import lianshu; t = time.perf_counter() - t;"
        "print(t, *{name.split('.')[0] for name in sys.modules})"
    )
    seconds, loaded = [], set[str]()
    for _ in range(3):
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        )
        first, *names = done.stdout.split()
        seconds.append(float(first))
        loaded |= set(names)
    heavy = {
        "django",
        "numpy",
        "pyarrow",
        "duckdb",
        "pandas",
        "psycopg",
        "openpyxl",
        "cryptography",
    }
    assert loaded & heavy == set()
    assert min(seconds) <= 0.3, seconds


def test_the_version_is_the_installed_one() -> None:
    assert metadata.version("lianshu") == lianshu.__version__


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'opne'"):
        _ = lianshu.opne  # type: ignore[attr-defined]


def test_copy_vendor_takes_the_named_files_and_nothing_else(tmp_path: Path) -> None:
    modules, target = tmp_path / "node_modules", tmp_path / "vendor"
    for name in [*FILES, "@tabler/core/dist/css/tabler.css"]:
        (modules / name).parent.mkdir(parents=True, exist_ok=True)
        (modules / name).write_text("x();\n//# sourceMappingURL=x.map\n", encoding="utf-8")
    (target / "old").mkdir(parents=True)
    copy_vendor(modules, target)
    found = {path.relative_to(target).as_posix() for path in target.rglob("*") if path.is_file()}
    assert found == set(FILES.values())
    assert (target / "tabler" / "tabler.min.css").read_text(encoding="utf-8") == "x();\n"


def test_copy_vendor_names_what_is_absent_and_keeps_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "vendor").mkdir()
    with pytest.raises(FileNotFoundError, match=r"tabler\.min\.css"):
        copy_vendor(tmp_path / "node_modules", tmp_path / "vendor")
    assert (tmp_path / "vendor").is_dir()


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_fresh_clone_sets_itself_up_and_shows_the_demo(tmp_path: Path) -> None:
    """`make demo SERVE=0` in a clone with nothing installed; the time to the first page is in the benchmarks."""
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "--quiet", "--no-local", str(ROOT), str(clone)], check=True)
    done = subprocess.run(
        ["make", "demo", "SERVE=0", f"DIR={tmp_path / 'workspace'}"],
        cwd=clone,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    verified = subprocess.run(
        [str(clone / ".venv/bin/lianshu"), "verify", str(tmp_path / "workspace")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert verified.returncode == 0, verified.stdout + verified.stderr
    left = subprocess.run(
        ["git", "status", "--porcelain"], cwd=clone, capture_output=True, text=True, check=True
    )
    assert left.stdout == "", "set-up and demo leave only ignored files"
