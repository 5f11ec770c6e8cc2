"""Several pictures in one request: each has its own answer, and none spoils the others'."""

from __future__ import annotations

import io
import time
from collections.abc import Iterable
from typing import Any

import httpx
import numpy as np
import pytest
from conftest import SEVEN_STROKES, assert_error, base64_of
from flask.testing import FlaskClient
from PIL import Image

from inkdigits import Reader
from inkdigits.server import create_app
from inkdigits.server.batch import read_each
from inkdigits.server.schemas import MOST_PICTURES
from inkdigits.settings import Settings

BATCH, STROKES = "/api/v1/read/batch", "/api/v1/strokes"
ONE = [[[0, 0], [0, 90]]]


def files(*pictures: bytes, name: str = "image") -> dict[str, Any]:
    """A form, encoded in memory."""
    return form((name, picture) for picture in pictures)


def form(parts: Iterable[tuple[str, bytes]]) -> dict[str, Any]:
    request = httpx.Request("POST", "http://localhost", files=list(parts))
    return {"data": request.read(), "content_type": request.headers["Content-Type"]}


def told(response: Any) -> list[str]:
    """The text or the code of each answer."""
    assert response.status_code == 200, response.text
    return [
        answer["reading"]["text"] if "reading" in answer else answer["problem"]["code"]
        for answer in response.json["answers"]
    ]


def test_each_answer_is_that_of_the_picture_alone(
    client: FlaskClient, reader: Reader, seven_png: bytes, blank_png: bytes
) -> None:
    pictures = [{"image": base64_of(seven_png)}, {"image": base64_of(blank_png)}, {"strokes": ONE}]
    expected = [reader.read(picture).to_dict() for picture in (seven_png, blank_png, ONE)]
    answers = [
        answer["reading"] for answer in client.post(BATCH, json={"pictures": pictures}).json["answers"]
    ]
    assert [answer["text"] for answer in answers] == ["7", "", "1"]
    for answer, alone in zip(answers, expected, strict=True):
        assert answer["confidence"] == pytest.approx(alone["confidence"], abs=1e-5)
        assert [digit["box"] for digit in answer["digits"]] == [digit["box"] for digit in alone["digits"]]


def test_what_is_not_begun_in_time_is_not_read(client: FlaskClient, reader: Reader, seven_png: bytes) -> None:
    with client.application.test_request_context():
        answers = read_each(reader, [seven_png, seven_png], {}, seconds=-1)
    assert [answer["problem"]["code"] for answer in answers] == ["too_many_pictures"] * 2


def test_small_pictures_that_take_long_are_not_read_in_time_either(
    client: FlaskClient, reader: Reader, seven_png: bytes
) -> None:
    """All of them are taken in at once, which is quick."""
    seven = Image.open(io.BytesIO(seven_png)).convert("L").resize((12, 16))
    crowded = np.tile(np.asarray(seven), (11, 14))
    started = time.monotonic()
    reader.read(crowded)
    with client.application.test_request_context():
        client.application.preprocess_request()
        answers = read_each(reader, [crowded] * 20, {}, seconds=4 * (time.monotonic() - started))
    assert answers[-1]["problem"]["code"] == "too_many_pictures"


@pytest.mark.parametrize("name", ["image", "file"])
def test_files_of_a_form_are_answered_in_order(
    client: FlaskClient, seven_png: bytes, blank_png: bytes, name: str
) -> None:
    given = files(blank_png, seven_png, b"", b"no picture", seven_png[:100], seven_png, name=name)
    assert told(client.post(BATCH, **given)) == [
        "", "7", "missing_field", "not_an_image", "truncated_image", "7",
    ]  # fmt: skip


def test_a_bad_picture_has_a_problem_of_its_own(client: FlaskClient, seven_png: bytes) -> None:
    seven = {"image": base64_of(seven_png)}
    bad: dict[str, Any] = {
        "bad_base64": {"image": "!"},
        "not_an_image": {"image": "aGVsbG8="},
        "bad_pixels": {"pixels": [0] * 10},
        "bad_strokes": {"strokes": [[[1]]]},
        "missing_field": {},
        "bad_input": {"image": "aGk=", "strokes": ONE},
        "bad_json": 5,
    }
    answer = client.post(BATCH, json={"pictures": [seven, *bad.values(), seven]})
    assert told(answer) == ["7", *bad, "7"]
    for one, code in zip(answer.json["answers"][1:-1], bad, strict=True):
        problem = one["problem"]
        assert list(problem) == ["type", "title", "status", "detail", "code", "remedy", "request_id"]
        assert problem["type"] == f"/api/v1/problems/{code}"
        assert problem["request_id"] == answer.headers["X-Request-Id"]


def test_a_picture_over_the_limit_spoils_no_other(seven_png: bytes, big_png: bytes) -> None:
    client = create_app(Settings(max_bytes=1_000_000)).test_client()
    assert told(client.post(BATCH, **files(seven_png, big_png[:1_000_001], seven_png))) == [
        "7", "too_many_bytes", "7",
    ]  # fmt: skip


