#!/usr/bin/env bash
# Resolve pyproject.toml and package.json into pins with hashes and without index addresses.
# Keeps what is pinned unless it no longer fits; `tools/lock.sh --upgrade` takes the newest.
set -euo pipefail
cd "$(dirname "$0")/.."

.venv/bin/python -m pip install --quiet --require-hashes -r requirements/lock.txt
compile() {
    .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-emit-find-links --no-annotate --no-header "$@" >/dev/null
}
compile "$@" pyproject.toml --extra analytics --extra postgres --extra site --extra build -o requirements/run.txt
compile "$@" pyproject.toml --all-extras -c requirements/run.txt -o requirements/all.txt
compile "$@" requirements/node.in -o requirements/node.txt
compile "$@" requirements/lock.in -o requirements/lock.txt
npm install --package-lock-only --silent
if grep -nE '://' requirements/*.txt || grep -n '"resolved"' package-lock.json; then
    echo "a lock file names an address (above)" >&2
    exit 1
fi
