"""What is deployed to AWS: the function, fed with events; the template and its code at the edge."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml
from flask.testing import FlaskClient

from benchmarks.aws.asks import READ, ROOT, Answer, Ask, drawings, each_form, others
from benchmarks.aws.events import answer_of, event_of
from inkdigits.server.headers import HEADERS

AWS = ROOT / "deploy" / "aws"
#: Of the 50 that a release is checked with.
PICTURES = 3

#: Stands for any program: notes how it was called, makes environments of itself, tells a stack's outputs.
NOTING = f"""#!/bin/sh
echo "${{0##*/}} $*" >>calls
case "$1 $2" in
  '-m venv') mkdir -p "$3/bin"; for name in python pip sam; do cp "$0" "$3/bin/$name"; done ;;
  'list stack-outputs') echo '[{{"OutputKey": "Bucket", "OutputValue": "pages"}}]' ;;
  '-c import json'*) exec {sys.executable} "$@" ;;
esac
"""

Function = Callable[[Ask], Answer]


class _Template(yaml.SafeLoader):
    """YAML with CloudFormation's own tags, such as !Ref, kept as their values."""


_Template.add_multi_constructor(
    "!",
    lambda loader, _, node: (
        loader.construct_scalar(node)
        if isinstance(node, yaml.ScalarNode)
        else loader.construct_sequence(node)
    ),
)


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    made: dict[str, Any] = yaml.load((AWS / "template.yaml").read_text("utf-8"), _Template)
    return made


@pytest.fixture(scope="module")
def resources(template: dict[str, Any]) -> dict[str, Any]:
    """Name of each resource -> its properties."""
    return {name: one["Properties"] for name, one in template["Resources"].items()}


def handler_of(template: dict[str, Any], **parameters: str) -> ModuleType:
    """The function's module, with the settings of the template, other parameters being the default ones."""
    values = {name: one["Default"] for name, one in template["Parameters"].items()} | parameters
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(AWS)
        function = template["Resources"]["Function"]["Properties"]
        for name, value in function["Environment"]["Variables"].items():
            patch.setenv(name, values.get(value, value))
        module = import_module("handler")
        del sys.modules["handler"]
    return module


@pytest.fixture(scope="module")
def handler(template: dict[str, Any]) -> ModuleType:
    return handler_of(template)


def function_of(handler: ModuleType) -> Function:
    return lambda ask: answer_of(json.loads(json.dumps(handler.handler(event_of(ask), None))))


@pytest.fixture(scope="module")
def function(handler: ModuleType) -> Function:
    return function_of(handler)


def plain(client: FlaskClient, ask: Ask) -> Answer:
    headers = dict(ask.headers) | {"Content-Length": str(len(ask.body))}
    given = client.open(ask.target, method=ask.method, headers=headers, data=ask.body)
    return Answer(given.status_code, dict(given.headers), given.data)


@pytest.mark.parametrize("place", range(PICTURES))
def test_every_form_is_answered_as_by_the_server(function: Function, client: FlaskClient, place: int) -> None:
    for ask in each_form(place):
        given = function(ask).shown()
        assert given == plain(client, ask).shown(), str(ask)


@pytest.mark.parametrize("ask", [*others()][:-1], ids=str)
def test_every_route_is_answered_as_by_the_server(function: Function, client: FlaskClient, ask: Ask) -> None:
    assert function(ask).shown() == plain(client, ask).shown()


def test_what_is_no_text_comes_back_whole(function: Function) -> None:
    given = function(Ask("GET", "/favicon.svg"))
    assert given.body == (ROOT / "web" / "public" / "favicon.svg").read_bytes()


def test_a_header_with_an_underscore_is_none_with_a_hyphen(function: Function) -> None:
    given = function(Ask("GET", "/livez", {"X_Request_Id": "forged"}))
    assert (given.status, "forged" in given.headers.values()) == (200, False)


def test_callers_behind_cloudfront_are_counted_apart(template: dict[str, Any]) -> None:
    limited = function_of(handler_of(template, RateLimit="1/hour"))

    def asked(caller: str) -> int:
        (ask, *_) = each_form(0)
        seen = {"X-Forwarded-For": f"{caller}, 192.0.2.1"}  # CloudFront's own address comes last
        return limited(replace(ask, headers={**ask.headers, **seen})).status

    assert [asked(caller) for caller in ("198.51.100.1", "198.51.100.2", "198.51.100.1")] == [200, 200, 429]


def test_a_rate_limit_is_a_number_and_a_time(template: dict[str, Any]) -> None:
    allowed = template["Parameters"]["RateLimit"]["AllowedPattern"]
    assert [bool(re.search(allowed, one)) for one in ("", "100/minute", "0/minute", "many")] == [
        True, True, False, False,
    ]  # fmt: skip


def test_too_large_a_picture_is_refused_in_our_words(function: Function) -> None:
    given = function(Ask("POST", READ, {"Content-Type": "image/png"}, bytes(4_000_001)))
    assert (given.status, json.loads(given.body)["code"]) == (413, "too_many_bytes")


