"""``lianshu restore FILE W``: bring a workspace back and verify it."""

from __future__ import annotations

import argparse
from pathlib import Path

from lianshu.cli.language import language, say
from lianshu.cli.main import EXIT_NEGATIVE
from lianshu.kernel.text import Text

HELP = Text("由备份恢复到新文件夹并校核", "restore a backup to a new folder and verify it")


def declare(parser: argparse.ArgumentParser) -> None:
    """Archive and folder."""
    parser.add_argument("archive", type=Path, metavar="FILE", help=say("归档文件", "archive"))
    parser.add_argument("workspace", type=Path, metavar="W", help=say("新文件夹", "new folder"))


def run(args: argparse.Namespace) -> int:
    """Restore; 1 if the restored log does not verify."""
    from lianshu.app.keeping import restore

    result = restore(args.archive, args.workspace)
    for finding in result.findings:
        print(say("无效：", "invalid: ") + finding.text.in_language(language()))
    if result.valid:
        print(say(f"已恢复并校核 {result.size} 条", f"restored and verified {result.size} entries"))
        print(result.root.hex())
    return 0 if result.valid else EXIT_NEGATIVE
