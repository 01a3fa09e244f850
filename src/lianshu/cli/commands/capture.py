"""``lianshu capture W FILE...``: an answer for every line of every file."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

from lianshu.cli.language import language, say
from lianshu.cli.main import add_workspace
from lianshu.cli.output import print_json
from lianshu.cli.progress import Progress
from lianshu.kernel.refusal import Refused
from lianshu.kernel.text import Text

if TYPE_CHECKING:
    from lianshu.app.capturing import CaptureReport
    from lianshu.app.outcome_file import OutcomeFile
    from lianshu.app.workspace import Workspace

HELP = Text("采集文件：逐行给出结果", "capture files, with an outcome for every line")


def declare(parser: argparse.ArgumentParser) -> None:
    """Workspace, files, format, where outcomes go."""
    add_workspace(parser)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE",
                        help=say("文件或数据包文件夹", "file, or folder of a chain package"))  # fmt: skip
    parser.add_argument(
        "--format", default="auto", dest="input_format", metavar="FORMAT",
        help=say("auto、flows、package、entries、epcis 或 mapping:名称",
                 "auto, flows, package, entries, epcis or mapping:NAME"),
    )  # fmt: skip
    parser.add_argument("--outcomes", type=Path, metavar="OUT.csv",
                        help=say("写出 line,outcome,reason", "write line,outcome,reason"))  # fmt: skip
    parser.add_argument("--errors", type=Path, metavar="ERRORS.xlsx",
                        help=say("数据包有误时写出的错误工作簿",
                                 "error workbook, written when a package has errors"))  # fmt: skip
    parser.add_argument("--report", type=Path, metavar="REPORT.json",
                        help=say("写出映射的导入报告", "write the import report of a mapping"))  # fmt: skip
    parser.add_argument("--encoding", default="utf-8",
                        help=say("flows CSV 的编码", "encoding of a flows CSV"))  # fmt: skip


def run(args: argparse.Namespace) -> int:
    """Capture each file in turn; 0 when every line was answered."""
    from lianshu.app.outcome_file import OutcomeFile
    from lianshu.app.workspace import open as open_workspace

    folder, files = args.workspace, args.files
    default = os.environ.get("LIANSHU_WORKSPACE")
    if default and not (folder / "workspace.json").exists():
        folder, files = Path(default), [folder, *files]  # W was left out
    status = 0
    with open_workspace(folder) as workspace, OutcomeFile(args.outcomes, language()) as outcomes:
        for path in files:
            status = max(status, _capture_one(workspace, path, args, outcomes))
    return status


def _capture_one(
    workspace: Workspace, path: Path, args: argparse.Namespace, outcomes: OutcomeFile
) -> int:
    from lianshu.app.capturing import capture

    try:
        with Progress(path.name) as progress:
            report = capture(
                workspace, path, args.input_format, on_outcome=outcomes.add,
                on_progress=progress.at, encoding=args.encoding,
            )  # fmt: skip
    except Refused:
        _write_errors(workspace, path, args.errors)
        raise
    outcomes.flush()
    _print_report(path, report)
    if args.report and report.mapping:
        import json

        text = json.dumps(report.mapping.as_data(language()), ensure_ascii=False, indent=1)
        args.report.write_text(text + "\n", encoding="utf-8")
    return 0


def _print_report(path: Path, report: CaptureReport) -> None:
    print_json({"file": path.name, **report.summary()})
    for refusal in report.refusals:
        print(f"  {refusal.sentence(language())}")
    if report.mapping:
        from lianshu.cli.output import print_table

        print_table(*report.mapping.table())


def _write_errors(workspace: Workspace, path: Path, errors: Path | None) -> None:
    """The package again with every bad cell marked, for its owner to correct."""
    from lianshu.exchange.package.check import check_package
    from lianshu.exchange.package.workbook import error_workbook

    if errors is not None:
        error_workbook(errors, check_package(path, workspace.knows))
        print(say(f"错误工作簿：{errors}", f"error workbook: {errors}"))
