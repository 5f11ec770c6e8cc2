"""Deploy to moto, which plays AWS, what it can play: CloudFormation's part of the stack, the page, the API.

Needs moto[server], boto3 and aws-sam-translator, and the built zip and page: see check.sh.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import boto3
from moto.server import ThreadedMotoServer
from samtranslator.public.translator import ManagedPolicyLoader
from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

HERE = Path(__file__).resolve().parent
ZIP = HERE.parents[1] / "out" / "aws" / "function.zip"
STACK, CODE = "inkdigits", "code"
#: What moto makes of a template; CloudFront and the HTTP API it plays for direct calls only.
PLAYED = ("AWS::Lambda::Function", "AWS::IAM::Role", "AWS::Logs::LogGroup", "AWS::S3::Bucket")
FAKE = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_DEFAULT_REGION": "eu-central-1"}


def main() -> None:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    os.environ |= FAKE | {"AWS_ENDPOINT_URL": f"http://{host}:{port}"}
    try:
        template = translated()
        made = stack(template)
        check_function(made["Function"])
        check_role(made["Role"])
        check_logs(made["FunctionLogs"], made["ApiLogs"])
        check_page(made["Page"])
        check_api(template)
    finally:
        server.stop()


def translated() -> dict[str, Any]:
    """template.yaml as CloudFormation itself has it, with the zip in a bucket."""
    boto3.client("s3").create_bucket(
        Bucket=CODE, CreateBucketConfiguration={"LocationConstraint": FAKE["AWS_DEFAULT_REGION"]}
    )
    boto3.client("s3").upload_file(str(ZIP), CODE, ZIP.name)
    template = yaml_parse((HERE / "template.yaml").read_text("utf-8"))
    template["Resources"]["Function"]["Properties"]["CodeUri"] = f"s3://{CODE}/{ZIP.name}"
    plain: dict[str, Any] = transform(template, {}, ManagedPolicyLoader(boto3.client("iam")))
    return plain


def stack(template: dict[str, Any]) -> dict[str, str]:
    """Names of the resources that a stack of the played ones has."""
    resources = {name: one for name, one in template["Resources"].items() if one["Type"] in PLAYED}
    cloud = boto3.client("cloudformation")
    body = json.dumps({"Parameters": template["Parameters"], "Resources": resources})
    cloud.create_stack(StackName=STACK, TemplateBody=body, Capabilities=["CAPABILITY_IAM"])
    listed = cloud.describe_stack_resources(StackName=STACK)["StackResources"]
    made = {one["LogicalResourceId"]: one["PhysicalResourceId"] for one in listed}
    say("the stack", made.keys() == resources.keys())
    return made


def check_function(name: str) -> None:
    client = boto3.client("lambda")
    given = client.get_function_configuration(FunctionName=name)
    say(
        "the function's Python and handler",
        (given["Runtime"], given["Handler"]) == ("python3.13", "handler.handler"),
    )
    say("the function's zip", given["CodeSize"] == ZIP.stat().st_size)
    say("the function's settings", given["Environment"]["Variables"]["INKDIGITS_MAX_BYTES"] == "4000000")


def check_role(name: str) -> None:
    client = boto3.client("iam")
    # moto keeps the document as a text of its own.
    policy = str(client.get_role_policy(RoleName=name, PolicyName="log")["PolicyDocument"])
    say("the role writes one log", f"log-group:/aws/lambda/{STACK}" in policy and policy.count("Effect") == 1)
    say(
        "the role has nothing else", not client.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
    )


def check_logs(*names: str) -> None:
    groups = boto3.client("logs").describe_log_groups()["logGroups"]
    days = {group["logGroupName"]: group.get("retentionInDays") for group in groups}
    say("the logs are kept for 30 days", all(days.get(name) == 30 for name in names))


def check_page(bucket: str) -> None:
    client = boto3.client("s3")
    subprocess.run([sys.executable, HERE / "page.py", bucket], check=True, stdout=subprocess.DEVNULL)
    index = client.head_object(Bucket=bucket, Key="index.html")
    say("the page's index", (index["ContentType"], index["CacheControl"]) == ("text/html", "no-cache"))
    keys = [one["Key"] for one in client.list_objects_v2(Bucket=bucket)["Contents"]]
    (wasm,) = (key for key in keys if key.endswith(".wasm"))
    head = client.head_object(Bucket=bucket, Key=wasm)
    say("what runs the models", (head["ContentType"], head["ContentEncoding"]) == ("application/wasm", "br"))


def check_api(template: dict[str, Any]) -> None:
    """The HTTP API as SAM makes it: every address and method to the function, within bounds."""
    one_of = {one["Type"]: one["Properties"] for one in template["Resources"].values()}
    say("the API's routes", list(one_of["AWS::ApiGatewayV2::Api"]["Body"]["paths"]) == ["$default"])
    settings = one_of["AWS::ApiGatewayV2::Stage"]["DefaultRouteSettings"]
    limits = {name: template["Parameters"][value["Ref"]]["Default"] for name, value in settings.items()}
    client = boto3.client("apigatewayv2")
    api = client.create_api(Name=STACK, ProtocolType="HTTP")["ApiId"]
    client.create_stage(ApiId=api, StageName="$default", AutoDeploy=True, DefaultRouteSettings=limits)
    (stage,) = client.get_stages(ApiId=api)["Items"]
    asked = {"ThrottlingRateLimit": 50, "ThrottlingBurstLimit": 100}
    say("the API's limits", stage["DefaultRouteSettings"].items() >= asked.items())


def say(what: str, right: bool) -> None:
    print(f"{'ok  ' if right else 'MISS'} {what}", flush=True)
    if not right:
        sys.exit(f"missed: {what}")


if __name__ == "__main__":
    main()
