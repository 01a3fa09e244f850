"""``lianshu template PATH``: an empty chain package to fill in."""

from __future__ import annotations

import argparse
from pathlib import Path

from lianshu.cli.language import say
from lianshu.kernel.text import Text

HELP = Text(
    "写出空白链数据包模板（.xlsx 或文件夹）", "write an empty chain package (.xlsx or folder)"
)


def declare(parser: argparse.ArgumentParser) -> None:
    """Where to write it."""
    parser.add_argument("path", type=Path, metavar="PATH",
                        help=say(".xlsx 文件或文件夹", ".xlsx file or folder"))  # fmt: skip


def run(args: argparse.Namespace) -> int:
    """Write it."""
    from lianshu.exchange.package.workbook import write_template

    write_template(args.path)
    print(args.path)
    return 0
