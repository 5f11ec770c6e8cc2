"""The API: every form of a picture gives the same answer, every fault a clear 4xx."""

from __future__ import annotations

import io
import tempfile
import textwrap
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import READ, SEVEN_STROKES, assert_error, base64_of, form_of, png_of
from flask import Flask, request
from flask.testing import FlaskClient
from numpy.typing import NDArray

from inkdigits import Reader
from inkdigits.server import create_app, page
from inkdigits.server.form import MemoryRequest
from inkdigits.settings import Settings

# --- every accepted form ---


def test_every_form_of_a_picture_gives_the_same_reading(
    client: FlaskClient, reader: Reader, seven: NDArray[np.uint8], seven_png: bytes
) -> None:
    text = base64_of(seven_png)
    url_safe = text.replace("+", "-").replace("/", "_").rstrip("=")
    answers = [
        client.post(READ, data=seven_png, content_type="image/png"),
        client.post(READ, data=seven_png, content_type="image/x-anything"),
        client.post(READ, data=seven_png, content_type="application/octet-stream"),
        client.post(READ, data={"image": (io.BytesIO(seven_png), "a.png")}),
        client.post(READ, data={"file": (io.BytesIO(seven_png), "a.png")}),
        client.post(READ, json={"image": text}),
        client.post(READ, json={"image": "\n".join(text[i : i + 76] for i in range(0, len(text), 76))}),
        client.post(READ, json={"image": url_safe}),
        client.post(READ, json={"image": f"data:image/png;base64,{text}"}),
        client.post(READ, json={"image": "\r\n".join(textwrap.wrap(text, 76))}),
        client.post(READ, json={"image": f"data:image/png;name=a.png;base64,{text}", "strokes": None}),
        client.post(READ, json={"pixels": seven.ravel().tolist()}),
    ]
    expected = reader.read(seven_png).to_dict()
    assert expected["text"] == "7"
    assert [answer.status_code for answer in answers] == [200] * len(answers)
    assert [answer.json for answer in answers] == [expected] * len(answers)


def test_pixels_from_0_to_1(client: FlaskClient, seven: NDArray[np.uint8]) -> None:
    answer = client.post(READ, json={"pixels": (seven.ravel() / 255).tolist()}).json
    assert answer == client.post(READ, json={"pixels": seven.ravel().tolist()}).json


def test_strokes(client: FlaskClient, reader: Reader) -> None:
    answer = client.post(READ, json={"strokes": SEVEN_STROKES})
    assert answer.json == reader.read(SEVEN_STROKES).to_dict()
    assert answer.json["text"] == "7"


def test_several_digits(client: FlaskClient, mnist: Any) -> None:
    line = np.hstack([np.pad(mnist.images[i], 4) for i in range(3)])
    answer = client.post(READ, data=png_of(line), content_type="image/png").json
    assert answer["text"] == "".join(map(str, mnist.labels[:3]))
    lefts = [digit["box"]["x"] for digit in answer["digits"]]
    assert lefts == sorted(lefts)


@pytest.mark.parametrize("body", [{"pixels": [0] * 784}, {"strokes": []}, {"strokes": [[]]}])
def test_blank_is_an_answer(client: FlaskClient, body: dict[str, Any]) -> None:
    assert client.post(READ, json=body).json == {
        "text": "", "confidence": 0.0, "reason": "blank", "turned": 0, "digits": [],
    }  # fmt: skip


# --- what is kept of a request ---


def test_uploads_stay_in_memory(app: Flask) -> None:
    with app.test_request_context(method="POST", **form_of(bytes(2_000_000))):
        assert isinstance(request, MemoryRequest)
        assert isinstance(request.files["image"].stream, io.BytesIO)


