"""``lianshu``: the command line. Each command is one module of ``commands``."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from lianshu import __version__
from lianshu.cli.language import language, say
from lianshu.kernel.refusal import Refused

COMMANDS = (
    "init", "capture", "list", "run", "check", "verify", "rebuild", "checkpoint", "prove", "serve",
    "account", "token", "demo", "template", "backup", "restore",
)  # fmt: skip
EXIT_NEGATIVE, EXIT_REFUSED = 1, 2


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; 0 done, 1 a negative answer (not valid), 2 refused with a reason."""
    parser = build_parser()
    args = parser.parse_args(argv)
    if not getattr(args, "command", ""):
        parser.print_help()
        return EXIT_REFUSED
    command = importlib.import_module(f"lianshu.cli.commands.{args.command}")
    try:
        return int(command.run(args))
    except Refused as refused:
        for refusal in refused.refusals:
            print(f"lianshu: {refusal.sentence(language())}", file=sys.stderr)
        return EXIT_REFUSED
    except BrokenPipeError:  # the reader of our output, such as head, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:  # a file of the user's that cannot be read or written
        if error.filename is None:
            raise
        print(f"lianshu: {error.filename}: {error.strerror}", file=sys.stderr)
        return EXIT_REFUSED
    except KeyboardInterrupt:
        print(
            say("\n已停止；已确认的条目都在。", "\nStopped; what was acknowledged is kept."),
            file=sys.stderr,
        )
        return 130


def build_parser() -> argparse.ArgumentParser:
    """The parser of every command, in the language of the locale."""
    parser = argparse.ArgumentParser(
        prog="lianshu",
        description=say(
            "链枢：一份供应链记录，以及从中读出的一切。",
            "Lianshu: one supply-chain record, and everything that is read from it.",
        ),
        epilog=say(
            "环境变量：LIANSHU_WORKSPACE 工作区文件夹；LIANSHU_DSN 把记录放在 PostgreSQL；"
            "LIANSHU_LANGUAGE zh 或 en。退出码：0 完成，1 否定的答案，2 被拒绝。",
            "Environment: LIANSHU_WORKSPACE, the workspace folder; LIANSHU_DSN, keep the record in "
            "PostgreSQL; LIANSHU_LANGUAGE, zh or en. Exit: 0 done, 1 a negative answer, 2 refused.",
        ),
    )
    parser.add_argument("--version", action="version", version=f"lianshu {__version__}")
    commands = parser.add_subparsers(dest="command", metavar=say("命令", "COMMAND"))
    for name in COMMANDS:
        command = importlib.import_module(f"lianshu.cli.commands.{name}")
        text = command.HELP.in_language(language())
        command.declare(commands.add_parser(name, help=text, description=text))
    return parser


def add_workspace(parser: argparse.ArgumentParser) -> None:
    """The workspace folder as first argument, or LIANSHU_WORKSPACE."""
    default = os.environ.get("LIANSHU_WORKSPACE")
    parser.add_argument(
        "workspace",
        type=Path,
        nargs="?" if default else None,
        default=default and Path(default),
        metavar="W",
        help=say("工作区文件夹（或 LIANSHU_WORKSPACE）", "workspace folder (or LIANSHU_WORKSPACE)"),
    )


def add_format(parser: argparse.ArgumentParser) -> None:
    """How to print: for people or for programs."""
    parser.add_argument(
        "--format", choices=("table", "json", "csv"), default="table",
        help=say("输出格式", "output format"),
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
