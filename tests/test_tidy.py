"""The limits that keep the code short and plain (DESIGN §5, CONTRIBUTING); one test each, every finding named."""

from __future__ import annotations

import ast
import doctest
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "lianshu"

FUNCTION_LINES = 70
MODULE_LINES = 500
POSITIONAL = 5

# A module with such a name says nothing about what is in it.
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "service", "misc", "base"}
# Assembled here so that this file does not contain what it looks for.
UNFINISHED = re.compile(
    "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X", "NotImplemented" + "Error"))
)
MACHINE_PATHS = re.compile(
    "|".join((r"/wor" + r"k/\w", r"/roo" + r"t/", r"/hom" + r"e/\w", "bash_" + "jobs"))
)
INDEX_HOSTS = re.compile(
    "|".join(
        (
            "pypi" + r"\.org",
            "python" + "hosted",
            "registry" + r"\.npm",
            "registry" + r"\.yarn",
            r"deb" + r"\.debian",
            "security" + r"\.debian",
            "npm" + "mirror",
            r"/opt/" + "wheels",
        )
    )
)
OUTSIDE_DATA = re.compile(r"shared[/\"', ]+data")
THIRD_PARTY = re.compile(r"\.min\.(js|css)(\.map)?$|(^|/)node_modules/|\.whl$")


@cache
def tracked() -> tuple[Path, ...]:
    """Files that git has or would take: what a clone gets."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listing.returncode:
        pytest.skip("not a git checkout, so what is part of the project is not known")
    names = listing.stdout.decode().split("\0")
    return tuple(ROOT / name for name in names if name and (ROOT / name).is_file())


@cache
def texts() -> dict[str, str]:
    """Path relative to the root -> text, of every tracked file that is text."""
    found = {}
    for path in tracked():
        data = path.read_bytes()
        if b"\0" not in data[:8192]:
            found[path.relative_to(ROOT).as_posix()] = data.decode("utf-8", "replace")
    return found


@cache
def modules() -> dict[str, ast.Module]:
    """Every Python file of the project, parsed."""
    return {name: ast.parse(text) for name, text in texts().items() if name.endswith(".py")}


def product() -> Iterator[tuple[str, ast.Module]]:
    return ((name, tree) for name, tree in modules().items() if name.startswith("src/"))


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def is_generated(name: str) -> bool:
    """Django writes its migrations; nobody reads them as code."""
    return "/migrations/" in name


def lines_matching(
    pattern: re.Pattern[str], *, only: str = "", but: tuple[str, ...] = ()
) -> list[str]:
    return [
        f"{name}:{number}: {line.strip()[:120]}"
        for name, text in texts().items()
        if name.startswith(only) and not name.startswith(but)
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]


def report(findings: list[str]) -> None:
    assert not findings, f"{len(findings)} found:\n" + "\n".join(findings)


def test_functions_are_short() -> None:
    findings = []
    for name, tree in modules().items():
        for node in functions(tree):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            # The docstring is for the reader; the limit is on the code.
            documentation = ast.get_docstring(node, clean=False)
            length -= documentation.count("\n") + 1 if documentation else 0
            if length > FUNCTION_LINES and not is_generated(name):
                findings.append(f"{name}:{node.lineno}: {node.name} has {length} lines")
    report(findings)


def test_modules_are_short() -> None:
    report(
        [
            f"{name}: {count} lines"
            for name, text in texts().items()
            if name.endswith(".py") and (count := text.count("\n")) >= MODULE_LINES
        ]
    )


def test_at_most_five_positional_parameters() -> None:
    findings = []
    for name, tree in modules().items():
        for node in functions(tree):
            names = [argument.arg for argument in node.args.posonlyargs + node.args.args]
            if names[:1] in (["self"], ["cls"]):
                del names[0]
            # Fixtures are not passed by a caller, they are asked for by name.
            if len(names) > POSITIONAL and not name.startswith("tests/"):
                findings.append(f"{name}:{node.lineno}: {node.name}({', '.join(names)})")
    report(findings)


def test_names_say_what_is_inside() -> None:
    findings = [
        name
        for name in modules()
        if {part.removesuffix(".py") for part in name.split("/")} & VAGUE_NAMES
    ]
    for name, tree in modules().items():
        findings += [
            f"{name}:{node.lineno}: class {node.name}"
            for node in ast.walk(tree)
            if isinstance(node, ast.ClassDef) and re.search(r"(Mixin|Utils?|Helper)$", node.name)
        ]
    report(findings)


def test_no_star_import() -> None:
    report(
        [
            f"{name}:{node.lineno}: from {node.module} import *"
            for name, tree in modules().items()
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names)
        ]
    )


def test_no_django_signals() -> None:
    signals = re.compile(
        r"django\.(db\.models\.|core\.|dispatch|contrib\.auth\.)(signals|receiver|Signal)"
    )
    report(lines_matching(signals, only="src/"))


def test_nothing_is_left_unfinished() -> None:
    report(lines_matching(UNFINISHED, only="src/"))


def test_no_path_of_a_machine() -> None:
    report(lines_matching(MACHINE_PATHS, but=("tests/test_tidy.py",)))


def test_no_index_host() -> None:
    report(lines_matching(INDEX_HOSTS, but=("tests/test_tidy.py",)))


def test_the_product_reads_nothing_beside_the_repository() -> None:
    report(lines_matching(OUTSIDE_DATA, only="src/"))


def test_no_third_party_file_is_committed() -> None:
    report(
        [
            name.as_posix()
            for path in tracked()
            if THIRD_PARTY.search((name := path.relative_to(ROOT)).as_posix())
        ]
    )


def test_no_large_file_is_committed() -> None:
    report(
        [
            f"{path.relative_to(ROOT)}: {path.stat().st_size} bytes"
            for path in tracked()
            if path.stat().st_size > 3 * 2**20
        ]
    )


def documented_functions(
    tree: ast.Module,
) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    """Public functions and classes of a module, and public methods of its public classes."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            if node.name.startswith("_"):
                continue
            yield node
            if isinstance(node, ast.ClassDef):
                for inner in node.body:
                    if isinstance(inner, ast.FunctionDef) and not inner.name.startswith("_"):
                        yield inner


