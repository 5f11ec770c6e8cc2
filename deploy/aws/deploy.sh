#!/bin/sh
# Build and deploy everything; again for a new version: deploy/aws/deploy.sh [STACK]
# Needs python3.13, sam (which brings boto3), node, and AWS credentials.
set -eu
cd "$(dirname "$0")/../.."
stack=${1:-inkdigits}
make web
${PYTHON:-python3.13} deploy/aws/build.py
sam deploy --template-file deploy/aws/template.yaml --stack-name "$stack" --capabilities CAPABILITY_IAM \
  --resolve-s3 --no-fail-on-empty-changeset
output() {
  sam list stack-outputs --stack-name "$stack" --output json |
    python3 -c 'import json, sys; print(*(o["OutputValue"] for o in json.load(sys.stdin) if o["OutputKey"] == sys.argv[1]))' "$1"
}
"$(dirname "$(command -v sam)")/python" deploy/aws/page.py "$(output Bucket)"
echo "inkdigits is at $(output Address)"
