"""``lianshu rebuild W``: drop every projection and make it again from the log."""

from __future__ import annotations

import argparse

from lianshu.cli.language import say
from lianshu.cli.main import EXIT_NEGATIVE, add_workspace
from lianshu.cli.output import print_table
from lianshu.kernel.text import Text

HELP = Text("由日志重建全部投影", "rebuild every projection from the log")


def declare(parser: argparse.ArgumentParser) -> None:
    """Workspace, and whether to prove it."""
    add_workspace(parser)
    parser.add_argument("--verify", action="store_true",
                        help=say("证明重建后逐字节相同", "prove that it is byte-identical"))  # fmt: skip


def run(args: argparse.Namespace) -> int:
    """Rebuild; with --verify 1 if anything differs."""
    from lianshu.app.rebuilding import rebuild
    from lianshu.app.workspace import open as open_workspace

    with open_workspace(args.workspace) as workspace:
        report = rebuild(workspace, verify=args.verify)
    print_table(*report.table(), most=100)
    return 0 if report.identical else EXIT_NEGATIVE
