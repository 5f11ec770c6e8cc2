#!/bin/sh
# Lock anew, with hashes, what the image installs, what its wheel is built with, and what AWS runs: lock.sh PATH-OF-UV
set -eu
cd "$(dirname "$0")/../.."
uv=$1
lock() {
  "$uv" pip compile "$@" --upgrade --universal --python-version 3.11 --generate-hashes --no-header --quiet
}
lock pyproject.toml --extra serve --output-file requirements/runtime.txt
sed -n 's/^requires = \["\(.*\)"\]$/\1/p' pyproject.toml | lock - --output-file requirements/build.txt
deploy/aws/lock.sh "$uv"
