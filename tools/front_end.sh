#!/usr/bin/env bash
# Install the front-end packages of package-lock.json and copy the files that the site serves.
# Uses the machine's Node.js when it is 20 or newer, else the one that a pinned package puts into .venv.
set -euo pipefail
cd "$(dirname "$0")/.."

node_major() { node --version 2>/dev/null | sed -E 's/^v([0-9]+).*/\1/'; }

export PATH="$PATH:$PWD/.venv/bin"
major=$(node_major || true)
if [ "${major:-0}" -lt 20 ] || ! command -v npm >/dev/null; then
    echo "front end: no Node.js 20 with npm on this machine; taking the pinned one into .venv"
    .venv/bin/python -m pip install --quiet --require-hashes -r requirements/node.txt
    export PATH="$PWD/.venv/bin:$PATH"
fi
npm ci --silent
.venv/bin/python tools/copy_vendor.py
