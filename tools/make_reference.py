"""Write docs/reference/*.md from the product's own declarations; ``--check`` compares instead.

The same sources give the same bytes: no clock, no path, no order of a set. A test runs ``--check``, so
a reading, command, check, column or endpoint cannot be added without its page.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs" / "reference"
NOTE = (
    "<!-- Written by tools/make_reference.py (`make docs`); do not edit. 由程序生成，请勿手改。 -->"
)
API_PREFIX = "/api/v1"
Row = Sequence[object]


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the pages, or with ``--check`` name those that differ (exit 1)."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare with what is committed")
    check = parser.parse_args(arguments).check
    TARGET.mkdir(parents=True, exist_ok=True)
    made = dict(pages())
    strange = sorted({path.name for path in TARGET.glob("*.md")} - made.keys())
    differing = [
        name
        for name, text in made.items()
        if not (TARGET / name).exists() or (TARGET / name).read_text(encoding="utf-8") != text
    ]
    if check:
        for name in (*differing, *strange):
            print(f"docs/reference/{name}: differs; run make docs", file=sys.stderr)
        return 1 if differing or strange else 0
    for name in strange:
        (TARGET / name).unlink()
    for name in differing:
        (TARGET / name).write_text(made[name], encoding="utf-8")
        print(f"docs/reference/{name}")
    return 0


def pages() -> Iterator[tuple[str, str]]:
    """(file name, text) of every page."""
    makers = (
        ("capabilities", capabilities_page),
        ("checks", checks_page),
        ("schema", schema_page),
        ("actions", actions_page),
        ("package", package_page),
        ("mapping", mapping_page),
        ("identifiers", identifiers_page),
        ("units", units_page),
        ("glossary", glossary_page),
        ("cli", cli_page),
        ("api", api_page),
    )
    index = []
    for name, maker in makers:
        title, body = maker()
        index.append(f"* [{title}]({name}.md)")
        yield f"{name}.md", page(title, body)
    yield (
        "README.md",
        page(
            "参考 · Reference",
            ["由代码中的声明生成。", "Made from the declarations in the code.", "", *index],
        ),
    )


def page(title: str, body: Iterable[str]) -> str:
    """A whole page."""
    return "\n".join([f"# {title}", "", NOTE, "", *body]).rstrip() + "\n"


def table(head: Sequence[str], rows: Iterable[Row]) -> list[str]:
    """A Markdown table."""
    lines = [f"| {' | '.join(head)} |", f"| {' | '.join('---' for _ in head)} |"]
    lines += [f"| {' | '.join(cell(value) for value in row)} |" for row in rows]
    return [*lines, ""]


def cell(value: object) -> str:
    """A value as the text of one cell."""
    return " ".join(str(value).split()).replace("|", "\\|").replace("<", "&lt;")


def both(text: Any) -> str:
    """A ``Text`` in both languages."""
    return f"{text.zh} · {text.en}"


def capabilities_page() -> tuple[str, list[str]]:
    """Every reading with its columns, parameters, source and worked example."""
    from lianshu.capability.registry import capabilities

    known = [
        one for one in capabilities().values() if one.function.__module__.startswith("lianshu.")
    ]
    body = [
        "一项读取即一个文件中的一次声明；由此得到命令、接口、网页、本页与一致性测试。",
        "",
        ("A reading is one declaration in one file; command, interface, page, this text and the conformance "
        "test are made from it. Types: `quantity` and `money` are exact decimals (text in JSON), `instant` "
        "is ISO 8601 UTC in JSON, `ratio` and `days` are floats."),
        "",
        *table(("key", "标题 · title", "area", "columns"), (
            (f"[`{one.key}`](#{one.key})", both(one.title), one.area,
             ", ".join(f"`{c.name}`" for c in one.columns)) for one in known)),
    ]  # fmt: skip
    for one in known:
        body += _capability(one)
    return "能力 · Capabilities", body


def _capability(one: Any) -> list[str]:
    arguments = "".join(f" --param {p.name}={p.default or '...'}" for p in one.parameters[:1])
    body = [
        f"## {one.key}", "", f"**{both(one.title)}** ({one.area}; {both(one.unit)})", "",
        one.meaning.zh, "", one.meaning.en, "",
        *table(("column", "type", "title"), ((f"`{c.name}`", c.type, both(c.title)) for c in one.columns)),
        f"* 粒度 grain: {', '.join(f'`{name}`' for name in one.grain)}",
        f"* 所读 reads: {', '.join(f'`{name}`' for name in one.reads)}",
        f"* 依据 source: {one.reference}",
        (f"* `lianshu run {one.key} --workspace W{arguments}` · `w.run(\"{one.key}\")` · "
        f"`GET {API_PREFIX}/capabilities/{one.key}`"),
        "",
    ]  # fmt: skip
    if one.parameters:
        body += table(("parameter", "default", "meaning"), (
            (f"`{p.name}`", f"`{p.default}`" if p.default else "", both(p.described)) for p in one.parameters
        ))  # fmt: skip
    rows = [[_plain(value) for value in row] for row in one.example.rows]
    body += ["算例 worked example:", "", "```csv", one.example.flows.strip(), "```", ""]
    return body + table([column.name for column in one.columns], rows)


def _plain(value: object) -> str:
    if value is None:
        return ""
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def checks_page() -> tuple[str, list[str]]:
    """Every named check."""
    from lianshu.flow.checks import checks

    body = [
        "检查不拒绝、不改动任何条目；每项发现都能打开其条目。`lianshu check W` 或数据质量页。",
        "",
        ("A check refuses and changes nothing; each finding opens to its entries. `error`: the record "
        "contradicts itself; `warning`: probably wrong; `note`: worth a look."),
        "",
        *table(("check", "severity", "标题 · title"), (
            (f"[`{one.name}`](#{one.name})", one.severity, both(one.title)) for one in checks().values())),
    ]  # fmt: skip
    for one in checks().values():
        body += [f"## {one.name}", "", f"**{both(one.title)}** ({one.severity})", "", one.meaning.zh, "",
                 one.meaning.en, "", f"* 办法 remedy: {both(one.remedy)}"]  # fmt: skip
        body += [f"* 依据 source: {one.source}"] if one.source else []
        body += [f"* 阈值 threshold: `{name}` = {value}" for name, value in one.parameters.items()]
        body += ["* 须见整份记录 needs the whole record"] if one.whole else []
        body += [""]
    return "检查 · Checks", body


def schema_page() -> tuple[str, list[str]]:
    """Entry, flow and thing tables, and what a store holds of them."""
    from lianshu.flow.action import MOODS
    from lianshu.flow.table import projections
    from lianshu.flow.table import table as schema_table
    from lianshu.record.entry import MEDIA_TYPE
    from lianshu.record.envelope import KINDS
    from lianshu.store.ddl import LOG_TABLES

    body = [
        f"条目的媒体类型 media type of an entry: `{MEDIA_TYPE}`. 种类 kinds: {', '.join(KINDS)}.",
        "语气 moods: " + ", ".join(f"`{name}` {both(text)}" for name, text in MOODS.items()) + ".",
        "",
        "数量在 JSON 中为十进制文本；时间为带时区的 ISO 8601 或整数微秒（UTC）；缺省为空文本。",
        (
            "Quantities are decimal text, times ISO 8601 with an offset or integer microseconds UTC, absent "
            "is an empty text. A stored row also has `entry_seq` and `line`; `order` is stored as `order_id`."
        ),
        "",
    ]
    for name in projections():
        body += [f"## {name}", ""]
        body += table(("column", "type", "unit", "required", "标题 · title", "meaning", "source"), (
            (f"`{c.name}`", c.type, c.unit, "yes" if c.required else "", both(c.title), c.meaning, c.source)
            for c in schema_table(name).columns))  # fmt: skip
    body += ["## 日志 · The log", "", "以下是事实；其余各表可由它重建。", "",
             "These tables are the truth; every other is rebuilt from them.", ""]  # fmt: skip
    for name, columns in LOG_TABLES.items():
        body += [f"### {name}", "", *table(("column", "type", "rule"), (
            (f"`{column}`", kind, rule.lower()) for column, kind, rule in columns))]  # fmt: skip
    return "数据模型 · Schema", body


def actions_page() -> tuple[str, list[str]]:
    """The effects of each action."""
    from lianshu.flow.action import actions

    head = ("action", "标题 · title", "stream", "on hand from/to", "owner from/to", "account", "lineage",
            "meaning", "source")  # fmt: skip
    rows = (
        (f"`{a.name}`", both(a.title), a.stream, f"{a.onhand_from:+d} / {a.onhand_to:+d}",
         f"{a.owner_from:+d} / {a.owner_to:+d}", a.account, a.lineage, a.meaning, a.source)
        for a in actions().values()
    )  # fmt: skip
    return "动作 · Actions", [
        "动作对库存、权属与账目的影响是数据；代码查表，不写动作名。",
        "",
        "What an action does to stock, ownership and accounts is data; code asks this table.",
        "",
        *table(head, rows),
    ]


def package_page() -> tuple[str, list[str]]:
    """The tables of the chain package."""
    from lianshu.exchange.package.schema import TABLES, TITLES, schema

    body = [("`lianshu template PATH.xlsx` 或文件夹 writes an empty one; `datapackage.json` is its Frictionless "
            "description. 编号一律为文本。Identifiers are text."), ""]  # fmt: skip
    for name in TABLES:
        body += [f"## {name}", "", both(TITLES[name]), "", *table(
            ("column", "type", "required", "key", "refers to", "choices", "标题 · title", "meaning", "example"),
            ((f"`{c.name}`", c.type, "yes" if c.required else "", "yes" if c.key else "", c.references,
              " ".join(c.choices), both(c.title), both(c.meaning), c.example) for c in schema(name).columns))]  # fmt: skip
    return "链数据包 · Chain package", body


def mapping_page() -> tuple[str, list[str]]:
    """The parts of a mapping file, from the structures that read it."""
    import msgspec

    from lianshu.exchange.mapping import spec
    from lianshu.exchange.mapping.template import CLASSES

    body = [
        "一个 YAML 文件；不认识的键一律拒绝。A YAML file; a key that is not listed is refused.",
        f"随附 bundled: {', '.join(f'`{name}`' for name in spec.map_names())}.",
        "",
        "模板 template: `text {column}`; 整体填写，缺一列则为空 filled whole or not at all.",
        "模式 pattern: `See {name:class}`; 类别 classes: "
        + ", ".join(f"`{name}` = `{text}`" for name, text in CLASSES.items()),
        "",
    ]
    parts = (spec.MappingSpec, spec.Input, spec.Column, spec.Token, spec.Pattern, spec.LineOf, spec.Thing,
             spec.EntryOf, spec.Flow, spec.Choice, spec.Condition)  # fmt: skip
    for part in parts:
        fields = msgspec.inspect.type_info(part)
        assert isinstance(fields, msgspec.inspect.StructType)
        body += [f"## {part.__name__}", "", str(part.__doc__).strip(), "", *table(
            ("key", "required", "type"),
            ((f"`{f.encode_name}`", "yes" if f.required else "", f"`{_kind(f.type)}`") for f in fields.fields))]  # fmt: skip
    return "映射 · Mapping", body


def _kind(kind: Any) -> str:
    """A short name of a type that msgspec describes."""
    name = type(kind).__name__.removesuffix("Type").lower()
    if name == "union":
        return " or ".join(_kind(one) for one in kind.types)
    if name == "literal":
        return " ".join(map(str, kind.values))
    if name == "dict":
        return f"map of {_kind(kind.value_type)}"
    if name == "list":
        return f"list of {_kind(kind.item_type)}"
    return (
        str(kind.cls.__name__)
        if name == "struct"
        else {"str": "text", "nonetype": "none", "bool": "boolean"}.get(name, name)
    )


def identifiers_page() -> tuple[str, list[str]]:
    """Schemes of codes."""
    from lianshu.kernel.key import SCHEMES

    rows = ((f"`{s.name}`", both(s.title), " ".join(sorted(s.tables)), "yes" if s.checked else "shape only", s.source)
            for s in SCHEMES.values())  # fmt: skip
    return "标识 · Identifiers", [
        "写作“体系:代码”，如 `uscc:91310113541320074X`。 Written `scheme:value`.",
        "",
        *table(("scheme", "标题 · title", "names", "check character", "source"), rows),
    ]


def units_page() -> tuple[str, list[str]]:
    """Units and currencies."""
    from lianshu.kernel.money import currencies
    from lianshu.kernel.unit import units

    rows = ((f"`{u.code}`", u.symbol, both(u.name), u.dimension, u.factor if u.factor is not None else "",
             " ".join(u.aliases), u.source) for u in units().values())  # fmt: skip
    codes = ", ".join(f"`{code}`" for code in sorted(currencies()))
    return "计量单位 · Units", [
        "代码取自 UNECE 第 20 号建议书；没有系数者不可换算。",
        "",
        ("Codes of UNECE Recommendation 20. `factor` leads to the base unit of the dimension, exactly; a unit "
        "without one converts to nothing but itself."),
        "",
        *table(("code", "symbol", "名称 · name", "dimension", "factor", "also read", "source"), rows),
        "## 币种 · Currencies", "", f"ISO 4217: {codes}.",
    ]  # fmt: skip


def glossary_page() -> tuple[str, list[str]]:
    """The dictionary of terms."""
    from lianshu.flow.glossary import glossary

    rows = (
        (t.name.zh, t.name.en, t.meaning.zh, t.meaning.en, t.source) for t in glossary().values()
    )
    return "词汇表 · Glossary", [
        "一词一义，不用同义词。列名见[数据模型](schema.md)，动作见[动作](actions.md)。",
        "",
        "One word, one meaning, no synonyms. Columns are in the [schema](schema.md), actions in [actions](actions.md).",
        "",
        *table(("中文", "English", "含义", "meaning", "source"), rows),
    ]


def cli_page() -> tuple[str, list[str]]:
    """Every command with its arguments, in both languages."""
    chinese, english = _commands("zh"), _commands("en")
    body = [
        "退出码 exit status: 0 完成 done, 1 否定的答案 a negative answer, 2 被拒绝 refused.",
        ("环境变量 environment: `LIANSHU_WORKSPACE` 工作区 the workspace, `LIANSHU_DSN` PostgreSQL, "
        "`LIANSHU_LANGUAGE` zh / en."),
        "",
        *table(("command", "作用", "does"), (
            (f"[`lianshu {name}`](#lianshu-{name})", chinese[name][0], said) for name, (said, _) in english.items())),
    ]  # fmt: skip
    for name, (said, options) in english.items():
        rows = (
            (f"`{usage}`", other, meaning)
            for (usage, meaning), (_, other) in zip(options, chinese[name][1], strict=True)
        )
        body += [
            f"## lianshu {name}",
            "",
            f"{chinese[name][0]} · {said}",
            "",
            *table(("argument", "含义", "meaning"), rows),
        ]
    body += ["## python -m lianshu.record.check", "",
             ("离线校核一份证明，只需 Python 与 `cryptography`。 Check a proof offline; needs Python and "
             "`cryptography` alone. `PROOF [--vkey KEY] [--checkpoint FILE]`; exit 0 valid, 1 invalid, 2 wrong usage.")]  # fmt: skip
    return "命令行 · Command line", body


def _commands(language: str) -> dict[str, tuple[str, list[tuple[str, str]]]]:
    """Command → (what it does, (usage, meaning) of each argument)."""
    from lianshu.cli.main import build_parser

    os.environ.pop("LIANSHU_WORKSPACE", None)
    os.environ["LIANSHU_LANGUAGE"] = language
    groups = [a for a in build_parser()._actions if isinstance(a, argparse._SubParsersAction)]  # noqa: SLF001
    commands: dict[str, argparse.ArgumentParser] = groups[0].choices
    return {
        name: (
            command.description or "",
            [_argument(a) for a in command._actions if a.dest != "help"],  # noqa: SLF001
        )
        for name, command in commands.items()
    }


def _argument(action: argparse.Action) -> tuple[str, str]:
    many = " ..." if action.nargs == "+" or isinstance(action, argparse._AppendAction) else ""  # noqa: SLF001
    value = action.metavar or (
        " ".join(map(str, action.choices)) if action.choices else action.dest.upper()
    )
    if not action.option_strings:
        return f"{value}{many}", action.help or ""
    takes = "" if action.nargs == 0 else f" {value}"
    return f"{action.option_strings[-1]}{takes}{many}", action.help or ""


def api_page() -> tuple[str, list[str]]:
    """Every endpoint of the OpenAPI description."""
    document = openapi()
    body = [
        (
            f"前缀 prefix `{API_PREFIX}`; OpenAPI {document['openapi']}. 令牌 token: `Authorization: Bearer lsk_...`; "
            "拒绝一律为 `application/problem+json` (RFC 9457)。数量与金额为十进制文本。"
        ),
        "",
        (
            "Refusals are problem+json with field, rule and remedy; `Accept-Language` chooses zh or en; every "
            "reading takes `as_of`, `since`, `until`, `store`, `evidence`, `page` and `limit`."
        ),
        "",
    ]
    paths: dict[str, dict[str, Any]] = document["paths"]
    rows = [
        (method.upper(), f"`{path}`", operation.get("summary", ""), _parameters(operation))
        for path, methods in sorted(paths.items())
        for method, operation in sorted(methods.items())
    ]
    return "接口 · REST interface", body + table(
        ("method", "path", "作用 · does", "parameters"), rows
    )


def _parameters(operation: dict[str, Any]) -> str:
    shared = {"as_of", "since", "until", "store", "evidence", "page", "limit"}
    named = [p["name"] for p in operation.get("parameters", []) if p["in"] == "query"]
    own = named if not shared <= set(named) else [name for name in named if name not in shared]
    return ", ".join(f"`{name}`" for name in own)


def openapi() -> dict[str, Any]:
    """The OpenAPI document of the site, from a workspace made for the purpose."""
    from lianshu.app.workspace import init
    from lianshu.site.start import prepare_site

    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "w"
        init(folder).close()
        prepare_site(folder)
        from lianshu.api.interface import openapi_document

        document: dict[str, Any] = openapi_document()
        return document


if __name__ == "__main__":
    sys.exit(main())
