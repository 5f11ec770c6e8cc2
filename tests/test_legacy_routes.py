"""The routes that older clients call: one object with one digit under its old names."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from conftest import PNG, READ, base64_of, png_of
from flask.testing import FlaskClient
from numpy.typing import NDArray
from test_server import assert_error

from inkdigits import Reader

NAMES = ["confidence", "digit", "predicted_digit", "prediction", "probabilities"]


def calls(png: bytes, pixels: NDArray[np.uint8]) -> list[tuple[str, dict[str, Any]]]:
    """Every call that an older client may make with one picture."""
    text = base64_of(png)
    return [
        ("/predict", {"data": {"file": (io.BytesIO(png), "a.png")}}),
        ("/predict", {"data": {"image": (io.BytesIO(png), "a.png")}}),
        ("/predict", {"json": {"image": text}}),
        ("/predict", {"json": {"image": f"data:image/png;base64,{text}"}}),
        ("/predict", {"json": {"pixels": pixels.ravel().tolist()}}),
        ("/predict", {"json": {"pixels": (pixels.ravel() / 255).tolist()}}),
        ("/predict-image", {"data": {"image": (io.BytesIO(png), "a.png")}}),
        ("/predict-base64", {"json": {"image": text}}),
        ("/predict-base64", {"json": {"image": f"data:image/png;base64,{text}"}}),
    ]


def test_every_call_gives_the_same_object(
    client: FlaskClient, reader: Reader, seven: NDArray[np.uint8], seven_png: bytes
) -> None:
    reading = reader.read(seven_png, count=1)
    (digit,) = reading.digits
    expected = {
        "digit": 7, "prediction": 7, "predicted_digit": 7, "confidence": reading.confidence,
        "probabilities": list(digit.probabilities),
    }  # fmt: skip
    for path, request in calls(seven_png, seven):
        response = client.post(path, **request)
        assert (response.status_code, response.json) == (200, expected), path


def test_probabilities_are_ten_and_sum_to_one(client: FlaskClient, seven_png: bytes) -> None:
    answer = client.post("/predict", data={"file": (io.BytesIO(seven_png), "a.png")}).json
    assert sorted(answer) == NAMES
    assert len(answer["probabilities"]) == 10
    assert sum(answer["probabilities"]) == pytest.approx(1, abs=1e-4)
    assert answer["confidence"] == pytest.approx(max(answer["probabilities"]), abs=1e-3)


def test_of_several_digits_one_is_given(client: FlaskClient, mnist: Any, reader: Reader) -> None:
    picture = png_of(np.hstack([np.pad(mnist.images[i], 4) for i in range(3)]))
    assert reader.read(picture).text == "721"
    answer = client.post("/predict-image", data={"image": (io.BytesIO(picture), "a.png")}).json
    assert answer["digit"] in (7, 2, 1)
    same = client.post(f"{READ}?count=1&decline=false", data=picture, headers=PNG).json
    assert answer["confidence"] == same["confidence"] < max(answer["probabilities"]) - 0.2


def test_what_is_hardly_a_digit_is_answered_all_the_same(client: FlaskClient) -> None:
    scribble = np.full((80, 80), 255, np.uint8)
    scribble[20:60:8, 20:60] = scribble[20:60, 20:60:8] = 0
    answer = client.post("/predict-image", data={"image": (io.BytesIO(png_of(scribble)), "a.png")})
    assert answer.status_code == 200
    assert sorted(answer.json) == NAMES


def test_options_are_none_of_theirs(client: FlaskClient, seven_png: bytes, blank_png: bytes) -> None:
    """Older clients may send what they like, in the query and beside the picture."""
    file, other = ((io.BytesIO(data), "a.png") for data in (seven_png, blank_png))
    form = {"file": [file, other], "length": "3", "mask": (io.BytesIO(b"x"), "b")}
    image = {"image": base64_of(seven_png), "length": 3, "note": None}
    answers = [
        client.post("/predict?pattern=dd&x=1&y=%FF", data=form),
        client.post("/predict", json=image),
        client.post("/predict-base64", json=image),
    ]
    assert [answer.json.get("digit") for answer in answers] == [7, 7, 7]


def test_a_blank_picture_has_no_digit(client: FlaskClient, blank_png: bytes) -> None:
    for path, request in calls(blank_png, np.zeros(784, np.uint8)):
        assert_error(client.post(path, **request), 422, "no_digit")


@pytest.mark.parametrize(
    ("path", "request_", "status", "code"),
    [
        ("/predict", {}, 400, "missing_field"),
        ("/predict", {"json": {}}, 400, "missing_field"),
        ("/predict", {"json": {"strokes": [[[0, 0]]]}}, 400, "missing_field"),
        ("/predict", {"json": {"pixels": [0] * 10}}, 400, "bad_pixels"),
        ("/predict", {"data": {"picture": (io.BytesIO(b"x"), "a")}}, 400, "missing_field"),
        ("/predict", {"data": {"file": (io.BytesIO(b"x"), "a")}}, 415, "not_an_image"),
        ("/predict-image", {"data": {"file": (io.BytesIO(b"x"), "a")}}, 400, "missing_field"),
        ("/predict-image", {"data": {"image": (io.BytesIO(b"x"), "a")}}, 415, "not_an_image"),
        ("/predict-image", {"json": {"image": "aGk="}}, 415, "unsupported_input"),
        ("/predict-base64", {"json": {"image": "!"}}, 400, "bad_base64"),
        ("/predict-base64", {"json": {"pixels": [0] * 784}}, 400, "missing_field"),
        ("/predict-base64", {"data": b"{", "content_type": "application/json"}, 400, "bad_json"),
        ("/predict-base64", {"data": {"image": (io.BytesIO(b"x"), "a")}}, 415, "unsupported_input"),
    ],
)
def test_faults(client: FlaskClient, path: str, request_: dict[str, Any], status: int, code: str) -> None:
    response = client.post(path, **request_)
    assert_error(response, status, code)


@pytest.mark.parametrize("path", ["/predict", "/predict-image", "/predict-base64"])
def test_only_post(client: FlaskClient, path: str) -> None:
    assert_error(client.get(path), 405, "method_not_allowed")
