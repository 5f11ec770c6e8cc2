#!/bin/sh
# Lock what the function needs, with hashes: the extras `serve` and `heif` without what only a shell or a server of its own runs.
# Called by `make lock`; by itself: lock.sh [PATH-OF-UV]
set -eu
cd "$(dirname "$0")/../.."
echo apig-wsgi | "${1:-uv}" pip compile pyproject.toml - --extra serve --extra heif --upgrade --generate-hashes --no-header --no-annotate --quiet \
  --python-version 3.13 --python-platform x86_64-manylinux_2_28 --output-file deploy/aws/requirements.txt \
  --no-emit-package granian --no-emit-package typer --no-emit-package rich --no-emit-package platformdirs \
  --no-emit-package pygments --no-emit-package markdown-it-py --no-emit-package mdurl --no-emit-package shellingham \
  --no-emit-package annotated-doc
