"""``lianshu list``: what there is to run, to read and to name."""

from __future__ import annotations

import argparse
from typing import Any

from lianshu.cli.language import language, say
from lianshu.cli.main import add_format
from lianshu.cli.output import print_csv, print_json, print_table
from lianshu.kernel.text import Text

HELP = Text(
    "列出能力、动作、映射、检查或存储", "list capabilities, actions, mappings, checks or stores"
)
KINDS = ("capabilities", "actions", "mappings", "checks", "stores")


def declare(parser: argparse.ArgumentParser) -> None:
    """What to list."""
    parser.add_argument("kind", nargs="?", choices=KINDS, default="capabilities",
                        help=say("列出什么", "what to list"))  # fmt: skip
    add_format(parser)


def run(args: argparse.Namespace) -> int:
    """Print one row for each."""
    names, rows = {
        "capabilities": _capabilities,
        "actions": _actions,
        "mappings": _mappings,
        "checks": _checks,
        "stores": _stores,
    }[args.kind]()
    if args.format == "json":
        print_json([dict(zip(names, row, strict=True)) for row in rows])
    elif args.format == "csv":
        print_csv(names, rows)
    else:
        print_table(names, rows, most=len(rows))
    return 0


Listing = tuple[tuple[str, ...], list[tuple[Any, ...]]]


def _capabilities() -> Listing:
    from lianshu.capability.registry import capabilities

    rows = [
        (one.key, one.area, one.title.in_language(language()),
         ",".join(column.name for column in one.columns),
         ",".join(parameter.name for parameter in one.parameters))
        for one in capabilities().values()
    ]  # fmt: skip
    return ("key", "area", "title", "columns", "parameters"), rows


def _actions() -> Listing:
    from lianshu.flow.action import actions

    rows = [
        (one.name, one.title.in_language(language()), one.stream, one.onhand_from, one.onhand_to, one.source)
        for one in actions().values()
    ]  # fmt: skip
    return ("action", "title", "stream", "onhand_from", "onhand_to", "source"), rows


def _mappings() -> Listing:
    from lianshu.exchange.mapping.spec import map_names

    return ("mapping",), [(name,) for name in map_names()]


def _checks() -> Listing:
    from lianshu.flow.checks import checks

    rows = [
        (one.name, one.severity, one.title.in_language(language())) for one in checks().values()
    ]
    return ("check", "severity", "title"), rows


def _stores() -> Listing:
    from lianshu.app.mirroring import STORES

    return ("store",), [(name,) for name in STORES]