def is_setter(node: ast.AST) -> bool:
    decorators = getattr(node, "decorator_list", [])
    return any(isinstance(item, ast.Attribute) and item.attr == "setter" for item in decorators)


def test_public_names_are_documented() -> None:
    findings = []
    for name, tree in product():
        if is_generated(name):
            continue
        if not ast.get_docstring(tree) and tree.body:
            findings.append(f"{name}: the module has no docstring")
        findings += [
            f"{name}:{node.lineno}: {node.name} has no docstring"
            for node in documented_functions(tree)
            if not ast.get_docstring(node) and not is_setter(node)
        ]
    report(findings)


def imported(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and dotted name of every module that is imported when the program runs."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.lineno, node.module
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def test_the_kernel_imports_the_standard_library_alone() -> None:
    findings = []
    for name, tree in product():
        if name.startswith("src/lianshu/kernel/"):
            findings += [
                f"{name}:{line}: imports {module}"
                for line, module in imported(tree)
                if module.split(".")[0] not in sys.stdlib_module_names
                and not module.startswith(("lianshu.kernel", "__future__"))
                and module != "lianshu"
            ]
    report(findings)


def test_django_appears_only_in_the_shell() -> None:
    shell = ("src/lianshu/site/", "src/lianshu/api/", "src/lianshu/cli/")
    report(
        [
            f"{name}:{line}: imports {module}"
            for name, tree in product()
            if not name.startswith(shell)
            for line, module in imported(tree)
            if module.split(".")[0]
            in {"django", "ninja", "allauth", "rules", "whitenoise", "waitress"}
        ]
    )


def test_every_package_has_its_layer() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["id"] == "layers")
    placed = set(re.findall(r"\w+", " ".join(layers)))
    packages = {path.parent.name for path in SOURCE.glob("*/__init__.py")}
    report([f"{name}: in no layer of pyproject.toml" for name in sorted(packages - placed)])


def test_doctests_stand_in_public_modules() -> None:
    """Every module of the pure core shows at least one example (tests/test_examples.py runs them)."""
    parser = doctest.DocTestParser()
    findings = []
    for name, tree in product():
        if not name.startswith(("src/lianshu/kernel/", "src/lianshu/record/", "src/lianshu/flow/")):
            continue
        strings = [
            ast.get_docstring(node) or ""
            for node in ast.walk(tree)
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        ]
        if tree.body and not any(parser.get_examples(text) for text in strings):
            findings.append(f"{name}: no example")
    report(findings)
