"""The named checks: each file of this package declares one; adding a check is adding a file."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from lianshu.flow.check import Check, declared


@cache
def _load() -> None:
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")


def checks() -> dict[str, Check]:
    """Every check by name.

    >>> checks()["negative_on_hand"].severity
    'error'
    """
    _load()
    return declared()
