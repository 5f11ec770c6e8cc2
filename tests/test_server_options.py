"""The options of the API: what may be asked, in every form of a picture, and what may not."""

from __future__ import annotations

import base64
import io
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import READ, SEVEN_STROKES, assert_error, base64_of, png_of
from flask.testing import FlaskClient
from PIL import Image

from inkdigits import Reader
from inkdigits.server.routes import MOST_EXPLAINED

REFERENCE = (Path(__file__).parent.parent / "docs" / "reference.md").read_text("utf-8")


@pytest.fixture(scope="session")
def row_png(mnist: Any) -> bytes:
    """The digits 7210 in a row."""
    assert mnist.labels[:4].tolist() == [7, 2, 1, 0]
    return png_of(np.hstack([np.pad(mnist.images[i], 4) for i in range(4)]))


def ask(client: FlaskClient, png: bytes, query: str) -> Any:
    response = client.post(f"{READ}?{query}", data=png, content_type="image/png")
    assert response.status_code == 200, response.text
    return response.json


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("length=4&lines=1", "7210"),
        ("count=4", "7210"),
        ("lines=1", "7210"),
        ("pattern=dd-dd", "72-10"),
        ("pattern=d2%20(dd)&count=4", "72 (10)"),
    ],
)
def test_a_guide_is_obeyed(client: FlaskClient, row_png: bytes, query: str, text: str) -> None:
    assert ask(client, row_png, query)["text"] == text


def test_every_form_of_a_picture_takes_them(client: FlaskClient, reader: Reader, row_png: bytes) -> None:
    path = f"{READ}?pattern=d.ddd&decline=false"
    answers = [
        client.post(path, data=row_png, content_type="image/png").json,
        client.post(path, data={"image": (io.BytesIO(row_png), "a.png")}).json,
        client.post(path, json={"image": base64_of(row_png)}).json,
    ]
    expected = reader.read(row_png, pattern="d.ddd", risk=1).to_dict()
    assert expected["text"] == "7.210"
    assert answers == [expected] * 3


def test_what_cannot_obey_is_ambiguous(client: FlaskClient, row_png: bytes) -> None:
    answer = ask(client, row_png, "count=200")
    assert (answer["text"], answer["digits"], answer["reason"]) == ("", [], "ambiguous")


def test_decline_is_a_risk(client: FlaskClient, row_png: bytes) -> None:
    """No risk at all declines; any risk answers; without either the model's own counts."""
    assert ask(client, row_png, "risk=0")["reason"] == "ambiguous"
    assert ask(client, row_png, "risk=1") == ask(client, row_png, "decline=false")
    assert ask(client, row_png, "decline=true") == ask(client, row_png, "")


def test_an_explanation_is_pictures(client: FlaskClient, row_png: bytes) -> None:
    assert "explanation" not in ask(client, row_png, "explain=false")
    answer = ask(client, row_png, "explain=true")
    explanation = answer.pop("explanation")
    assert answer == ask(client, row_png, "")
    assert [digit["value"] for digit in explanation["digits"]] == [7, 2, 1, 0]
    for url in (
        explanation["ink"],
        explanation["boxes"],
        *(digit["tile"] for digit in explanation["digits"]),
    ):
        head, _, data = url.partition(",")
        assert head == "data:image/png;base64"
        Image.open(io.BytesIO(base64.b64decode(data))).load()


def test_of_many_digits_the_first_are_explained(client: FlaskClient) -> None:
    sevens = [[[x, y], [x + 60, y], [x + 20, y + 100]] for y in (0, 200, 400) for x in range(0, 1000, 110)]
    answer = client.post(f"{READ}?explain=true", json={"strokes": sevens}).json
    assert len(answer["digits"]) == len(sevens) == 30
    shown = answer["explanation"]["digits"]
    assert [one["box"] for one in shown] == [one["box"] for one in answer["digits"]][:MOST_EXPLAINED]


def test_strokes_are_explained(client: FlaskClient) -> None:
    answer = client.post(f"{READ}?explain=true", json={"strokes": SEVEN_STROKES}).json
    assert [digit["value"] for digit in answer["explanation"]["digits"]] == [7]


