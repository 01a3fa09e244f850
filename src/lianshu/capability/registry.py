"""The registry: ONE decorator makes a function a capability.

From the declaration come the Python call, ``lianshu run KEY``, the REST endpoint with its OpenAPI
entry, the page, the reference page and the conformance test on every store. Adding a reading is
adding one file.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import entry_points
from typing import Any

from lianshu.capability.relation import RELATIONS, Read
from lianshu.kernel.text import Text

AREAS = (
    "trace", "plan", "move", "tower", "finance", "credit", "green", "index", "programme", "market",
)  # fmt: skip
ENTRY_POINT_GROUP = "lianshu.capabilities"
COLUMN_TYPES = ("text", "quantity", "money", "integer", "ratio", "boolean", "instant", "days")
Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a reading's table.

    ``type``: text; quantity and money (exact decimal, currency in a column beside it); integer;
    ratio (float); boolean; instant (microseconds UTC); days (float).
    """

    name: str
    type: str
    title: Text

    def __post_init__(self) -> None:
        assert self.type in COLUMN_TYPES, self.type


@dataclass(frozen=True, slots=True)
class Parameter:
    """One argument of a reading, always given as text; ``default`` is used where it is not given.

    ``choices`` are its values where it takes only some words; the reading refuses any other.

    >>> Parameter("by", Text("分组", "Group by"), "month", ("month", "year")).described.en
    'Group by: month, year'
    """

    name: str
    title: Text
    default: str = ""
    choices: tuple[str, ...] = ()

    @property
    def described(self) -> Text:
        """The title with the choices behind it, for a document."""
        if not self.choices:
            return self.title
        zh, en = "、".join(self.choices), ", ".join(self.choices)
        return Text(f"{self.title.zh}：{zh}", f"{self.title.en}: {en}")


@dataclass(frozen=True, slots=True)
class Chart:
    """How a page draws it: ``kind`` bar, line, heat, network or quantiles; ``x``, ``y``, ``by`` columns."""

    kind: str
    x: str
    y: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class Example:
    """A worked example: ``flows`` as CSV text (the flows format) and the rows they give."""

    flows: str
    rows: Sequence[Row]


EvidenceFunction = Callable[[Read, Mapping[str, Any]], Iterable[int]]


@dataclass(frozen=True, slots=True)
class Capability:
    """One declared reading; ``evidence`` is portable SQL or a function giving entry numbers of a row."""

    key: str
    area: str
    title: Text
    meaning: Text
    unit: Text
    columns: tuple[Column, ...]
    grain: tuple[str, ...]
    reads: tuple[str, ...]
    evidence: str | EvidenceFunction
    reference: str
    example: Example
    function: Callable[[Read], Iterable[Row]]
    parameters: tuple[Parameter, ...] = ()
    chart: Chart | None = None

    def arguments(self, given: Mapping[str, str]) -> dict[str, str]:
        """The arguments with defaults filled in; an unknown name is a ``KeyError``."""
        known = {p.name: p.default for p in self.parameters}
        for name in given:
            if name not in known:
                raise KeyError(name)
        return {**known, **given}


_REGISTERED: dict[str, Capability] = {}


def capability(
    key: str,
    *,
    title: Text,
    meaning: Text,
    unit: Text,
    columns: Sequence[Column],
    grain: Sequence[str],
    reads: Sequence[str],
    evidence: str | EvidenceFunction,
    reference: str,
    example: Example,
    parameters: Sequence[Parameter] = (),
    chart: Chart | None = None,
) -> Callable[[Callable[[Read], Iterable[Row]]], Callable[[Read], Iterable[Row]]]:
    """Declare the decorated function as the capability ``key``; see CONTRIBUTING for a whole file."""

    def register(function: Callable[[Read], Iterable[Row]]) -> Callable[[Read], Iterable[Row]]:
        assert (
            key not in _REGISTERED or _REGISTERED[key].function.__module__ == function.__module__
        ), f"two capabilities are called {key}"
        names = [column.name for column in columns]
        assert set(grain) <= set(names), f"{key}: the grain {grain} is not among {names}"
        assert set(reads) <= set(RELATIONS), f"{key}: unknown relation in {reads}"
        module = function.__module__.split(".")
        area = module[1] if module[0] == "lianshu" and module[1] in AREAS else module[0]
        _REGISTERED[key] = Capability(
            key, area, title, meaning, unit, tuple(columns), tuple(grain), tuple(reads), evidence,
            reference, example, function, tuple(parameters), chart,
        )  # fmt: skip
        return function

    return register


@cache
def _load() -> None:
    for area in AREAS:
        try:
            package = importlib.import_module(f"lianshu.{area}")
        except ModuleNotFoundError as error:
            if error.name != f"lianshu.{area}":
                raise
            continue
        for module in pkgutil.iter_modules(package.__path__):
            importlib.import_module(f"lianshu.{area}.{module.name}")
    for point in entry_points(group=ENTRY_POINT_GROUP):
        point.load()


def capabilities() -> dict[str, Capability]:
    """Every capability by key: those of this package and of installed packages that declare some."""
    _load()
    return dict(sorted(_REGISTERED.items()))
