"""``python -m benchmarks [NAME...]``: measure and print; nothing but temporary files is written."""

from __future__ import annotations

import sys
from collections.abc import Callable

from benchmarks import capture, pages, posts, readings, verify, weight
from benchmarks.machine import facts

BENCHMARKS: dict[str, Callable[[], None]] = {
    "capture": capture.run,
    "posts": posts.run,
    "verify": verify.run,
    "weight": weight.run,
    "readings": readings.run,
    "pages": pages.run,
    "suite": weight.suite,
}


def main(names: list[str]) -> int:
    """Run the named benchmarks, or all of them."""
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        print(
            f"no benchmark {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}", file=sys.stderr
        )
        return 2
    print(facts())
    for name in names or BENCHMARKS:
        BENCHMARKS[name]()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
