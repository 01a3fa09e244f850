"""``lianshu init W``: a new workspace with its signing key."""

from __future__ import annotations

import argparse

from lianshu.cli.language import say
from lianshu.cli.main import add_workspace
from lianshu.kernel.text import Text

HELP = Text("新建工作区及其签名密钥", "create a workspace and its signing key")


def declare(parser: argparse.ArgumentParser) -> None:
    """The folder."""
    add_workspace(parser)


def run(args: argparse.Namespace) -> int:
    """Create it and say where its public key is."""
    from lianshu.app.workspace import init

    with init(args.workspace) as workspace:
        print(say(f"已建立工作区 {workspace.path}", f"created workspace {workspace.path}"))
        print(say(f"公钥 {workspace.key.vkey}", f"public key {workspace.key.vkey}"))
    return 0
