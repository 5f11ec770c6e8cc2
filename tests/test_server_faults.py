"""Every fault of a request is a clear 4xx of one shape."""

from __future__ import annotations

import io
import json
from typing import Any

import httpx
import numpy as np
import pytest
from conftest import READ, assert_error, base64_of, form_of, png_of
from flask.testing import FlaskClient
from PIL import Image

from inkdigits.errors import BadPixels
from inkdigits.server import create_app
from inkdigits.server.app import FORM_PARTS
from inkdigits.server.schemas import MOST_PICTURES
from inkdigits.settings import Settings

# --- every fault ---


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 400, "missing_field"),
        ({"picture": "x"}, 400, "missing_field"),
        ({"image": None}, 400, "missing_field"),
        ({"image": "aGk=", "pixels": [0] * 784}, 400, "bad_input"),
        ({"image": 5}, 400, "bad_base64"),
        ({"image": {}}, 400, "bad_base64"),
        ({"image": ""}, 400, "bad_base64"),
        ({"image": "="}, 400, "bad_base64"),
        ({"image": "not base64!"}, 400, "bad_base64"),
        ({"image": "abcde"}, 400, "bad_base64"),
        ({"image": "äöü"}, 400, "bad_base64"),
        ({"image": "\ud800"}, 400, "bad_base64"),
        ({"image": "data:image/png,abc"}, 400, "bad_base64"),
        ({"image": "data:image/png;base64"}, 400, "bad_base64"),
        # By a pattern that backtracks this would take a quarter of an hour.
        ({"image": "data:" + "a" * 300_000}, 400, "bad_base64"),
        ({"image": "data:text/plain;base64,aGVsbG8="}, 415, "not_an_image"),
        ({"image": "data:,hello"}, 415, "not_an_image"),
        ({"image": "aGVsbG8="}, 415, "not_an_image"),
        ({"image": "/etc/passwd"}, 415, "not_an_image"),
        ({"image": "file:///etc/passwd"}, 400, "bad_base64"),
        ({"pixels": "0"}, 400, "bad_pixels"),
        ({"pixels": []}, 400, "bad_pixels"),
        ({"pixels": [0] * 783}, 400, "bad_pixels"),
        ({"pixels": [[0] * 28] * 28}, 400, "bad_pixels"),
        ({"pixels": [0] * 783 + [256]}, 400, "bad_pixels"),
        ({"pixels": [0] * 783 + [-1]}, 400, "bad_pixels"),
        ({"pixels": [0] * 783 + [10**400]}, 400, "bad_pixels"),
        ({"pixels": [0] * 783 + ["1"]}, 400, "bad_pixels"),
        ({"pixels": [0] * 783 + [True]}, 400, "bad_pixels"),
        ({"pixels": [0] * 783 + [None]}, 400, "bad_pixels"),
        ({"strokes": "M0 0"}, 400, "bad_strokes"),
        ({"strokes": {"0": [[0, 0]]}}, 400, "bad_strokes"),
        ({"strokes": [1, 2]}, 400, "bad_strokes"),
        ({"strokes": ["ab"]}, 400, "bad_strokes"),
        ({"strokes": [[1, 2]]}, 400, "bad_strokes"),
        ({"strokes": [[[1]]]}, 400, "bad_strokes"),
        ({"strokes": [[{"x": 1, "y": 2}]]}, 400, "bad_strokes"),
        ({"strokes": [{"x": [1, 2]}]}, 400, "bad_strokes"),
        ({"strokes": [[["1", "2"]]]}, 400, "bad_strokes"),
        ({"strokes": [[[True, 2]]]}, 400, "bad_strokes"),
        ({"strokes": [[[None, 2]]]}, 400, "bad_strokes"),
        ({"strokes": [[[10**400, 2]]]}, 400, "bad_strokes"),
        ({"strokes": [[[1e300, 2]]]}, 400, "bad_strokes"),
        ({"strokes": [[[0, 0]] * 100_001]}, 400, "bad_strokes"),
        ({"strokes": [[[0, 0]]] * 10_001}, 400, "bad_strokes"),
    ],
    ids=lambda value: json.dumps(value)[:50] if isinstance(value, dict) else "",
)
def test_faulty_json_fields(client: FlaskClient, body: Any, status: int, code: str) -> None:
    assert_error(client.post(READ, json=body), status, code)


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b'"x"', b"7", b"null", b"\xff\xfe", b'{"pixels": [NaN]}', b'{"pixels": [Infinity]}',
        b"[" * 100_000, b'{"a":' * 100_000, b'{"pixels": [' + b"9" * 5000 + b"]}",
    ],
    ids=lambda body: repr(body[:20]),
)  # fmt: skip
def test_faulty_json(client: FlaskClient, body: bytes) -> None:
    assert_error(client.post(READ, data=body, content_type="application/json"), 400, "bad_json")


