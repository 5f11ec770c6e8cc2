"""The door of the real server: slow, large, damaged and too many requests, over plain sockets."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from conftest import PNG, READ, SEVEN_STROKES, png_of, serving
from flask import Flask

from inkdigits import Reader
from inkdigits.server import create_app, keys
from inkdigits.server.asgi import Asgi
from inkdigits.server.front import Front
from inkdigits.server.intake import LINGER
from inkdigits.server.metrics import REQUESTS
from inkdigits.server.page import PAGE
from inkdigits.server.run import HEADERS
from inkdigits.settings import Settings

ORIGIN = "https://a.example"
POST = b"POST /api/v1/read HTTP/1.1\r\nHost: x\r\nContent-Type: image/png\r\n"


@pytest.fixture(scope="module")
def hasty() -> Iterator[str]:
    """A server that gives a request a second to come, and reads one at a time with nobody waiting."""
    settings = {
        "INKDIGITS_TIMEOUT": "1", "INKDIGITS_THREADS": "1", "INKDIGITS_QUEUE": "0",
        "INKDIGITS_CORS_ORIGINS": ORIGIN,
    }  # fmt: skip
    with serving("--port", "0", **settings) as (address, _):
        yield address


def connect(server: str) -> socket.socket:
    host, port = server.removeprefix("http://").split(":")
    return socket.create_connection((host, int(port)), 10)


def everything(connection: socket.socket) -> bytes:
    """What comes until the other side closes."""
    return b"".join(iter(lambda: connection.recv(65536), b""))


def test_a_body_that_takes_too_long_is_given_up(hasty: str) -> None:
    with connect(hasty) as connection:
        started = time.monotonic()
        connection.sendall(POST + b"Content-Length: 1000\r\n\r\nabc")
        head, _, body = everything(connection).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 408")
    assert b"connection: close" in head.lower()
    problem = json.loads(body)
    assert (problem["code"], problem["status"]) == ("too_slow", 408)
    # Nor is it held back for what else may come.
    assert 0.9 < time.monotonic() - started < 1 + LINGER


def test_headers_that_take_too_long_are_given_up(hasty: str) -> None:
    with connect(hasty) as connection:
        connection.sendall(b"GET /livez HTTP/1.1\r\nHost: ")
        started = time.monotonic()
        everything(connection)
    assert time.monotonic() - started < 8


@pytest.mark.parametrize(("size", "status"), [(HEADERS - 1000, 200), (2 * HEADERS + 1000, 431)])
def test_only_so_long_headers_are_taken(server: str, size: int, status: int) -> None:
    with connect(server) as connection:
        connection.sendall(b"GET /livez HTTP/1.1\r\nHost: x\r\nX-A: " + b"a" * size + b"\r\n\r\n")
        assert connection.recv(65536).startswith(b"HTTP/1.1 %d" % status)


def test_slow_bodies_hold_no_threads(server: str, seven_png: bytes) -> None:
    """Far more of them than threads; a request beside them is answered all the same."""
    with ExitStack() as open_:
        for _ in range(100):
            connection = open_.enter_context(connect(server))
            connection.sendall(POST + b"Content-Length: 100000\r\n\r\n" + seven_png)
        assert httpx.post(server + READ, content=seven_png, headers=PNG).json()["text"] == "7"


def counted(server: str, status: int) -> float:
    """How many requests for a reading were answered so."""
    one = f'inkdigits_requests_total{{method="POST",route="{READ}",status="{status}"}} '
    lines = httpx.get(f"{server}/metrics").text.splitlines()
    return sum(float(line.removeprefix(one)) for line in lines if line.startswith(one))


def test_too_many_are_sent_away_and_come_back_later(hasty: str, big_png: bytes, seven_png: bytes) -> None:
    """Of eight at once that take long some are refused, at once and clearly; then all is as before."""
    before, headers = counted(hasty, 503), PNG | {"Origin": ORIGIN}
    with ThreadPoolExecutor(8) as threads:
        answers = list(
            threads.map(lambda _: httpx.post(hasty + READ, content=big_png, headers=headers), range(8))
        )
    refused = [answer for answer in answers if answer.status_code == 503]
    assert refused
    assert len(refused) < 8
    assert counted(hasty, 503) - before == len(refused)
    for answer in refused:
        assert answer.headers["Retry-After"] == "1"
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
        assert answer.json()["code"] == "overloaded"
        assert answer.json()["request_id"] == answer.headers["X-Request-Id"]
    time.sleep(0.5)
    assert httpx.post(hasty + READ, content=seven_png, headers=PNG).status_code == 200


def test_the_wait_for_a_thread_is_told() -> None:
    """In the metrics: without the wait they would say less than half of how long clients wait."""
    grain = png_of(np.random.default_rng(0).integers(0, 256, (150, 200), np.uint8))
    with serving("--port", "0", INKDIGITS_THREADS="1", INKDIGITS_QUEUE="8") as (address, _):
        with ThreadPoolExecutor(4) as threads:
            answers = list(
                threads.map(lambda _: httpx.post(address + READ, content=grain, headers=PNG), range(4))
            )
        assert {answer.status_code for answer in answers} == {200}
        name = f'inkdigits_request_seconds_sum{{route="{READ}"}} '
        lines = httpx.get(f"{address}/metrics").text.splitlines()
        told = sum(float(line.removeprefix(name)) for line in lines if line.startswith(name))
    waited = sum(answer.elapsed.total_seconds() for answer in answers)
    assert 0.5 * waited < told < waited


def test_who_has_no_key_need_not_send_a_large_body(tmp_path: Path) -> None:
    token = keys.add(tmp_path / "keys", "ann")
    end = b"Content-Length: 5000000\r\n\r\n"
    with serving("--port", "0", INKDIGITS_KEYS=str(tmp_path / "keys")) as (address, _):
        for header in (b"", b"X-API-Key: nobody\r\n"):
            with connect(address) as connection:
                connection.sendall(POST + header + end)
                head, _, body = everything(connection).partition(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 401")
            assert json.loads(body)["code"] == "unauthorized"
        with connect(address) as connection:
            connection.settimeout(1)
            connection.sendall(POST + f"X-API-Key: {token}\r\n".encode() + end)
            with pytest.raises(TimeoutError):  # the body is waited for
                connection.recv(1)


def test_all_connections_end_with_a_worker(big_png: bytes) -> None:
    """Those of refused requests, too."""
    settings = {"INKDIGITS_THREADS": "1", "INKDIGITS_QUEUE": "0", "INKDIGITS_DRAIN": "3"}
    with serving("--port", "0", **settings) as (address, process):
        process.terminate()
        with ThreadPoolExecutor(8) as threads:
            answers = list(
                threads.map(lambda _: httpx.post(address + READ, content=big_png, headers=PNG), range(8))
            )
        assert {answer.status_code for answer in answers} == {200, 503}
        assert {answer.headers["Connection"] for answer in answers} == {"close"}
        assert httpx.get(f"{address}/readyz").json()["code"] == "draining"


def test_what_reads_nothing_is_answered_at_a_crowd(hasty: str, big_png: bytes) -> None:
    going = threading.Event()

    def crowd() -> None:
        while not going.is_set():
            httpx.post(hasty + READ, content=big_png, headers=PNG)

    with ThreadPoolExecutor(4) as threads:
        for _ in range(4):
            threads.submit(crowd)
        try:
            for path in ("/livez", "/metrics", "/") * 5:
                assert httpx.get(hasty + path).status_code == 200
            counted = dict(line.rsplit(" ", 1) for line in httpx.get(hasty + "/metrics").text.splitlines())
            assert float(counted["inkdigits_sent_away_total"]) > 0
        finally:
            going.set()


@pytest.mark.parametrize("path", ["/readyz", "/api/v1/openapi.json"])
def test_probes_are_answered_however_many_ask(path: str) -> None:
    """At a path of ours, as through a proxy, and as a class opens the page."""

    async def flood(client: httpx.AsyncClient, statuses: list[int], until: float) -> None:
        while time.monotonic() < until:
            statuses.append((await client.get(path)).status_code)

    async def probe(client: httpx.AsyncClient, statuses: list[int], until: float) -> None:
        while time.monotonic() < until:
            for one in ("/livez", "/digits/livez", "/readyz"):
                statuses.append((await client.get(one)).status_code)
            await asyncio.sleep(0.1)

    async def work(address: str) -> None:
        asked, probed, until = list[int](), list[int](), time.monotonic() + 2
        many = httpx.AsyncClient(base_url=address, timeout=30, limits=httpx.Limits(max_connections=None))
        async with many, httpx.AsyncClient(base_url=address, timeout=30) as other:
            await asyncio.gather(*(flood(many, asked, until) for _ in range(60)), probe(other, probed, until))
        assert {*asked} == {200}
        assert {*probed} == {200}

    with serving("--port", "0", INKDIGITS_PREFIX="/digits") as (address, _):
        asyncio.run(work(address))


def test_a_connection_is_kept_exactly_if_the_body_was_taken(server: str, seven_png: bytes) -> None:
    with connect(server) as connection:
        for _ in range(3):
            connection.sendall(POST + b"Content-Length: 5\r\n\r\nhello")
            assert connection.recv(65536).startswith(b"HTTP/1.1 415")
        connection.sendall(POST + b"Content-Length: 99999999\r\n\r\n" + seven_png)
        answer = everything(connection)
    assert answer.startswith(b"HTTP/1.1 413")
    assert b"connection: close" in answer.lower()


def test_a_body_that_grows_too_long_is_cut_off(server: str) -> None:
    """Without saying how long it is."""
    with connect(server) as connection:
        connection.sendall(POST + b"Transfer-Encoding: chunked\r\n\r\n")
        # A reset or a broken pipe, as it happens.
        with pytest.raises(OSError):  # noqa: PT011
            connection.sendall((b"100000\r\n" + bytes(0x100000) + b"\r\n") * 100)


@pytest.mark.parametrize(
    ("end", "status"),
    [
        (b"0\r\n\r\n", 200),
        (b"ZZ\r\n", 400),
        (b"-1\r\n", 400),
        (b"{}\r\n0\r\n\r\n", 400),
        (b"0\r\nX-A: 1\r\n\r\n", 400),
    ],
)
def test_chunks_that_break_off_are_not_read(server: str, end: bytes, status: int) -> None:
    """Though what has come would be a drawing; trailers are not told from a break."""
    body = json.dumps({"strokes": SEVEN_STROKES}).encode()
    with connect(server) as connection:
        connection.sendall(
            POST.replace(b"image/png", b"application/json") + b"Connection: close\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n" % (len(body), body) + end
        )  # fmt: skip
        assert everything(connection).startswith(b"HTTP/1.1 %d" % status)


def test_what_comes_in_chunks_is_measured(server: str, seven_png: bytes) -> None:
    def measured() -> float:
        one = f'inkdigits_request_bytes_sum{{route="{READ}"}} '
        lines = httpx.get(f"{server}/metrics").text.splitlines()
        return sum(float(line.removeprefix(one)) for line in lines if line.startswith(one))

    before = measured()
    form = httpx.Request("POST", server, files={"image": seven_png})
    for body, headers in ((seven_png, PNG), (form.read(), dict(form.headers))):
        headers = {name: value for name, value in headers.items() if name.lower() == "content-type"}
        answer = httpx.post(server + READ, content=iter([body[:99], body[99:]]), headers=headers)
        assert answer.json()["text"] == "7"
    assert measured() - before == len(seven_png) + len(form.read())


def test_a_header_with_an_underscore_is_dropped(seven_png: bytes) -> None:
    """It would pass for X-Forwarded-For, which a proxy vouches for."""
    settings = {"INKDIGITS_TRUSTED_PROXIES": "1", "INKDIGITS_RATE_LIMIT": "1/hour"}
    with serving("--port", "0", **settings) as (server, _):
        statuses = [
            httpx.post(
                server + READ, content=seven_png, headers=PNG | {"X_Forwarded_For": f"192.0.2.{i}"}
            ).status_code
            for i in range(2)
        ]
    assert statuses == [200, 429]


@pytest.mark.parametrize(
    "path",
    [
        "/assets/%2e%2e/app.py",
        "/assets/..%2f..%2fapp.py",
        "/%ff",
        "/%00",
        "//x",
        "/assets//x",
        "/ä".encode().decode("latin-1"),
    ],
)
def test_odd_paths_lead_nowhere(server: str, path: str) -> None:
    with connect(server) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode("latin-1"))
        assert everything(connection).startswith((b"HTTP/1.1 404", b"HTTP/1.1 400"))


#: A query as bytes, and the text that the option in it stands for; None where it is refused.
QUERIES: list[tuple[bytes, str | None]] = [
    (b"pattern=d\xc3\xa9\xd9\xa4", "7é٤"), (b"pattern=d%C3%A9", "7é"), (b"pattern=d%FF", None),
]  # fmt: skip


@pytest.mark.parametrize(("query", "text"), QUERIES)
def test_a_query_need_not_be_ascii(server: str, seven_png: bytes, query: bytes, text: str | None) -> None:
    with connect(server) as connection:
        connection.sendall(b"GET /livez?%b HTTP/1.1\r\nHost: x\r\n\r\n" % query)
        assert connection.recv(65536).startswith(b"HTTP/1.1 200")
        head = POST.replace(b"/read", b"/read?" + query) + b"Connection: close\r\n"
        connection.sendall(head + b"Content-Length: %d\r\n\r\n" % len(seven_png) + seven_png)
        answer = json.loads(everything(connection).partition(b"\r\n\r\n")[2])
    assert (answer.get("text"), answer.get("code")) == (text, None if text else "bad_option")


def through_asgi(
    app: Flask,
    settings: Settings,
    body: bytes,
    headers: dict[str, str],
    query: bytes = b"",
    more: bool = False,
    left: bool = False,
) -> httpx.Response:
    """What the door answers to a request for a reading.

    Where it has `more` of a body, that never comes; its client may have `left` instead.
    """
    front = Front(app, settings)
    scope = {
        "type": "http", "method": "POST", "path": READ, "query_string": query, "http_version": "1.1",
        "scheme": "http", "server": ("127.0.0.1", 80), "client": ("127.0.0.1", 1),
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
    }  # fmt: skip
    coming, sent = [body], list[dict[str, Any]]()

    async def receive() -> dict[str, Any]:
        if not coming and left:
            return {"type": "http.disconnect"}
        if not coming:
            await asyncio.sleep(60)
        return {"type": "http.request", "body": coming.pop(), "more_body": more}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    asyncio.run(Asgi(front)(scope, receive, send))
    return httpx.Response(sent[0]["status"], headers=sent[0]["headers"], content=sent[1]["body"])


@pytest.mark.parametrize(("query", "text"), [*QUERIES, (b"pattern=d\xff", None)])
def test_through_asgi_a_query_is_the_same(
    app: Flask, seven_png: bytes, query: bytes, text: str | None
) -> None:
    length = {"Content-Length": str(len(seven_png))}
    answer = through_asgi(app, Settings(), seven_png, PNG | length, query).json()
    assert (answer.get("text"), answer.get("code")) == (text, None if text else "bad_option")


@pytest.mark.parametrize(("left", "status"), [(False, 200), (True, 400)])
def test_through_asgi_chunks_end_or_break_off(app: Flask, seven_png: bytes, left: bool, status: int) -> None:
    headers = PNG | {"Transfer-Encoding": "chunked"}
    assert through_asgi(app, Settings(), seven_png, headers, more=left, left=left).status_code == status


def test_through_asgi_there_are_no_websockets(app: Flask) -> None:
    """They are closed, where no answer would be an error of the server's."""
    sent = list[dict[str, Any]]()

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.connect"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    asyncio.run(Asgi(Front(app, Settings()))({"type": "websocket"}, receive, send))
    assert sent == [{"type": "websocket.close"}]


