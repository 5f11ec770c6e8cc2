#!/bin/sh
# Everything about this target that can be checked without AWS, each with the seconds that it takes.
# Needs python3.13 (or its path in PYTHON), the virtual environment of `make` and the built page; the rest is put into out/aws.
# A script named in GATEWAY is asked as the local gateway instead of benchmarks/aws/gateway.py.
set -eu
cd "$(dirname "$0")/../.."
client=out/aws/client
export AWS_DEFAULT_REGION=eu-central-1

. deploy/step.sh
. deploy/aws/tools.sh
client() {
  "$python" -m pip install --quiet --upgrade --target $client awslambdaric==4.2.2
}
emulated() {
  emulator=$(ls $tools/lib/python*/site-packages/samcli/local/rapid/aws-lambda-rie-x86_64)
  chmod +x "$emulator"
  .venv/bin/python -m benchmarks.aws.emulator --emulator "$emulator" --python "$python" --client $client \
    ${GATEWAY:+--gateway "$GATEWAY"}
}
step 'the tools' tools
step "Lambda's runtime client" client
step 'the zip' "$python" deploy/aws/build.py
step 'cfn-lint' $tools/bin/cfn-lint deploy/aws/template.yaml
step 'sam validate' $tools/bin/sam validate --lint --template deploy/aws/template.yaml
step 'a rehearsal on moto' $tools/bin/python deploy/aws/rehearse.py
step 'the emulator' emulated
