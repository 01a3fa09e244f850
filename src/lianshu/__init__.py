"""Lianshu 链枢: one record of what happens in a supply chain, and everything that is read from it.

>>> import lianshu
>>> lianshu.__version__.count(".")
2
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lianshu.app.workspace import open as open

__version__ = "0.1.0"
__all__ = ["__version__", "open"]

# Name -> module that has it. Loaded at first use, so that `import lianshu` stays light, and by name,
# so that a module of a lower layer that imports this package does not thereby import a higher one.
_LAZY = {"open": "lianshu.app.workspace"}


if not TYPE_CHECKING:  # a type checker sees the import above, so that it finds a misspelt name

    def __getattr__(name: str) -> object:
        if name not in _LAZY:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        globals()[name] = getattr(import_module(_LAZY[name]), name)
        return globals()[name]


def __dir__() -> list[str]:
    return sorted(__all__)