@pytest.mark.parametrize(
    ("headers", "more", "status"),
    [
        ({"Content-Length": "100"}, False, 400),
        ({"Transfer-Encoding": "gzip, chunked"}, False, 400),
        ({"Content-Length": "100"}, True, 408),
    ],
)
@pytest.mark.parametrize("allowed", [ORIGIN, f"https://b.example,{ORIGIN}", "*", "https://b.example", ""])
def test_pages_see_what_is_refused_at_the_door_as_they_see_answers(
    reader: Reader, headers: dict[str, str], more: bool, status: int, allowed: str
) -> None:
    """And it is counted; a body that comes early, strangely or too late never reaches the application."""
    settings = Settings(cors_origins=allowed, timeout=0.1)  # type: ignore[arg-type]
    app, origin = create_app(settings, reader), {"Origin": ORIGIN}
    count = REQUESTS.labels("POST", READ, str(status))._value
    before = count.get()
    refused = through_asgi(app, settings, b"abc", headers | origin, more=more)
    assert (refused.status_code, count.get() - before) == (status, 1)
    own = app.test_client().get("/livez", headers=origin).headers
    cors = {name: value for name, value in own if name.startswith("Access-Control-") or name == "Vary"}
    assert bool(cors) == (allowed not in ("", "https://b.example"))
    assert {name: refused.headers.get(name) for name in cors} == cors
    assert ("Vary" in refused.headers) == bool(cors)


