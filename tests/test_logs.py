"""A line a request, in JSON or as text, and nothing of a picture in it."""

from __future__ import annotations

import json
import logging
import logging.config
import os
import re
import subprocess
import sys
import warnings
from typing import Any

import httpx
import pytest
from conftest import INKDIGITS, PNG, READ, base64_of
from flask.testing import FlaskClient

from inkdigits import Reader
from inkdigits.server import create_app
from inkdigits.server.logs import Json, Text, config
from inkdigits.settings import Settings


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Any:
    """Gives the lines written so far, as JSON says them."""
    caplog.set_level(logging.INFO, "inkdigits")
    return lambda: [json.loads(Json().format(record)) for record in caplog.records]


def test_a_line_for_each_request(client: FlaskClient, lines: Any, seven_png: bytes) -> None:
    response = client.post(f"{READ}?count=1", data=seven_png, headers=PNG | {"X-Request-Id": "mine-1"})
    client.get("/livez")
    read, live = lines()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", read.pop("time"))
    assert 0 < read.pop("ms") < 60_000
    assert read == {
        "level": "info", "logger": "inkdigits.access", "event": "request", "request_id": "mine-1",
        "method": "POST", "path": READ, "status": 200, "bytes": len(seven_png), "pictures": 1,
    }  # fmt: skip
    assert response.headers["X-Request-Id"] == "mine-1"
    assert (live["path"], live["pictures"], live["bytes"]) == ("/livez", 0, None)


@pytest.mark.parametrize("given", ["", "a b", "x" * 65, 'a"b', "ä"])
def test_an_id_that_is_no_sane_token_is_replaced(client: FlaskClient, given: str) -> None:
    ids = [client.get("/livez", headers={"X-Request-Id": given}).headers["X-Request-Id"] for _ in range(2)]
    assert all(re.fullmatch("[0-9a-f]{16}", one) for one in ids)
    assert ids[0] != ids[1]


def test_nothing_of_a_picture_is_logged(client: FlaskClient, lines: Any, seven_png: bytes) -> None:
    """Wherever in a request it stands, and whether it is read or refused."""
    text = base64_of(seven_png)
    client.post(READ, json={"image": text})
    client.post(READ, json={"image": text[:-9]})
    client.post(READ, data=seven_png[:-30], content_type="image/png")
    client.get(READ, query_string={"image": text})
    client.get(f"/data:image/png;base64,{'A' * 200}{text}")
    client.open("/", method=text)
    logged = json.dumps(lines())
    assert len(lines()) == 6
    assert not any(text[i : i + 12] in logged for i in range(12, len(text) - 12, 3))


def record(message: str, fields: dict[str, Any] | None = None, trouble: Any = None) -> logging.LogRecord:
    one = logging.LogRecord("inkdigits.x", logging.ERROR, "x.py", 1, message, (), trouble)
    if fields:
        one.fields = fields
    return one


def test_text_is_one_line_that_cannot_be_forged() -> None:
    line = Text().format(record("a\n2026 error b", {"path": "/x\ny", "bytes": None}))
    time, rest = line.split(" ", 1)
    assert time.startswith("20")
    assert rest == 'error inkdigits.x a\n  2026 error b path="/x\\ny" bytes=null'


def test_a_trace_says_where_but_not_with_what_value() -> None:
    try:
        int("secret")
    except ValueError:
        line = Json().format(record("Failed", trouble=sys.exc_info()))
    told = json.loads(line)
    assert told["error"] == "ValueError"
    assert "test_logs.py" in told["trace"][0]
    assert "invalid literal" not in line


def test_every_line_of_a_server_is_json() -> None:
    """Granian's own lines too, from the first to the last."""
    process = subprocess.Popen(
        [*INKDIGITS, "serve", "--port", "0"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=os.environ | {"INKDIGITS_DRAIN": "0.1"},
    )  # fmt: skip
    assert process.stdout is not None
    httpx.get(process.stdout.readline().split()[3] + "/livez")
    process.terminate()
    lines = [json.loads(line) for line in process.communicate(timeout=30)[1].splitlines()]
    assert all(list(line)[:4] == ["time", "level", "logger", "event"] for line in lines)
    assert {"_granian", "inkdigits.access", "inkdigits.server.run"} <= {line["logger"] for line in lines}


def test_what_pillow_remarks_is_no_line(reader: Reader) -> None:
    """It quotes the file of a client."""
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        create_app(Settings(), reader)
        for module in ("PIL.TiffImagePlugin", "elsewhere"):
            warnings.warn_explicit("tag 4711", UserWarning, "file.py", 1, module)
    assert [one.filename for one in seen] == ["file.py"]


def test_the_set_up_can_be_had_in_both_forms() -> None:
    for form, kind in (("json", Json), ("text", Text)):
        wanted = config(Settings(log_format=form, log_level="debug"))
        made = logging.config.DictConfigurator(wanted).configure_formatter(wanted["formatters"]["line"])
        assert isinstance(made, kind)
        assert {logger["level"] for logger in wanted["loggers"].values()} == {"DEBUG"}