def test_too_long_an_answer_is_refused_in_our_words(
    handler: ModuleType, function: Function, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = Ask("GET", "/api/v1/openapi.json", {"X-Request-Id": "mine"})
    monkeypatch.setattr(handler, "LONGEST", len(function(ask).body))
    given = function(ask)
    problem = json.loads(given.body)
    assert (given.status, problem["code"], problem["request_id"]) == (413, "too_many_bytes", "mine")
    assert given.headers["Content-Security-Policy"] == HEADERS["Content-Security-Policy"]


def at_edge(code: str, request: dict[str, Any]) -> dict[str, Any]:
    """What a function at the edge makes of a request."""
    event = json.dumps({"request": request, "context": {"requestId": "here"}})
    done = subprocess.run(
        ["node", "-e", f"{code}\nconsole.log(JSON.stringify(handler({event})))"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


@pytest.mark.parametrize(
    ("kind", "most"),
    [("image/png", 4_650_000), ("multipart/form-data", 4_650_000), ("application/json", 5_500_000)],
)
def test_the_edge_refuses_what_lambda_would_not_take(
    resources: dict[str, Any], function: Function, kind: str, most: int
) -> None:
    code = resources["ApiAtEdge"]["FunctionCode"]
    request = {
        "uri": READ,
        "headers": {"content-type": {"value": kind}, "content-length": {"value": str(most)}},
    }
    assert at_edge(code, request) == request
    request["headers"]["content-length"]["value"] = str(most + 1)
    refused = at_edge(code, request)
    # The largest that is let through fits into an event, with room for headers; JSON with its lines as such.
    text = kind == "application/json"
    body = json.dumps(drawings() * (most // 50_000), indent=1).encode() if text else bytes(most)
    assert len(body) >= most
    event = event_of(Ask("POST", READ, {"Content-Type": kind}, body[:most]))
    assert event["isBase64Encoded"] != text
    assert len(json.dumps(event)) < 6 * 2**20 - 20_000
    own = json.loads(
        function(Ask("POST", "/api/v1/read", {"Content-Type": "application/json"}, b"0" * 6_400_000)).body
    )
    assert refused["statusCode"] == 413
    assert refused["headers"]["content-type"]["value"] == "application/problem+json"
    assert json.loads(refused["body"]) == own | {"request_id": "here"}


def test_the_edge_finds_the_page_of_the_api(resources: dict[str, Any]) -> None:
    code = resources["PageAtEdge"]["FunctionCode"]
    assert at_edge(code, {"uri": "/docs"}) == {"uri": "/docs.html"}
    assert at_edge(code, {"uri": "/assets/a.js"}) == {"uri": "/assets/a.js"}


def test_the_page_has_the_headers_of_the_server(resources: dict[str, Any]) -> None:
    policy = resources["PageHeaders"]["ResponseHeadersPolicyConfig"]
    security = policy["SecurityHeadersConfig"]
    sent = {item["Header"]: item["Value"] for item in policy["CustomHeadersConfig"]["Items"]} | {
        "Content-Security-Policy": security["ContentSecurityPolicy"]["ContentSecurityPolicy"],
        "X-Frame-Options": security["FrameOptions"]["FrameOption"],
        "Referrer-Policy": security["ReferrerPolicy"]["ReferrerPolicy"],
    }
    assert "ContentTypeOptions" in security
    # How long a file may be kept is said where it is uploaded.
    assert sent == {name: value for name, value in HEADERS.items()
                    if name not in ("X-Content-Type-Options", "Cache-Control")}  # fmt: skip


def test_the_function_may_write_its_log_and_nothing_else(resources: dict[str, Any]) -> None:
    (policy,) = resources["Role"]["Policies"]
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert statement["Action"] == ["logs:CreateLogStream", "logs:PutLogEvents"]
    assert statement["Resource"] == "FunctionLogs.Arn"
    assert all(resources[name]["RetentionInDays"] == "LogDays" for name in ("FunctionLogs", "ApiLogs"))
    assert all(resources["Page"]["PublicAccessBlockConfiguration"].values())


def test_the_lock_has_what_the_server_needs() -> None:
    """Every requirement of the server but those that only a shell or a server of its own has."""
    locked = set(re.findall(r"^([a-z0-9-]+)==", (AWS / "requirements.txt").read_text("utf-8"), re.MULTILINE))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    wanted = [*project["dependencies"], *extras["serve"], *extras["heif"], "apig-wsgi"]
    names = {re.split(r"[\[<>=]", one)[0] for one in wanted}
    assert names - locked == {"granian", "typer", "rich", "platformdirs"}


@pytest.fixture
def deploy(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs deploy.sh in a folder of its own, with a make and a Python that only note how they were called."""
    shutil.copytree(AWS, tmp_path / "deploy" / "aws")
    for name in ("make", "python3.13"):
        (tmp_path / name).write_text(NOTING)
        (tmp_path / name).chmod(0o755)

    def run(python: str = "python3.13") -> subprocess.CompletedProcess[str]:
        places = {"PATH": f"{tmp_path}:/usr/bin:/bin", "PYTHON": python}
        return subprocess.run(
            [tmp_path / "deploy" / "aws" / "deploy.sh"], cwd=tmp_path, env=os.environ | places,
            capture_output=True, text=True, check=False,
        )  # fmt: skip

    return run


def test_what_uploads_the_page_is_there_before_anything_is_deployed(
    deploy: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    done = deploy()
    assert done.returncode == 0, done.stderr
    calls = [" ".join(call.split()[:2]) for call in (tmp_path / "calls").read_text().splitlines()]
    assert [call for call in calls if not call.endswith(" -c")] == [
        "python3.13 -m", "pip install", "make web", "python3.13 deploy/aws/build.py", "sam deploy",
        "sam list", "python deploy/aws/page.py", "sam list",
    ]  # fmt: skip
    assert "python deploy/aws/page.py pages\n" in (tmp_path / "calls").read_text()


def test_without_the_functions_python_nothing_is_deployed(
    deploy: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    done = deploy(python="nowhere")
    assert done.returncode == 1
    assert "needs Python 3.13, and 'nowhere' is none" in done.stderr
    assert not (tmp_path / "calls").exists()