def test_files_come_whole(server: str) -> None:
    file: Path = next((PAGE / "assets").glob("*.js"))
    address, content = f"{server}/assets/{file.name}", file.read_bytes()
    plain = {"Accept-Encoding": "identity"}
    whole = httpx.get(address, headers=plain)
    assert whole.content == content
    assert "immutable" in whole.headers["Cache-Control"]
    part = httpx.get(address, headers=plain | {"Range": "bytes=10-19"})
    assert (part.status_code, part.content) == (200, content)
    unchanged = httpx.get(address, headers=plain | {"If-None-Match": whole.headers["ETag"]})
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    head = httpx.head(address, headers=plain)
    assert (head.content, int(head.headers["Content-Length"])) == (b"", len(content))


def test_what_is_refused_at_the_door_has_a_line_in_the_log(capfd: pytest.CaptureFixture[str]) -> None:
    """With its path as the application's own lines have it, wherever that is."""
    settings = {"INKDIGITS_TIMEOUT": "1", "INKDIGITS_LOG_FORMAT": "json", "INKDIGITS_PREFIX": "/digits"}
    with serving("--port", "0", **settings) as (address, _), connect(address) as connection:
        connection.sendall(
            POST.replace(b"/api", b"/digits/api") + b"X-Request-Id: late-1\r\nContent-Length: 1000\r\n\r\nabc"
        )
        everything(connection)
    lines = [json.loads(line) for line in capfd.readouterr().err.splitlines() if line.startswith("{")]
    (line,) = (line for line in lines if line.get("request_id") == "late-1")
    assert (line["status"], line["path"], line["bytes"]) == (408, "/api/v1/read", 3)
