"""/livez, /readyz, and the page's and the API's place below a path."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from conftest import READ, SEVEN_STROKES, assert_error
from flask.testing import FlaskClient

from inkdigits import Reader
from inkdigits.errors import SettingsError
from inkdigits.server import create_app
from inkdigits.server.errors import AGAIN
from inkdigits.server.run import check
from inkdigits.settings import Settings


def test_alive_and_ready(client: FlaskClient) -> None:
    assert client.get("/livez").json == {"status": "alive"}
    response = client.get("/readyz")
    assert (response.status_code, response.json) == (200, {"status": "ready"})
    assert "Connection" not in response.headers


def test_a_model_that_reads_wrongly_is_not_ready(wrong_model: Path) -> None:
    client = create_app(Settings(), Reader(wrong_model)).test_client()
    for path in ("/readyz", "/health"):
        answer = client.get(path)
        assert_error(answer, 503, "model_invalid")
        assert answer.headers["Retry-After"] == str(AGAIN)
    assert client.get("/livez").status_code == 200


def test_a_worker_about_to_stop_is_not_ready_but_still_reads(
    reader: Reader, caplog: pytest.LogCaptureFixture
) -> None:
    app = create_app(Settings(), reader)
    app.extensions["inkdigits"].drain()
    client = app.test_client()
    ready = client.get("/readyz")
    assert_error(ready, 503, "draining")
    assert ready.headers["Retry-After"] == str(AGAIN)
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]
    answer = client.post(READ, json={"strokes": SEVEN_STROKES})
    assert answer.json["text"] == "7"
    assert client.get("/livez").status_code == 200


def test_what_a_request_says_of_the_place_changes_nothing(client: FlaskClient) -> None:
    answer = client.get("/nothing", environ_overrides={"SCRIPT_NAME": "/forged"})
    assert answer.json["type"] == "/api/v1/problems/not_found"


@pytest.mark.parametrize("prefix", ["/api", "/api/v1", "/docs", "/assets", "/metrics", "/livez", "/predict"])
def test_a_prefix_that_is_a_path_of_the_server_is_refused(prefix: str, reader: Reader) -> None:
    """Behind a proxy that strips it, what begins with it would lose it twice."""
    with pytest.raises(SettingsError, match=f"prefix cannot be {prefix}"):
        create_app(Settings(prefix=prefix), reader)
    with pytest.raises(SettingsError, match=f"prefix cannot be {prefix}"):
        check(Settings(prefix=prefix))


def test_everything_is_below_the_prefix(reader: Reader) -> None:
    """Whether the proxy in front strips it or not."""
    client = create_app(Settings(prefix="/some/path"), reader).test_client()
    for base in ("/some/path", ""):
        assert client.post(base + READ, json={"strokes": SEVEN_STROKES}).json["text"] == "7"
        assert client.get(f"{base}/readyz").status_code == 200
        assert b"inkdigits" in client.get(f"{base}/", headers={"Accept": "text/html"}, buffered=True).data
        assert client.get(f"{base}/nothing").json["type"] == "/some/path/api/v1/problems/not_found"
    assert client.get("/some/pathological").status_code == 404


def test_the_prefix_itself_leads_to_the_page(reader: Reader, caplog: pytest.LogCaptureFixture) -> None:
    """With the headers of every answer, and a line in the log."""
    client = create_app(Settings(prefix="/some/path"), reader).test_client()
    with caplog.at_level("INFO", "inkdigits.access"):
        response = client.get("/some/path", headers={"X-Request-Id": "my-1"})
    assert (response.status_code, response.headers["Location"]) == (308, "/some/path/")
    assert response.headers["X-Frame-Options"] == "DENY"
    assert response.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert response.headers["X-Request-Id"] == "my-1"
    (line,) = (record.fields for record in caplog.records if record.name == "inkdigits.access")
    assert (line["request_id"], line["status"]) == ("my-1", 308)


def test_the_way_to_the_page_keeps_the_query(reader: Reader) -> None:
    """As it was written, quoted as it was quoted."""
    client = create_app(Settings(prefix="/some/path"), reader).test_client()
    kept = client.get("/some/path?a=1&b=%20")
    assert kept.headers["Location"] == "/some/path/?a=1&b=%20"
