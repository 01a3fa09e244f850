"""``lianshu backup W FILE``: one archive, taken while the workspace is in use."""

from __future__ import annotations

import argparse
from pathlib import Path

from lianshu.cli.language import say
from lianshu.cli.main import add_workspace
from lianshu.kernel.text import Text

HELP = Text("备份为一个归档文件（含签名密钥）", "back up to one archive (with the signing key)")


def declare(parser: argparse.ArgumentParser) -> None:
    """Workspace and archive."""
    add_workspace(parser)
    parser.add_argument(
        "archive", type=Path, metavar="FILE", help=say("归档文件 .tar.gz", "archive .tar.gz")
    )


def run(args: argparse.Namespace) -> int:
    """Write it."""
    from lianshu.app.keeping import backup
    from lianshu.app.workspace import open as open_workspace

    with open_workspace(args.workspace) as workspace:
        size = backup(workspace, args.archive)
    print(say(f"已备份 {size} 条到 {args.archive}", f"backed up {size} entries to {args.archive}"))
    return 0
