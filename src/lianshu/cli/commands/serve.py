"""``lianshu serve W``: the site and the interface, in one process."""

from __future__ import annotations

import argparse
import logging
import sys
from pathlib import Path

from lianshu.cli.language import say
from lianshu.cli.main import add_workspace
from lianshu.kernel.text import Text

HELP = Text("启动网站与接口", "serve the site and the interface")
PORT = 8000
THREADS = 8


def declare(parser: argparse.ArgumentParser) -> None:
    """Workspace and address."""
    add_workspace(parser)
    parser.add_argument("--host", default="127.0.0.1", help=say("地址", "address"))
    parser.add_argument("--port", type=int, default=PORT, help=say("端口", "port"))
    parser.add_argument("--demo", action="store_true",
                        help=say("带演示账号", "with demonstration accounts"))  # fmt: skip


def run(args: argparse.Namespace) -> int:
    """Serve until stopped."""
    serve(args.workspace, host=args.host, port=args.port, demo=args.demo)
    return 0


def serve(workspace: Path, *, host: str, port: int, demo: bool) -> None:
    """Serve a workspace; one process, so that one writer groups all commits."""
    from lianshu.app.workspace import open as open_workspace

    open_workspace(workspace).close()  # a clear refusal before anything starts
    import waitress

    from lianshu.site.start import prepare_site

    prepare_site(workspace, demo=demo)
    from lianshu.site.warming import start_warming
    from lianshu.site.wsgi import application

    start_warming()
    # A request that waits for a thread is ordinary, not a warning on somebody's terminal.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    server = waitress.create_server(application, host=host, port=port, threads=THREADS)
    print(
        say(
            f"网站 http://{host}:{port}（Ctrl+C 停止）",
            f"site http://{host}:{port} (Ctrl+C stops it)",
        )
    )
    sys.stdout.flush()
    server.run()
