#!/bin/sh
# Everything about this target that can be checked without AWS, each with the seconds that it takes.
# Needs python3.13 (or its path in PYTHON), the virtual environment of `make` and the built page; the rest is put into out/aws.
# A script named in GATEWAY is asked as the local gateway instead of benchmarks/aws/gateway.py.
set -eu
cd "$(dirname "$0")/../.."
# The .python-version at the root hides other versions from those who use pyenv.
python=${PYTHON:-$(PYENV_VERSION=3.13 pyenv which python3.13 2>/dev/null || echo python3.13)}
tools=out/aws/tools client=out/aws/client
export SAM_CLI_TELEMETRY=0 AWS_DEFAULT_REGION=eu-central-1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore

. deploy/step.sh
tools() {
  [ -x $tools/bin/python ] || "$python" -m venv $tools
  $tools/bin/pip install --quiet --requirement deploy/aws/requirements-check.txt
  "$python" -m pip install --quiet --upgrade --target $client awslambdaric==4.2.2
}
emulated() {
  emulator=$(ls $tools/lib/python*/site-packages/samcli/local/rapid/aws-lambda-rie-x86_64)
  chmod +x "$emulator"
  .venv/bin/python -m benchmarks.aws.emulator --emulator "$emulator" --python "$python" --client $client \
    ${GATEWAY:+--gateway "$GATEWAY"}
}
step 'the tools' tools
step 'the zip' "$python" deploy/aws/build.py
step 'cfn-lint' $tools/bin/cfn-lint deploy/aws/template.yaml
step 'sam validate' $tools/bin/sam validate --lint --template deploy/aws/template.yaml
step 'a rehearsal on moto' $tools/bin/python deploy/aws/rehearse.py
step 'the emulator' emulated
