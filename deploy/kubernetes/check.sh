#!/bin/sh
# Build the base as kustomize does, and hold every resource to the schemas of the oldest and the newest Kubernetes meant.
# Needs kubectl and the virtual environment of `make`; the schemas go into out/kubernetes.
set -eu
cd "$(dirname "$0")/../.."
tools=out/kubernetes/tools start=$(date +%s)
[ -x $tools/bin/python ] || .venv/bin/python -m venv $tools
$tools/bin/pip install --quiet --disable-pip-version-check --requirement deploy/kubernetes/requirements-check.txt
kubectl kustomize deploy/kubernetes/base >out/kubernetes/base.yaml
for version in 1.31 1.37; do
  $tools/bin/kubernetes-validate --strict --kubernetes-version $version --quiet out/kubernetes/base.yaml
  echo "ok   Kubernetes $version: $(grep -c '^kind:' out/kubernetes/base.yaml) resources, $(($(date +%s) - start)) s"
done