@pytest.mark.parametrize("value", [b"[]", b"{}", b"1"])
def test_json_of_too_many_values(client: FlaskClient, value: bytes) -> None:
    """It would take far more memory than its bytes."""
    body = b'{"strokes": [%s]}' % b",".join([value] * 500_001)
    assert_error(client.post(READ, data=body, content_type="application/json"), 413, "too_many_bytes")


@pytest.mark.parametrize(
    "body", [b'{"image": "AAAA", "image": "AAAA"}', b'{"strokes": [[{"x": 1, "x": 2}]]}'], ids=["image", "x"]
)
def test_a_field_given_twice_is_not_left_out(client: FlaskClient, body: bytes) -> None:
    answer = client.post(READ, data=body, content_type="application/json")
    assert_error(answer, 400, "bad_json")
    assert "more than once" in answer.json["detail"]


def test_json_numbers_beyond_a_double(client: FlaskClient) -> None:
    body = b'{"pixels": [%s]}' % b",".join([b"1e999"] * 784)
    assert_error(client.post(READ, data=body, content_type="application/json"), 400, BadPixels.code)


@pytest.mark.parametrize(
    ("body", "content_type", "status", "code"),
    [
        (b"", "image/png", 400, "missing_field"),
        (b"", None, 400, "missing_field"),
        (b"hello", "image/png", 415, "not_an_image"),
        (b"\x89PNG\r\n\x1a\n", "image/png", 415, "not_an_image"),
        (b"a=1", "application/x-www-form-urlencoded", 415, "unsupported_input"),
        (b"hello", "text/plain", 415, "unsupported_input"),
        (b"hello", None, 415, "unsupported_input"),
        (b"hello", "nonsense", 415, "unsupported_input"),
        (b"--x\r\n", "multipart/form-data; boundary=x", 400, "bad_input"),
        (b"--x", "multipart/form-data", 400, "bad_input"),
        (b"", "multipart/form-data; boundary=x", 400, "missing_field"),
        (b"--x--\r\n", "multipart/form-data; boundary=x", 400, "missing_field"),
    ],
)
def test_faulty_bodies(
    client: FlaskClient, body: bytes, content_type: str | None, status: int, code: str
) -> None:
    assert_error(client.post(READ, data=body, content_type=content_type), status, code)


def test_a_truncated_picture(client: FlaskClient, big_png: bytes) -> None:
    for part in (big_png[:-1000], big_png[:200], big_png[:1000] + big_png[2000:]):
        assert_error(client.post(READ, data=part, content_type="image/png"), 400, "truncated_image")


def test_a_body_shorter_than_it_says(client: FlaskClient, seven_png: bytes) -> None:
    for environment in ({}, {"wsgi.input_terminated": True}):
        response = client.post(
            READ, data=seven_png, content_type="image/png",
            environ_overrides={"CONTENT_LENGTH": "9999", **environment},
        )  # fmt: skip
        assert_error(response, 400, response.json["code"])


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"picture": (io.BytesIO(b"x"), "a.png")}, "missing_field"),
        ({"image": (io.BytesIO(b""), "a.png")}, "missing_field"),
        ({"image": "text instead of a file"}, "missing_field"),
        ({"note": "x", "other": (io.BytesIO(b"x"), "")}, "missing_field"),
    ],
)
def test_faulty_forms(client: FlaskClient, form: dict[str, Any], code: str) -> None:
    response = client.post(READ, data=form, content_type="multipart/form-data")
    assert_error(response, 400, code)
    assert "picture" in response.json["remedy"]


