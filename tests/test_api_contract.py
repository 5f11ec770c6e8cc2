"""The contract: what the document says of each route is what the server does."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import schemathesis
from conftest import READ, SEVEN_STROKES, assert_error
from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator, ValidationError
from schemathesis import GenerationMode

from inkdigits.server import create_app
from inkdigits.server.contract import KINDS, OPERATIONS
from inkdigits.server.cors import EXPOSED
from inkdigits.settings import Settings

DOCUMENT = "/api/v1/openapi.json"
CONFIG = Path(__file__).parent / "schemathesis.toml"


@pytest.fixture(scope="session")
def document(app: Flask) -> Any:
    return app.test_client().get(DOCUMENT).json


@pytest.fixture(scope="session")
def contract(app: Flask) -> Any:
    config = schemathesis.Config.from_path(CONFIG)
    return schemathesis.openapi.from_wsgi(DOCUMENT, app, config=config)


# Files of the page are left to the garbage collector by the client, not by the server.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.parametrize(("method", "rule"), OPERATIONS)
def test_the_server_keeps_the_contract(contract: Any, method: str, rule: str, mode: GenerationMode) -> None:
    operation = contract[re.sub("<(.*)>", r"{\1}", rule)][method]
    if mode.is_negative and not (operation.body or operation.query or operation.path_parameters):
        return

    @hypothesis.given(operation.as_strategy(generation_mode=mode))
    @hypothesis.settings(
        max_examples=10, derandomize=True, suppress_health_check=list(hypothesis.HealthCheck)
    )
    def keeps(case: Any) -> None:
        case.call_and_validate()

    keeps()


def test_every_route_is_in_the_document(app: Flask, document: Any) -> None:
    files = {"page.asset"}
    served = {
        ("POST" if "POST" in (rule.methods or ()) else "GET", rule.rule)
        for rule in app.url_map.iter_rules()
        if rule.endpoint not in files and "." not in rule.rule.rpartition("/")[2].replace("openapi.json", "")
    }
    assert served == OPERATIONS.keys()
    assert document["openapi"] == "3.1.0"
    assert sum(map(len, document["paths"].values())) == len(OPERATIONS)
    names = [operation["operationId"] for path in document["paths"].values() for operation in path.values()]
    assert len(set(names)) == len(names)


def test_every_schema_of_the_document_is_one(document: Any) -> None:
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("query", ["", "?explain=true", "?pattern=dd"])
def test_a_reading_is_as_the_document_says(client: FlaskClient, document: Any, query: str) -> None:
    schema = {"$ref": "#/components/schemas/Reading", "components": document["components"]}
    reading = client.post(READ + query, json={"strokes": SEVEN_STROKES}).json
    Draft202012Validator(schema).validate(reading)
    with pytest.raises(ValidationError, match="tired"):
        Draft202012Validator(schema).validate(reading | {"reason": "tired"})


def test_the_headers_of_answers_are_in_the_document(document: Any, reader: Any) -> None:
    """Where there is a limit, too; of a problem as of a reading."""
    client = create_app(Settings(rate_limit="1/hour"), reader).test_client()
    answers = [client.post(READ, json={"strokes": SEVEN_STROKES}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 429]
    shared, responses = document["components"], document["paths"][READ]["post"]["responses"]
    for answer, part in zip(answers, (responses["200"], shared["responses"]["Problem"]), strict=True):
        assert {name for name in EXPOSED if name in answer.headers} <= part["headers"].keys()
    assert shared["headers"].keys() >= set(EXPOSED)


def test_what_may_come_of_every_route_is_in_the_document(document: Any) -> None:
    """A browser's page that it has already, too."""
    operations = [one for path in document["paths"].values() for one in path.values()]
    assert all(one["responses"].keys() >= {"200", "400", "408", "500", "503"} for one in operations)
    assert [one["operationId"] for one in operations if "304" in one["responses"]] == ["docs", "home"]


def test_a_key_may_come_in_either_header(document: Any) -> None:
    asked = document["paths"][READ]["post"]["security"]
    ways = [document["components"]["securitySchemes"][name] for one in asked for name in one]
    assert ways == [
        {"type": "http", "scheme": "bearer"},
        {"type": "apiKey", "in": "header", "name": "X-API-Key"},
    ]


def test_the_document_says_where_it_is(app: Flask, reader: Any) -> None:
    """As the settings do, whatever a request says."""
    for client, url in (
        (app.test_client(), "/"),
        (create_app(Settings(prefix="/digits"), reader).test_client(), "/digits"),
    ):
        for forged in ({}, {"SCRIPT_NAME": "/forged"}):
            assert client.get(DOCUMENT, environ_overrides=forged).json["servers"] == [{"url": url}]


def test_the_cards_are_those_of_the_models(client: FlaskClient, reader: Any) -> None:
    cards = client.get("/api/v1/model").json
    assert list(cards) == ["digits", "finder", "refiner"]
    assert cards["digits"]["sha256"] == reader.model.card["sha256"]


@pytest.mark.parametrize("code", sorted(KINDS))
def test_the_type_of_a_problem_tells_of_its_code(client: FlaskClient, code: str) -> None:
    told = client.get(f"/api/v1/problems/{code}").json
    assert told["code"] == code
    assert 400 <= told["status"] < 600
    assert told["remedy"].endswith(".")


def test_what_is_no_problem(client: FlaskClient) -> None:
    assert_error(client.get("/api/v1/problems/fetch_failed"), 404, "not_found")


def test_a_request_id_goes_all_the_way(client: FlaskClient) -> None:
    answer = client.get("/nowhere", headers={"X-Request-Id": "my-own.1"})
    assert answer.json["request_id"] == answer.headers["X-Request-Id"] == "my-own.1"
    for odd in ("", "a b", "<script>", "x" * 200):
        answer = client.get("/nowhere", headers={"X-Request-Id": odd})
        assert answer.json["request_id"] == answer.headers["X-Request-Id"] != odd
