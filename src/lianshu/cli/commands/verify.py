"""``lianshu verify W``: recompute the whole log; 0 and the root, or 1 and the first bad entry."""

from __future__ import annotations

import argparse
from pathlib import Path

from lianshu.cli.language import language, say
from lianshu.cli.main import EXIT_NEGATIVE, add_format, add_workspace
from lianshu.cli.output import print_json
from lianshu.cli.progress import Progress
from lianshu.kernel.text import Text

HELP = Text("校核整份记录", "verify the whole record")


def declare(parser: argparse.ArgumentParser) -> None:
    """Workspace, checkpoints kept elsewhere, depth."""
    add_workspace(parser)
    parser.add_argument("--checkpoint", type=Path, action="append", default=[], metavar="FILE",
                        help=say("另存于他处的检查点", "a checkpoint that was kept elsewhere"))  # fmt: skip
    parser.add_argument("--meaning", action="store_true",
                        help=say("并由内容重算每条摘要", "recompute each digest from its content as well"))  # fmt: skip
    add_format(parser)


def run(args: argparse.Namespace) -> int:
    """Verify and say so."""
    from lianshu.app.verifying import verify
    from lianshu.app.workspace import open as open_workspace

    kept = [path.read_text(encoding="utf-8") for path in args.checkpoint]
    with (
        open_workspace(args.workspace) as workspace,
        Progress(say("校核", "verify")) as progress,
    ):
        result = verify(workspace, kept=kept, meaning=args.meaning, on_progress=progress.at)
    if args.format == "json":
        print_json({
            "valid": result.valid, "size": result.size, "root": result.root.hex(),
            "checkpoints": result.checkpoints,
            "findings": [{"seq": f.seq, "text": f.text.in_language(language())} for f in result.findings],
        })  # fmt: skip
        return 0 if result.valid else EXIT_NEGATIVE
    if result.valid:
        print(say(f"有效：{result.size} 条，{result.checkpoints} 个检查点",
                  f"valid: {result.size} entries, {result.checkpoints} checkpoints"))  # fmt: skip
        print(result.root.hex())
        return 0
    for finding in result.findings:
        print(say(f"无效，第 {finding.seq} 条：", f"invalid, entry {finding.seq}: ")
              + finding.text.in_language(language()))  # fmt: skip
    return EXIT_NEGATIVE
