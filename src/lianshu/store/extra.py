"""Extras: engines that are installed only where somebody wants them."""

from __future__ import annotations

from lianshu.kernel.refusal import Refusal, Refused
from lianshu.kernel.text import Text


def missing_extra(package: str, extra: str) -> Refused:
    """What to raise instead of ``ImportError`` where a package of an extra is not installed.

    >>> print(missing_extra("duckdb", "analytics"))
    store: the package duckdb is not installed; run pip install 'lianshu[analytics]'
    """
    command = f"pip install 'lianshu[{extra}]'"
    return Refused(
        Refusal(
            "store",
            Text(f"没有安装软件包 {package}", f"the package {package} is not installed"),
            Text(f"运行 {command}", f"run {command}"),
            code="extra",
        )
    )