def test_a_truncated_form(client: FlaskClient, seven_png: bytes) -> None:
    head = b'--x\r\nContent-Disposition: form-data; name="image"; filename="a.png"\r\n\r\n'
    for body in (head + seven_png, head, head[:30]):
        response = client.post(READ, data=body, content_type="multipart/form-data; boundary=x")
        assert_error(response, 400, "bad_input")
        assert "ends early" in response.json["detail"]


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "not_found"),
        ("POST", "/nowhere", 404, "not_found"),
        ("GET", "/assets/nothing.js", 404, "not_found"),
        ("GET", "/assets/../app.py", 404, "not_found"),
        ("GET", "/assets/%2e%2e/app.py", 404, "not_found"),
        ("GET", READ, 405, "method_not_allowed"),
        ("DELETE", "/", 405, "method_not_allowed"),
        ("PUT", "/health", 405, "method_not_allowed"),
    ],
)
def test_wrong_addresses_and_methods(
    client: FlaskClient, method: str, path: str, status: int, code: str
) -> None:
    response = client.open(path, method=method)
    assert_error(response, status, code)
    if status == 405:
        assert response.headers["Allow"]


# --- limits ---


@pytest.fixture
def strict() -> FlaskClient:
    """A server that takes a thousand bytes and a thousand pixels."""
    return create_app(Settings(max_bytes=1000, max_pixels=1000)).test_client()


def test_too_many_bytes_in_every_form(strict: FlaskClient, big_png: bytes) -> None:
    image = big_png[:1001]
    for response in (
        strict.post(READ, data=image, content_type="image/png"),
        strict.post(READ, **form_of(image)),
        strict.post(READ, json={"image": base64_of(image)}),
        strict.post(READ, data=big_png, content_type="image/png"),
        strict.post(READ, **form_of(big_png)),
        strict.post(READ, json={"image": base64_of(big_png)}),
    ):
        assert_error(response, 413, "too_many_bytes")


def test_too_many_pixels(strict: FlaskClient) -> None:
    image = png_of(np.zeros((50, 50), np.uint8))
    assert len(image) < 1000
    assert_error(strict.post(READ, data=image, content_type="image/png"), 413, "too_many_pixels")


def test_the_shipped_limits(client: FlaskClient) -> None:
    body = bytes(10_000_001)
    assert_error(client.post(READ, data=body, content_type="image/png"), 413, "too_many_bytes")
    file = io.BytesIO()
    Image.new("1", (8000, 7000)).save(file, "PNG")
    response = client.post(READ, data=file.getvalue(), content_type="image/png")
    assert_error(response, 413, "too_many_pixels")


def test_too_many_form_parts(client: FlaskClient) -> None:
    form = {f"field{i}": "x" for i in range(FORM_PARTS + 1)}
    response = client.post(READ, data=form, content_type="multipart/form-data")
    assert_error(response, 413, "too_many_bytes")
    assert "fewer" in response.json["remedy"]


@pytest.mark.parametrize("number", [MOST_PICTURES + 1, 2 * MOST_PICTURES, FORM_PARTS])
def test_too_many_files_of_a_form_are_too_many_pictures(client: FlaskClient, number: int) -> None:
    form = {"image": [(io.BytesIO(b"x"), "a.png") for _ in range(number)]}
    response = client.post(f"{READ}/batch", data=form, content_type="multipart/form-data")
    assert_error(response, 422, "too_many_pictures")


def test_long_text_in_a_form_is_no_file(client: FlaskClient) -> None:
    # Encoded in memory, as by form_of.
    form = httpx.Request("POST", "http://localhost", files={"image": (None, "A" * 900_000)})
    response = client.post(READ, data=form.read(), content_type=form.headers["Content-Type"])
    assert_error(response, 400, "missing_field")


@pytest.mark.parametrize(
    ("head", "content_type"),
    [
        (b'{"image": "AAAA"}', "application/json"),
        (b'{"image": "AAAA', "application/json"),
        (b"\x89PNG", "image/png"),
        (
            b'--x\r\nContent-Disposition: form-data; name="image"; filename="a"\r\n\r\n',
            "multipart/form-data; boundary=x",
        ),
    ],
)
@pytest.mark.parametrize("said", [{"CONTENT_LENGTH": "14400000"}, {"HTTP_TRANSFER_ENCODING": "chunked"}])
def test_a_body_that_is_too_long_is_so_in_chunks_too(
    client: FlaskClient, head: bytes, content_type: str, said: dict[str, str]
) -> None:
    """However the part of it sounds that is taken in."""
    body = io.BytesIO(head.ljust(14_400_000))
    environment = {"wsgi.input": body, "wsgi.input_terminated": True} | said
    answer = client.post(READ, content_type=content_type, environ_overrides=environment)
    assert_error(answer, 413, "too_many_bytes")
