"""``lianshu checkpoint W``: the signed state of the log, for somebody else to keep."""

from __future__ import annotations

import argparse

from lianshu.cli.main import add_workspace
from lianshu.kernel.text import Text

HELP = Text("输出已签名的检查点，供他方留存", "print the signed checkpoint, for others to keep")


def declare(parser: argparse.ArgumentParser) -> None:
    """Workspace."""
    add_workspace(parser)


def run(args: argparse.Namespace) -> int:
    """Print the note and write it to the file ``checkpoint`` of the workspace."""
    from lianshu.app.workspace import open as open_workspace

    with open_workspace(args.workspace) as workspace:
        if workspace.head().note:
            workspace.publish_checkpoint()
        print(workspace.head().note, end="")
    return 0
