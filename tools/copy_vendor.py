"""Copy the few front-end files that the site serves from node_modules into its static folder.

Whole packages hold thousands of files (92 MB, and minutes of static-file work); the pages need these.
Standard library only: it runs before anything is installed.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "src" / "lianshu" / "site" / "static" / "vendor"

# Path below node_modules -> path below the vendor folder.
FILES = {
    "@tabler/core/dist/css/tabler.min.css": "tabler/tabler.min.css",
}


def copy_vendor(modules: Path, target: Path) -> list[Path]:
    """Copy every file of ``FILES`` from ``modules`` to ``target``; return the paths written.

    Raises ``FileNotFoundError`` that names every file that ``modules`` lacks, before copying any.
    A file in ``target`` that the list no longer names is removed with its folder.
    """
    absent = [name for name in FILES if not (modules / name).is_file()]
    if absent:
        raise FileNotFoundError(f"{modules} lacks {', '.join(absent)}: run `npm ci` again")
    if target.exists():
        shutil.rmtree(target)
    written = []
    for source, name in FILES.items():
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(modules / source, path)
        # A page never asks for a source map, and a reference to one that is absent breaks hashed names.
        if path.suffix in {".js", ".css"}:
            lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
            kept = [line for line in lines if "# sourceMappingURL=" not in line or len(line) > 200]
            path.write_text("".join(kept), encoding="utf-8")
        written.append(path)
    return written


def main() -> int:
    """Copy into the site's static folder and say how much."""
    try:
        written = copy_vendor(ROOT / "node_modules", TARGET)
    except FileNotFoundError as error:
        print(error, file=sys.stderr)
        return 1
    size = sum(path.stat().st_size for path in written)
    print(f"front end: {len(written)} files, {size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
