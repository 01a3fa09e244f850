"""``lianshu prove W SEQ``: a file by which anybody can check one entry offline."""

from __future__ import annotations

import argparse
from pathlib import Path

from lianshu.cli.language import say
from lianshu.cli.main import add_workspace
from lianshu.kernel.text import Text

HELP = Text("为一个条目写出可离线验证的证明", "write a proof of an entry that verifies offline")


def declare(parser: argparse.ArgumentParser) -> None:
    """Workspace, entry number, file."""
    add_workspace(parser)
    parser.add_argument("seq", type=int, metavar="SEQ", help=say("条目序号", "entry number"))
    parser.add_argument("--checkpoint", type=Path, metavar="FILE",
                        help=say("对方留存的检查点：并证明日志仍以它开头",
                                 "a checkpoint that the reader kept: prove that the log still begins with it"))  # fmt: skip
    parser.add_argument("--out", type=Path, metavar="PROOF",
                        help=say("证明文件（缺省 proof-SEQ.json）", "proof file (default proof-SEQ.json)"))  # fmt: skip


def run(args: argparse.Namespace) -> int:
    """Write the proof and say how to check it."""
    from lianshu.app.proving import prove
    from lianshu.app.workspace import open as open_workspace

    kept = args.checkpoint.read_text(encoding="utf-8") if args.checkpoint else ""
    with open_workspace(args.workspace) as workspace:
        text = prove(workspace, args.seq, kept=kept)
    path = args.out or Path(f"proof-{args.seq}.json")
    path.write_text(text, encoding="utf-8")
    print(path)
    print(
        say(
            f"验证：python -m lianshu.record.check {path}",
            f"check it: python -m lianshu.record.check {path}",
        )
    )
    return 0
