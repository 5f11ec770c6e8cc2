#!/bin/sh
# Says what is missing for `make`: needs.sh PYTHON
set -u
python=$1
missing=0
nodes="20.19 and newer of 20, 22.13 and newer of 22, or from 24 on"

lacks() {
  echo "inkdigits needs $1. $2" >&2
  missing=1
}

if ! command -v "$python" >/dev/null; then
  lacks "Python 3.11 or newer, but there is no '$python'" "Install Python, or run make PYTHON=/path/to/python3."
elif ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
  lacks "Python 3.11 or newer; '$python' is $("$python" -V 2>&1)" "Install a newer one, or run make PYTHON=/path/to/python3."
elif ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
  lacks "Python's venv module" "On Debian and Ubuntu: apt install python3-venv."
fi

if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
  lacks "Node.js ($nodes) with npm, but there is none" "Install it from https://nodejs.org or your system's packages."
elif ! node -e 'const [major, minor] = process.versions.node.split(".").map(Number); process.exit(major >= 24 || (major === 22 && minor >= 13) || (major === 20 && minor >= 19) ? 0 : 1)'; then
  lacks "Node.js ($nodes); this is $(node -v)" "Install another from https://nodejs.org."
fi

exit "$missing"
