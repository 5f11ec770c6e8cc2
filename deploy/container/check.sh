#!/bin/sh
# Lint, build and run the images, each with the seconds that it takes.
# Needs Docker with compose (or CONTAINERS=podman and podman-compose), Node, and the virtual environment of `make`.
set -eu
cd "$(dirname "$0")/../.."
containers=${CONTAINERS:-docker}
tools=out/container/tools
case $containers in
  podman) compose=podman-compose ;;
  *) compose="$containers compose" ;;
esac

. deploy/step.sh
tools() {
  [ -x $tools/bin/python ] || .venv/bin/python -m venv $tools
  $tools/bin/pip install --quiet --disable-pip-version-check --requirement deploy/container/requirements-check.txt
}
step 'the tools' tools
step 'hadolint' $tools/bin/hadolint Dockerfile deploy/container/train.Dockerfile
step 'dclint' npx --yes dclint@3.1.0 compose.yaml
step 'the image' .venv/bin/python -m benchmarks.container --tool "$containers"
step 'compose' .venv/bin/python -m benchmarks.compose --tool "$compose"