def test_options_hold_for_all(client: FlaskClient) -> None:
    answer = client.post(f"{BATCH}?pattern=-d-", json={"pictures": [{"strokes": SEVEN_STROKES}] * 2})
    assert told(answer) == ["-7-", "-7-"]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("risk=2", "bad_option"),
        ("explain=true", "bad_option"),
        ("length=null", "bad_option"),
        ("count=0", "bad_guide"),
        ("decline=false&risk=0.1", "bad_option"),
    ],
)
@pytest.mark.parametrize("path", [BATCH, STROKES])
def test_a_faulty_option_is_one_of_the_request(client: FlaskClient, path: str, query: str, code: str) -> None:
    body = {"pictures": [{"strokes": ONE}]} if path == BATCH else {"drawings": [ONE]}
    assert_error(client.post(f"{path}?{query}", json=body), 400, code)


@pytest.mark.parametrize(
    ("request_", "status", "code"),
    [
        ({"json": {}}, 400, "missing_field"),
        ({"json": {"pictures": []}}, 400, "missing_field"),
        ({"json": {"pictures": {}}}, 400, "bad_json"),
        ({"json": {"pictures": "x"}}, 400, "bad_json"),
        ({"json": [1]}, 400, "bad_json"),
        ({"json": {"pictures": [0] * (MOST_PICTURES + 1)}}, 422, "too_many_pictures"),
        (files(*[b"x"] * (MOST_PICTURES + 1)), 422, "too_many_pictures"),
        (form([("image", b"x"), ("file", b"y")]), 400, "bad_input"),
        ({"data": {"note": "x"}, "content_type": "multipart/form-data"}, 400, "missing_field"),
        ({"data": b"x", "content_type": "image/png"}, 415, "unsupported_input"),
        ({}, 400, "missing_field"),
    ],
)
def test_faulty_batches(client: FlaskClient, request_: dict[str, Any], status: int, code: str) -> None:
    assert_error(client.post(BATCH, **request_), status, code)


@pytest.mark.parametrize(
    ("path", "name"), [(BATCH, "pictures"), (STROKES, "drawings")], ids=["pictures", "drawings"]
)
@pytest.mark.parametrize("value", [{}, "x", []], ids=["object", "text", "empty"])
def test_what_is_no_list_is_called_by_its_name(
    client: FlaskClient, path: str, name: str, value: object
) -> None:
    problem = client.post(path, json={name: value}).json
    assert problem["detail"].startswith(f"`{name}` is ")
    assert problem["remedy"] == f"Send a list of 1 to {MOST_PICTURES} {name}."


def test_what_is_no_picture_of_a_batch_is_told_what_would_be_one(client: FlaskClient) -> None:
    (answer,) = client.post(BATCH, json={"pictures": ["x"]}).json["answers"]
    assert "`image` or `strokes` or `pixels`" in answer["problem"]["remedy"]
    assert "multipart" not in answer["problem"]["remedy"]


def test_as_many_as_there_may_be(client: FlaskClient, seven_png: bytes) -> None:
    answer = client.post(BATCH, **files(*[seven_png] * MOST_PICTURES))
    assert told(answer) == ["7"] * MOST_PICTURES


# --- drawings ---


def test_one_drawing_has_a_reading(client: FlaskClient, reader: Reader) -> None:
    assert client.post(STROKES, json={"strokes": SEVEN_STROKES}).json == reader.read(SEVEN_STROKES).to_dict()
    assert client.post(f"{STROKES}?pattern=d!", json={"strokes": SEVEN_STROKES}).json["text"] == "7!"


def test_several_drawings_have_answers(client: FlaskClient) -> None:
    drawings = [SEVEN_STROKES, "no drawing", [], ONE, [[["x", 1]]]]
    answer = client.post(STROKES, json={"drawings": drawings})
    assert told(answer) == ["7", "bad_strokes", "", "1", "bad_strokes"]


@pytest.mark.parametrize(
    ("request_", "status", "code"),
    [
        ({"json": {}}, 400, "missing_field"),
        ({"json": {"strokes": 5}}, 400, "bad_strokes"),
        ({"json": {"strokes": [[[1]]]}}, 400, "bad_strokes"),
        ({"json": {"strokes": ONE, "drawings": [ONE]}}, 400, "bad_input"),
        ({"json": {"drawings": []}}, 400, "missing_field"),
        ({"json": {"drawings": [ONE] * (MOST_PICTURES + 1)}}, 422, "too_many_pictures"),
        ({"data": b"{", "content_type": "application/json"}, 400, "bad_json"),
        ({"data": b"x", "content_type": "text/plain"}, 415, "unsupported_input"),
        ({}, 400, "missing_field"),
    ],
)
def test_faulty_drawings(client: FlaskClient, request_: dict[str, Any], status: int, code: str) -> None:
    assert_error(client.post(STROKES, **request_), status, code)
