#!/usr/bin/env bash
# Make .venv with Python 3.11; say what to install where it cannot be made. $1: an interpreter to use (optional).
set -euo pipefail
cd "$(dirname "$0")/.."

is_311() { "$1" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null; }

python=""
for candidate in ${1:+"$1"} python3.11 python3 /usr/bin/python3.11; do
    if is_311 "$candidate"; then python=$candidate; break; fi
done
if [ -z "$python" ]; then
    echo "Lianshu needs Python 3.11. On Debian 12: apt-get install python3.11 python3.11-venv" >&2
    echo "Elsewhere: make PYTHON=/path/to/python3.11 setup" >&2
    exit 1
fi
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    echo "$python cannot make virtual environments. On Debian 12: apt-get install python3.11-venv" >&2
    exit 1
fi
rm -rf .venv
"$python" -m venv .venv
