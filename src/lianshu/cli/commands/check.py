"""``lianshu check W``: the named data-quality checks, each finding with its entries."""

from __future__ import annotations

import argparse

from lianshu.cli.language import language, say
from lianshu.cli.main import add_format, add_workspace
from lianshu.cli.output import print_csv, print_json, print_table
from lianshu.kernel.text import Text

HELP = Text("数据质量检查", "data-quality checks")


def declare(parser: argparse.ArgumentParser) -> None:
    """Workspace and checks."""
    add_workspace(parser)
    parser.add_argument("--only", action="append", default=[], metavar="NAME",
                        help=say("只做这些检查（见 lianshu list checks）", "only these checks (see lianshu list checks)"))  # fmt: skip
    add_format(parser)


def run(args: argparse.Namespace) -> int:
    """Print the findings; always 0, as a finding is an answer and not an error."""
    from lianshu.app.checking import check
    from lianshu.app.workspace import open as open_workspace

    with open_workspace(args.workspace) as workspace:
        findings = check(workspace, only=args.only)
    names = ("check", "severity", "subject", "message", "entries")
    rows = [
        (one.check, one.severity, one.subject, one.message.in_language(language()),
         " ".join(map(str, one.entry_seqs)))
        for one in findings
    ]  # fmt: skip
    if args.format == "json":
        print_json([dict(zip(names, row, strict=True)) for row in rows])
    elif args.format == "csv":
        print_csv(names, rows)
    else:
        print_table(names, rows)
    return 0