def test_nothing_is_written_to_disk(
    client: FlaskClient, big_png: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a place for temporary files a large upload is still read."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    with pytest.raises(OSError, match="nowhere"), tempfile.TemporaryFile():
        pass
    assert len(big_png) > 1_900_000
    for path in (READ, "/predict", "/predict-image"):
        response = client.post(path, **form_of(big_png))
        assert response.status_code in (200, 422), response.text


def test_an_internal_error_is_said_without_detail(caplog: pytest.LogCaptureFixture, reader: Reader) -> None:
    """Nothing a client can send may cause one, so a route that fails is added to a fresh application."""
    broken = create_app(Settings(), reader)
    broken.add_url_rule("/broken", view_func=lambda: 1 // 0)
    response = broken.test_client().get("/broken")
    assert_error(response, 500, "internal")
    assert "Zero" not in response.text
    assert "ZeroDivisionError" in caplog.text
    assert "test_server.py" in caplog.text


# --- the page, health, headers ---


def test_welcome_and_page(client: FlaskClient) -> None:
    browser = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"
    for accept in ("", "*/*", "application/json", "application/json, text/html;q=0.5"):
        response = client.get("/", headers={"Accept": accept} if accept else {})
        assert response.json == {"message": "Welcome to the Handwritten Digit Recognizer API!"}
        assert "Accept" in response.headers["Vary"]
    response = client.get("/", headers={"Accept": browser}, buffered=True)
    assert response.status_code == 200
    assert response.mimetype == "text/html"
    assert "inkdigits" in response.text
    assert "Accept" in response.headers["Vary"]


def served_from(folder: Path) -> FlaskClient:
    app = Flask("page", static_folder=None)
    app.register_blueprint(page.blueprint(folder))
    return app.test_client()


def test_a_page_that_is_not_built(tmp_path: Path) -> None:
    for path in ("/", "/docs"):
        response = served_from(tmp_path / "page").get(path, headers={"Accept": "text/html"})
        assert response.mimetype == "text/html"
        assert "make web" in response.text


def test_a_page_that_is_built(tmp_path: Path) -> None:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<h1>the page</h1>")
    (tmp_path / "docs.html").write_text("<h1>the docs</h1>")
    (tmp_path / "icon.svg").write_text("<svg/>")
    (tmp_path / "assets" / "index-abc123.js").write_text("1")
    client = served_from(tmp_path)
    index = client.get("/", headers={"Accept": "text/html"}, buffered=True)
    assert index.text == "<h1>the page</h1>"
    assert index.headers["Cache-Control"] == "no-cache"
    assert client.get("/index.html", buffered=True).text == index.text
    assert client.get("/docs", buffered=True).text == "<h1>the docs</h1>"
    assert client.get("/icon.svg", buffered=True).mimetype == "image/svg+xml"
    asset = client.get("/assets/index-abc123.js", buffered=True)
    assert asset.mimetype == "text/javascript"
    assert asset.cache_control.immutable
    assert asset.cache_control.max_age == 31_536_000
    assert client.get("/assets/%2e%2e/index.html").status_code == 404


@pytest.mark.parametrize(
    ("accepts", "coding", "body"),
    [
        ("gzip, deflate, br, zstd", "br", b"br"),
        ("gzip", "gzip", b"gz"),
        ("br;q=0, gzip", "gzip", b"gz"),
        ("identity", None, b"1"),
        ("", None, b"1"),
    ],
)
def test_files_that_lie_there_compressed(
    tmp_path: Path, accepts: str, coding: str | None, body: bytes
) -> None:
    (tmp_path / "assets").mkdir()
    for folder, name in ((tmp_path, "sw.js"), (tmp_path / "assets", "a-1.js"), (tmp_path, "index.html")):
        for ending, content in (("", b"1"), (".br", b"br"), (".gz", b"gz")):
            (folder / f"{name}{ending}").write_bytes(content)
    client = served_from(tmp_path)
    for path, mimetype in (
        ("/sw.js", "text/javascript"),
        ("/assets/a-1.js", "text/javascript"),
        ("/", "text/html"),
    ):
        answer = client.get(path, headers={"Accept-Encoding": accepts, "Accept": "text/html"}, buffered=True)
        assert (answer.data, answer.headers.get("Content-Encoding")) == (body, coding)
        assert answer.mimetype == mimetype
        assert "Accept-Encoding" in answer.headers["Vary"]
    assert client.get("/sw.js.br").status_code == 404


@pytest.mark.parametrize("path", ["/docs", "/manifest.webmanifest"])
def test_a_file_is_sent_whole_or_not_at_all(client: FlaskClient, path: str) -> None:
    """No parts of it, whatever is asked for, and not to who has it."""
    whole = client.get(path, buffered=True)
    assert "Accept-Ranges" not in whole.headers
    ranges = ("bytes=10-19", "bytes=0-1,5-6", "bytes=999999999-", "pages=1-2", "foo")
    for asked in ({"If-Match": '"x"'}, *({"Range": part} for part in ranges)):
        answer = client.get(path, headers=asked, buffered=True)
        assert (answer.status_code, answer.data) == (200, whole.data)
    for kept in (
        {"If-None-Match": whole.headers["ETag"]},
        {"If-Modified-Since": whole.headers["Last-Modified"]},
    ):
        answer = client.get(path, headers=kept, buffered=True)
        assert (answer.status_code, answer.data) == (304, b"")


def test_health(client: FlaskClient) -> None:
    response = client.get("/health")
    assert response.status_code == 200
    assert response.json == {"status": "healthy"}


def test_health_of_a_model_that_reads_wrongly(wrong_model: Path) -> None:
    client = create_app(Settings(model=wrong_model)).test_client()
    assert_error(client.get("/health"), 503, "model_invalid")


@pytest.mark.parametrize("path", ["/", "/health", "/nowhere", READ])
def test_security_headers(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers
    policy = set(headers["Content-Security-Policy"].split("; "))
    assert policy >= {
        "default-src 'none'",
        "script-src 'self' 'wasm-unsafe-eval'",
        "style-src 'self'",
        "frame-ancestors 'none'",
    }
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("allowed", "origin", "answer"),
    [
        ((), "https://a.example", None),
        (("https://a.example",), "https://a.example", "https://a.example"),
        (("https://a.example",), "https://b.example", None),
        (("https://a.example",), "http://a.example", None),
        (("https://a.example",), "https://a.example.evil", None),
        (("https://a.example", "http://localhost:5173"), "http://localhost:5173", "http://localhost:5173"),
        (("http://[::1]:5173",), "http://[::1]:5173", "http://[::1]:5173"),
        (("*",), "https://anyone.example", "https://anyone.example"),
    ],
)
def test_cors_allow_list(reader: Reader, allowed: tuple[str, ...], origin: str, answer: str | None) -> None:
    client = create_app(Settings(cors_origins=allowed), reader).test_client()
    asked = {"Origin": origin, "Access-Control-Request-Method": "POST",
             "Access-Control-Request-Headers": "content-type"}  # fmt: skip
    headers = client.get("/health", headers={"Origin": origin}).headers
    assert headers.get("Access-Control-Allow-Origin") == answer
    preflight = client.options(READ, headers=asked).headers
    assert preflight.get("Access-Control-Allow-Origin") == answer
    assert ("POST" in preflight.get("Access-Control-Allow-Methods", "")) == (answer is not None)
    assert "Access-Control-Allow-Credentials" not in preflight
