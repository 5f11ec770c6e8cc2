#!/bin/sh
# Build and deploy everything; again for a new version: deploy/aws/deploy.sh [STACK [OPTION OF SAM DEPLOY...]]
# Needs python3.13 (or its path in PYTHON), node, and AWS credentials; sam and boto3 are put into out/aws.
set -eu
cd "$(dirname "$0")/../.."
stack=${1:-inkdigits}
[ $# -eq 0 ] || shift
. deploy/aws/tools.sh
tools
make web
"$python" deploy/aws/build.py
$tools/bin/sam deploy --template-file deploy/aws/template.yaml --stack-name "$stack" --capabilities CAPABILITY_IAM \
  --resolve-s3 --no-fail-on-empty-changeset "$@"
output() {
  $tools/bin/sam list stack-outputs --stack-name "$stack" --output json |
    $tools/bin/python -c 'import json, sys; print(*(o["OutputValue"] for o in json.load(sys.stdin) if o["OutputKey"] == sys.argv[1]))' "$1"
}
$tools/bin/python deploy/aws/page.py "$(output Bucket)"
echo "inkdigits is at $(output Address)"
