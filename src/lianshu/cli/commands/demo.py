"""``lianshu demo``: a workspace with the bundled real chain, read and served."""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import TYPE_CHECKING

from lianshu.cli.commands.serve import PORT, serve
from lianshu.cli.language import language, say
from lianshu.cli.output import print_table
from lianshu.cli.progress import Progress
from lianshu.kernel.refusal import Refusal, Refused
from lianshu.kernel.text import Text

if TYPE_CHECKING:
    from lianshu.app.workspace import Workspace

HELP = Text(
    "演示：采集随附的真实供应链并打开网站",
    "demonstration: capture the bundled real chain and serve it",
)
CHAIN = Path("examples/scms/scms_2006_2013H1.csv.xz")
MAPPING = "mapping:scms"
MOST = 5


def declare(parser: argparse.ArgumentParser) -> None:
    """Folder and whether to serve."""
    parser.add_argument("--dir", type=Path, default=Path("demo-workspace"), metavar="W",
                        help=say("工作区文件夹", "workspace folder"))  # fmt: skip
    parser.add_argument("--no-serve", action="store_true",
                        help=say("打印摘要后停止", "stop after the summary"))  # fmt: skip
    parser.add_argument("--host", default="127.0.0.1", help=say("地址", "address"))
    parser.add_argument("--port", type=int, default=PORT, help=say("端口", "port"))


def run(args: argparse.Namespace) -> int:
    """Set up, capture, read, summarise, serve."""
    start = time.monotonic()
    with _open(args.dir) as workspace:
        _capture(workspace)
        _summarise(workspace)
    print(say(f"用时 {time.monotonic() - start:.1f} 秒", f"took {time.monotonic() - start:.1f} s"))
    from lianshu.site.start import prepare_site

    prepare_site(args.dir, demo=True)
    if not args.no_serve:
        serve(args.dir, host=args.host, port=args.port, demo=True)
    return 0


def _open(folder: Path) -> Workspace:
    from lianshu.app.workspace import init
    from lianshu.app.workspace import open as open_workspace

    if (folder / "workspace.json").exists():
        return open_workspace(folder)
    return init(folder)


def bundled_chain() -> Path:
    """The bundled SCMS export: beside the source tree; refused where there is no source tree."""
    import lianshu

    path = Path(lianshu.__file__).parents[2] / CHAIN
    if not path.exists():
        raise Refused(Refusal(str(CHAIN), Text("找不到随附数据", "the bundled data is not here"),
                              Text("在源码目录中运行 make demo", "run make demo in the source tree")))  # fmt: skip
    return path


def _capture(workspace: Workspace) -> None:
    """Capture the chain; a second run answers ``exists`` to every line."""
    from lianshu.app.capturing import capture

    with Progress(say("采集 SCMS", "capture SCMS"), 7_498) as progress:
        report = capture(workspace, bundled_chain(), MAPPING, on_progress=progress.at)
    counts = " ".join(f"{name} {count}" for name, count in report.summary().items())
    print(say(f"采集：{counts}", f"captured: {counts}"))
    mapping = report.mapping
    assert mapping is not None
    resolved = sum(column.resolved for column in mapping.columns.values())
    tokens = sum(column.tokens.total() for column in mapping.columns.values())
    print(say(
        f"导入报告：{mapping.lines} 行，{resolved} 处引用已解析，{tokens} 处已知的非数值，"
        f"{mapping.not_understood} 处未能理解",
        f"import report: {mapping.lines} lines, {resolved} references resolved, {tokens} known "
        f"non-values, {mapping.not_understood} not understood",
    ))  # fmt: skip


def _summarise(workspace: Workspace) -> None:
    """One screen: every reading with its size, then the numbers that a planner asks for first."""
    from lianshu.app.verifying import verify
    from lianshu.capability.registry import capabilities

    rows = []
    for key, capability in capabilities().items():
        start = time.perf_counter()
        table = workspace.run(key)
        took_ms = (time.perf_counter() - start) * 1000
        rows.append(
            (key, capability.title.in_language(language()), len(table.rows), f"{took_ms:.0f}")
        )
    print_table((say("能力", "reading"), say("名称", "title"), say("行", "rows"), "ms"), rows)
    ((_, due, on_time, rate),) = workspace.run("on_time_rate", by="all").rows
    ((_, orders, *_, perfect, share),) = workspace.run("perfect_order", by="all").rows
    print(say(f"及时交付率 {rate:.1%}（{on_time}/{due} 行） 完美订单率 {share:.1%}（{perfect}/{orders} 单）",
              f"on-time {rate:.1%} ({on_time}/{due} lines)  perfect orders {share:.1%} ({perfect}/{orders})"))  # fmt: skip
    names: dict[str, str] = dict(workspace.store.query("SELECT id, name FROM party_row"))
    late = sorted(workspace.run("late_orders").dicts(), key=lambda row: -row["late_value"])[:MOST]
    print_table(
        (say("迟延订单", "late order"), say("供应商", "supplier"), say("天", "days"), say("金额", "value")),
        [(r["order"], names.get(r["supplier"], r["supplier"]), f"{r['days_late']:.0f}", f"{r['late_value']:,.0f} {r['currency']}") for r in late],
    )  # fmt: skip
    result = verify(workspace)
    assert result.valid, result.findings
    print(say(f"已校核 {result.size} 条，树根 {result.root.hex()[:16]}…",
              f"verified {result.size} entries, root {result.root.hex()[:16]}…"))  # fmt: skip
