"""The application's door on granian: takes requests in without a thread each, and lets only so many be read.

The event loop takes in the bodies, so a slow connection costs no thread. A request that is all
there gets a thread, if the gate has a place for it; else the answer is a 503 that costs next to nothing.
Whether the worker lives the loop itself tells, however many ask for other things.
"""

from __future__ import annotations

import asyncio
import math
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any, Protocol

from werkzeug.wsgi import FileWrapper

from inkdigits.errors import InkdigitsError
from inkdigits.server import cors, keys, logs, metrics, prefix
from inkdigits.server.contract import OPERATIONS
from inkdigits.server.errors import refusal
from inkdigits.server.gate import Gate
from inkdigits.server.headers import HEADERS
from inkdigits.server.intake import Body, Intake

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment
    from flask import Flask

    from inkdigits.server.current import Current
    from inkdigits.settings import Settings

#: Threads for what reads no picture, and how many such requests may wait for one: a class opens the page.
OTHERS, OTHERS_WAITING = 2, 1024
#: What is answered without a thread: it takes no longer than to send it away.
AT_ONCE = ("/livez",)
#: Seconds that a request may wait for a thread.
PATIENCE = 2.0
#: Seconds after which a thread that computes lets others have a turn.
SWITCH = 0.001
#: Names in WSGI of the two headers that have no HTTP_ in front.
_BARE = {"content-type": "CONTENT_TYPE", "content-length": "CONTENT_LENGTH"}


class Scope(Protocol):
    """What granian says of a request."""

    method: str
    path: str
    query_string: str
    http_version: str
    scheme: str
    server: str
    client: str
    headers: Any


class Front:
    """The application for granian's own interface, RSGI."""

    def __init__(self, app: Flask, settings: Settings) -> None:
        self._app, self._prefix = app, settings.prefix
        self._current: Current = app.extensions["inkdigits"]
        self._keys: keys.Keys | None = app.extensions.get(keys.EXTENSION)
        self._allowed = cors.patterns(settings.cors_origins)
        self._intake = Intake(app.config["MAX_CONTENT_LENGTH"], settings.timeout)
        self._reading = _Room(settings.threads, Gate(settings.threads, settings.queue, PATIENCE))
        # A page of which a file is sent away is broken, so to wait for one is worth it.
        self._other = _Room(OTHERS, Gate(OTHERS, OTHERS_WAITING, PATIENCE, worth=math.inf, late=math.inf))
        # The event loop must not wait long for its turn among threads that compute.
        sys.setswitchinterval(SWITCH)

    async def __call__(self, scope: Scope, protocol: Any) -> None:
        body, chunks, started = Body.of(scope.headers), aiter(protocol), time.perf_counter()
        try:
            answer = await self._answer(scope, body, chunks)
        except InkdigitsError as error:
            answer = self._refusal(error, scope.headers)
            self._note(answer, scope, started, len(body.data))
        finally:
            self._intake.let_go(body)
        await self._intake.pass_over(body, chunks)
        # A client that keeps its connection to a worker that is about to stop would lose its next request.
        last = not body.whole or (self._current.draining and scope.http_version.startswith("1"))
        headers = [*answer.headers, ("Connection", "close")] if last else answer.headers
        give = protocol.response_file if isinstance(answer.body, str) else protocol.response_bytes
        give(answer.status, headers, answer.body)

    async def _answer(self, scope: Scope, body: Body, chunks: Any) -> _Answer:
        room = self._reading if scope.method == "POST" else self._other
        if not body.small:
            room.gate.check()
            if self._keys and scope.method == "POST":
                # Whoever has no key is to hold no memory.
                self._keys.caller(scope.headers)
        await self._intake.take(body, chunks)
        whole = time.perf_counter()
        if room is self._other and self._path(scope) in AT_ONCE:
            return _ask(self._app.wsgi_app, _environ(scope, body, whole))
        async with room.gate.place():
            # Only now: it holds the body once more.
            return await room.ask(self._app.wsgi_app, _environ(scope, body, whole))

    def _refusal(self, error: InkdigitsError, given: Any) -> _Answer:
        status, own, body = refusal(error, self._prefix, given.get("x-request-id"))
        headers = HEADERS | dict(own) | cors.headers(self._allowed, given.get("origin"))
        return _Answer(status, list(headers.items()), body)

    def _note(self, answer: _Answer, scope: Scope, started: float, size: int) -> None:
        """Count and log what the application never sees."""
        path = self._path(scope)
        metrics.count(scope.method, path if (scope.method, path) in OPERATIONS else None, answer.status)
        own = dict(answer.headers)["X-Request-Id"]
        logs.line(own, scope.method, path, answer.status, started, size)

    def _path(self, scope: Scope) -> str:
        """The path as the application sees it."""
        return prefix.stripped(scope.path, self._prefix)


class _Room:
    """Threads, and the gate in front of them."""

    def __init__(self, threads: int, gate: Gate) -> None:
        self.gate, self._threads = gate, ThreadPoolExecutor(threads)

    async def ask(self, app: WSGIApplication, environ: WSGIEnvironment) -> _Answer:
        return await asyncio.get_running_loop().run_in_executor(self._threads, _ask, app, environ)


@dataclass(frozen=True)
class _Answer:
    """`body` is bytes, or the path of a file that granian itself is to send."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes | str


def _ask(app: WSGIApplication, environ: WSGIEnvironment) -> _Answer:
    started: list[Any] = []
    parts: Any = app(environ, lambda *what: started.extend(what))  # type: ignore[arg-type]
    try:
        body = parts.file.name if isinstance(parts, FileWrapper) else b"".join(parts)
    finally:
        if close := getattr(parts, "close", None):
            close()
    return _Answer(int(started[0][:3]), started[1], body)


def _environ(scope: Scope, body: Body, whole: float) -> WSGIEnvironment:
    """The request for WSGI, its body `whole` since then."""
    host, _, port = scope.server.rpartition(":")
    headers: dict[str, str] = {}
    for name, value in scope.headers.items():
        # With an underscore it would pass for a header that a proxy vouches for.
        if "_" not in name:
            key = _BARE.get(name) or "HTTP_" + name.upper().replace("-", "_")
            headers[key] = f"{headers[key]},{value}" if key in headers else value
    return headers | {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": _bytes_as_text(scope.path),
        "QUERY_STRING": _bytes_as_text(scope.query_string),
        "SERVER_NAME": host.strip("[]"),
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": BytesIO(body.data),
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.file_wrapper": FileWrapper,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        logs.WHOLE: whole,
    }


def _bytes_as_text(text: str) -> str:
    """Text as WSGI has it: a character for each byte."""
    return text.encode(errors="surrogateescape").decode("latin-1")
