"""A mapping as it is written: YAML that turns somebody's own export into entries, without code.

``load_mapping`` reads one by name (``maps/NAME.yaml`` of this package) or by path, and refuses at
once whatever it names that does not exist, so that a mistake is found before any row is read.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import msgspec
import yaml

from lianshu.exchange.mapping.template import parse_pattern, parse_template, refuse_mapping
from lianshu.flow.table import THINGS, table

MAPS: Final = Path(__file__).parent / "maps"
MAX_YAML_BYTES: Final = 256 * 1024

Name = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
Offset = Annotated[str, msgspec.Meta(pattern=r"^(UTC|[+-][0-9]{2}:[0-9]{2})$")]


class _Struct(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Every part of a mapping refuses a key that it does not know."""


class Title(_Struct, frozen=True):
    """A name in both languages."""

    zh: str
    en: str


class Input(_Struct, frozen=True):
    """How the export is written; ``timezone`` is what its dates without an offset are in."""

    timezone: Offset
    encoding: Literal["utf-8", "gb18030"] = "utf-8"
    delimiter: Annotated[str, msgspec.Meta(min_length=1, max_length=1)] = ","


class Token(_Struct, frozen=True):
    """A text that stands where a value should, and what it says."""

    text: str
    zh: str
    en: str


class LineOf(_Struct, frozen=True):
    """Which line a reference names: the one whose ``column`` equals the pattern's ``group``."""

    group: Name
    column: Name


class Pattern(_Struct, frozen=True):
    """A text that points to another line; ``match``: group → column that must agree there."""

    text: str
    line: LineOf
    zh: str
    en: str
    match: dict[Name, Name] = {}


class Column(_Struct, frozen=True):
    """One column: its header, the type of its values, and the non-values that it may hold."""

    header: str
    type: Literal["text", "code", "date", "datetime", "decimal", "integer", "term"] = "text"
    required: bool = False
    unique: bool = False
    negative: bool = False
    tokens: list[Name] = []
    patterns: list[Name] = []
    values: Name | None = None
    empty: Name | None = None


class Condition(_Struct, frozen=True):
    """A test of one column; what is given must all hold."""

    equals: str | None = None
    one_of: list[str] | None = None
    state: Literal["value", "empty", "token", "reference", "unread"] | None = None


When = dict[Name, Condition]


class Choice(_Struct, frozen=True):
    """One alternative of a field; the first whose condition holds is used."""

    value: str
    when: When = {}


Field = str | list[Choice]


class Flow(_Struct, frozen=True):
    """One flow of an entry: made when its condition holds, from templates for its columns."""

    name: Name
    set: dict[str, Field]
    when: When = {}


class Thing(_Struct, frozen=True):
    """Master data found in the lines; one entry for each key, at the first line that names it."""

    table: str
    id: str
    set: dict[str, Field]
    properties: dict[str, str] = {}
    when: When = {}


class EntryOf(_Struct, frozen=True):
    """The entry that each line becomes."""

    id: str
    kind: Literal["event", "order", "document", "payment", "observation", "declaration"]
    flows: list[Flow]
    recorded: str = ""
    when: When = {}


class MappingSpec(_Struct, frozen=True):
    """A whole mapping."""

    name: Name
    title: Title
    input: Input
    columns: dict[Name, Column]
    entries: list[EntryOf]
    tokens: dict[Name, Token] = {}
    patterns: dict[Name, Pattern] = {}
    values: dict[Name, dict[str, str]] = {}
    things: list[Thing] = []
    source: str = ""