# --- faults ---


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("lenght=4", "bad_option"),
        ("length=", "bad_option"),
        ("length=four", "bad_option"),
        ("length=1.5", "bad_option"),
        ("length=" + "9" * 5000, "bad_option"),
        ("length=4&length=5", "bad_option"),
        ("risk=low", "bad_option"),
        ("risk=-0.1", "bad_option"),
        ("risk=1.5", "bad_option"),
        ("risk=nan", "bad_option"),
        ("decline=no", "bad_option"),
        ("decline=false&risk=0.1", "bad_option"),
        ("explain", "bad_option"),
        ("length=0", "bad_guide"),
        ("count=100000000", "bad_guide"),
        ("pattern=", "bad_guide"),
        ("pattern=--", "bad_guide"),
        ("pattern=d%1b[31m", "bad_guide"),
        ("pattern=d%00", "bad_guide"),
        ("pattern=%FFdddd", "bad_option"),
        ("x=%FF", "bad_option"),
        ("pattern=dd&length=3", "bad_guide"),
        ("length=3&count=4", "bad_guide"),
    ],
    ids=lambda value: value[:30],
)
def test_faulty_options(client: FlaskClient, seven_png: bytes, query: str, code: str) -> None:
    assert_error(client.post(f"{READ}?{query}", data=seven_png, content_type="image/png"), 400, code)


@pytest.mark.parametrize(("query", "remedy"), [("risk=.5", "such as 0.05"), ("length=01", "such as 4")])
def test_how_a_number_is_written_is_shown(client: FlaskClient, query: str, remedy: str) -> None:
    answer = client.post(f"{READ}?{query}", json={"strokes": SEVEN_STROKES})
    assert_error(answer, 400, "bad_option")
    assert remedy in answer.json["remedy"]


@pytest.mark.parametrize("query", ["pattern=é٤dddd", "pattern=%C3%A9%D9%A4dddd"])
def test_a_query_is_utf8(client: FlaskClient, row_png: bytes, query: str) -> None:
    assert ask(client, row_png, query)["text"] == "é٤7210"
    assert ask(client, row_png, "pattern=%25FFdddd")["text"] == "%FF7210"


def beside(png: bytes) -> list[tuple[str, dict[str, Any]]]:
    """Requests that hold something besides the picture."""
    image, strokes = base64_of(png), SEVEN_STROKES
    return [
        (READ, {"data": {"image": file_of(png), "length": "3"}}),
        (READ, {"data": {"image": file_of(png), "mask": file_of(png)}}),
        (READ, {"data": {"image": file_of(png), "image ": "x"}}),
        (READ, {"json": {"image": image, "length": 3}}),
        (READ, {"json": {"strokes": strokes, "note": None}}),
        ("/api/v1/read/batch", {"data": {"image": [file_of(png), file_of(png)], "count": "1"}}),
        ("/api/v1/read/batch", {"json": {"pictures": [{"image": image}], "count": 1}}),
        ("/api/v1/strokes", {"json": {"strokes": strokes, "decline": False}}),
        ("/api/v1/strokes", {"json": {"drawings": [strokes], "image": image}}),
    ]


def file_of(data: bytes) -> tuple[io.BytesIO, str]:
    return io.BytesIO(data), "a.png"


def test_whatever_is_besides_the_picture_is_refused(client: FlaskClient, seven_png: bytes) -> None:
    """Else an option that is given in the wrong place would be left out unnoticed."""
    for path, request in beside(seven_png):
        response = client.post(path, **request)
        assert_error(response, 400, "bad_option")
        assert "in the query" in response.json["remedy"]


def test_of_a_batch_only_the_picture_with_more_is_refused(client: FlaskClient, seven_png: bytes) -> None:
    pictures = [{"image": base64_of(seven_png), "length": 1}, {"strokes": SEVEN_STROKES}]
    first, second = client.post("/api/v1/read/batch", json={"pictures": pictures}).json["answers"]
    assert first["problem"]["code"] == "bad_option"
    assert second["reading"]["text"] == "7"


def test_a_second_file_is_refused(client: FlaskClient, seven_png: bytes, blank_png: bytes) -> None:
    response = client.post(READ, data={"image": [file_of(blank_png), file_of(seven_png)]})
    assert_error(response, 400, "bad_input")
    assert "2 files `image`" in response.json["detail"]


def test_an_unknown_option_names_the_known(client: FlaskClient) -> None:
    """And the reference has a row for each."""
    remedy = client.post(f"{READ}?x=1").json["remedy"]
    names = re.findall("[a-z]+", remedy.removeprefix("There are "))
    assert {"length", "pattern", "count", "lines", "risk", "decline", "explain"} == set(names)
    assert all(f"| `{name}` | `--" in REFERENCE for name in names)
