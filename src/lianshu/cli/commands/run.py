"""``lianshu run KEY``: one reading of the record, as it was known at a moment."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lianshu.cli.language import language, say
from lianshu.cli.main import add_format
from lianshu.cli.output import print_csv, print_json, print_table
from lianshu.kernel.refusal import Refusal, Refused
from lianshu.kernel.text import Text

if TYPE_CHECKING:
    from lianshu.app.result import Table

HELP = Text("运行一项能力", "run a capability")


def declare(parser: argparse.ArgumentParser) -> None:
    """Key, workspace, store, moments, parameters."""
    parser.add_argument(
        "key", metavar="KEY", help=say("能力（见 lianshu list）", "capability (see lianshu list)")
    )
    parser.add_argument(
        "--workspace", type=Path, default=os.environ.get("LIANSHU_WORKSPACE"), metavar="W",
        help=say("工作区文件夹", "workspace folder"),
    )  # fmt: skip
    parser.add_argument("--store", choices=("sqlite", "duckdb", "postgres"), default="",
                        help=say("用哪个引擎读（缺省为记录所在）", "engine to read with (default: the record's)"))  # fmt: skip
    parser.add_argument("--as-of", metavar="SEQ|TIME",
                        help=say("当时所知：条目序号或时间", "as known then: entry number or time"))  # fmt: skip
    parser.add_argument(
        "--since", metavar="TIME", help=say("只计此后发生的事实", "only facts from then on")
    )
    parser.add_argument(
        "--until", metavar="TIME", help=say("只计此前发生的事实", "only facts up to then")
    )
    parser.add_argument("--param", action="append", default=[], metavar="NAME=VALUE",
                        help=say("参数，可重复", "a parameter; may be repeated"))  # fmt: skip
    parser.add_argument("--evidence", action="store_true",
                        help=say("附每行所据的条目序号", "with the entry numbers behind each row"))  # fmt: skip
    add_format(parser)


def run(args: argparse.Namespace) -> int:
    """Print the table."""
    from lianshu.app.workspace import open as open_workspace

    if args.workspace is None:
        raise Refused(Refusal("--workspace", Text("未给出工作区", "no workspace was given"),
                              Text("加 --workspace W 或设 LIANSHU_WORKSPACE",
                                   "give --workspace W or set LIANSHU_WORKSPACE")))  # fmt: skip
    with open_workspace(args.workspace) as workspace:
        table = workspace.run(
            args.key, store=args.store, as_of=args.as_of, since=args.since, until=args.until,
            **_params(args.param),
        )  # fmt: skip
        _print(table, args)
    return 0


def _params(given: list[str]) -> dict[str, Any]:
    params: dict[str, Any] = {}
    for one in given:
        name, found, value = one.partition("=")
        if not found:
            raise Refused(Refusal(f"--param {one}", Text("须写成 名称=值", "it is NAME=VALUE"),
                                  Text("如 lot=L1", "such as lot=L1")))  # fmt: skip
        params[name] = value
    return params


def _print(table: Table, args: argparse.Namespace) -> None:
    evidence = [table.evidence(row) for row in table.rows] if args.evidence else None
    if args.format == "json":
        answer = {
            "key": table.capability.key,
            "as_of": table.as_of,
            "columns": table.names,
            "rows": table.plain(),
        }
        print_json(answer if evidence is None else {**answer, "evidence": evidence})
        return
    names, rows = list(table.names), table.plain()
    if evidence is not None:
        names.append("evidence")
        rows = [[*row, " ".join(map(str, seqs))] for row, seqs in zip(rows, evidence, strict=True)]
    if args.format == "csv":
        print_csv(names, rows)
        return
    title = table.capability.title.in_language(language())
    print(say(f"{title}（截至第 {table.as_of} 条，{len(rows)} 行）",
              f"{title} (as of entry {table.as_of}, {len(rows)} rows)"))  # fmt: skip
    print_table(names, rows)