class _Loader(yaml.SafeLoader):
    """Plain data only; a key given twice or an alias is refused, because one would be lost."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        if len(set(keys)) != len(keys):
            raise yaml.constructor.ConstructorError(None, None, "a key is given twice")
        return super().construct_mapping(node, deep)


def map_names() -> tuple[str, ...]:
    """Names of the mappings that come with the package.

    >>> "scms" in map_names()
    True
    """
    return tuple(sorted(path.stem for path in MAPS.glob("*.yaml")))


def load_mapping(name: str | Path) -> MappingSpec:
    """The mapping of that name, or of a YAML file. Raises ``Refused`` with code ``mapping``.

    >>> load_mapping("scms").input.timezone
    'UTC'
    """
    own_file = isinstance(name, Path) or name.endswith((".yaml", ".yml"))
    path = Path(name) if own_file else MAPS / f"{name}.yaml"
    if not own_file and name not in map_names():
        known = ", ".join(map_names())
        raise refuse_mapping("mapping", f"没有名为 {name} 的映射；现有：{known}",
                             f"there is no mapping named {name}; there are: {known}")  # fmt: skip
    try:
        with path.open("rb") as file:
            return parse_mapping(file.read(MAX_YAML_BYTES + 1))
    except OSError as error:
        raise refuse_mapping(
            "mapping", f"读不到 {path.name}", f"cannot read {path.name}"
        ) from error


def parse_mapping(text: bytes) -> MappingSpec:
    """A mapping from its YAML; every name in it is checked. Raises ``Refused``."""
    if len(text) > MAX_YAML_BYTES:
        raise refuse_mapping("mapping", "映射不得超过 256 KiB", "a mapping has at most 256 KiB")
    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, _Loader)):
            raise refuse_mapping("mapping", "不用 YAML 别名", "a mapping has no YAML aliases")
        data = yaml.load(text, _Loader)  # noqa: S506  _Loader is a SafeLoader
    except (yaml.YAMLError, UnicodeDecodeError, ValueError, RecursionError) as error:
        shown = " ".join(str(error).split())[:200]
        raise refuse_mapping(
            "mapping", f"不是有效的 YAML：{shown}", f"not YAML: {shown}"
        ) from error
    try:
        spec = msgspec.convert(data, MappingSpec, strict=True)
    except (msgspec.ValidationError, RecursionError) as error:
        raise refuse_mapping(
            "mapping", f"不合映射格式：{error}", f"not a mapping: {error}"
        ) from error
    _check_columns(spec)
    _check_outputs(spec)
    return spec


def _need(where: str, name: str | None, known: dict[str, Any]) -> None:
    if name is not None and name not in known:
        raise refuse_mapping(where, f"没有定义 {name}", f"{name} is not defined")


def _check_columns(spec: MappingSpec) -> None:
    for name, column in spec.columns.items():
        where = f"columns.{name}"
        for token in (*column.tokens, column.empty):
            _need(where, token, spec.tokens)
        for pattern in column.patterns:
            _need(where, pattern, spec.patterns)
        _need(where, column.values, spec.values)
        if (column.type == "term") != (column.values is not None):
            raise refuse_mapping(where, "term 类型须给出 values", "type term goes with values")
    for name, pattern_spec in spec.patterns.items():
        where = f"patterns.{name}"
        groups = parse_pattern(pattern_spec.text, where).groupindex
        for group in (pattern_spec.line.group, *pattern_spec.match):
            _need(where, group, dict(groups))
        for target in (pattern_spec.line.column, *pattern_spec.match.values()):
            _need(where, target, spec.columns)
        if not spec.columns[pattern_spec.line.column].unique:
            raise refuse_mapping(where, "所指的列须为 unique", "the column pointed to is unique")


def _check_outputs(spec: MappingSpec) -> None:
    for where, template, when in _templates(spec):
        for column in (*parse_template(template, where).columns, *when):
            _need(where, column, spec.columns)
    for entry in spec.entries:
        for flow in entry.flows:
            _check_names(f"flows.{flow.name}", flow.set, table("flow").names())
    for thing in spec.things:
        if thing.table not in THINGS:
            raise refuse_mapping("things", f"没有表 {thing.table}", f"no table {thing.table}")
        names = table(thing.table).names()
        _check_names(f"things.{thing.table}", thing.set, names)
        if thing.properties and "properties" not in names:
            raise refuse_mapping("things", "该表没有 properties", "the table has no properties")


def _check_names(where: str, given: dict[str, Field], known: tuple[str, ...]) -> None:
    for name in given:
        if name not in known:
            raise refuse_mapping(where, f"没有列 {name}", f"there is no column {name}")


def _templates(spec: MappingSpec) -> Iterator[tuple[str, str, When]]:
    """Every template with the condition beside it."""
    for thing in spec.things:
        where = f"things.{thing.table}"
        yield where, thing.id, thing.when
        yield from ((where, text, {}) for text in thing.properties.values())
        yield from _field_templates(where, thing.set)
    for entry in spec.entries:
        yield "entries", entry.id, entry.when
        yield "entries", entry.recorded, {}
        for flow in entry.flows:
            where = f"flows.{flow.name}"
            yield where, "", flow.when
            yield from _field_templates(where, flow.set)


def _field_templates(where: str, given: dict[str, Field]) -> Iterator[tuple[str, str, When]]:
    for name, field in given.items():
        choices = [Choice(field)] if isinstance(field, str) else field
        yield from ((f"{where}.{name}", choice.value, choice.when) for choice in choices)
