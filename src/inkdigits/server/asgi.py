"""The application's door on servers that speak ASGI: the same as on granian, behind other hinges."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from pathlib import Path
from typing import Any

from werkzeug.datastructures import Headers

from inkdigits.server.front import Front

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class Asgi:
    """`Front` as an ASGI application; it needs no lifespan, and answers HTTP alone."""

    def __init__(self, front: Front) -> None:
        self._front = front

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close"})
        if scope["type"] != "http":
            return
        exchange = _Exchange(receive)
        await self._front(_Scope(scope), exchange)
        await send({"type": "http.response.start", "status": exchange.status, "headers": exchange.headers})
        body = exchange.body
        if isinstance(body, Path):
            body = await asyncio.to_thread(body.read_bytes)
        await send({"type": "http.response.body", "body": body})


class _Scope:
    """What ASGI says of a request, in RSGI's words."""

    def __init__(self, scope: Message) -> None:
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        self.query_string: str = scope["query_string"].decode(errors="surrogateescape")
        self.http_version: str = scope["http_version"]
        self.scheme: str = scope["scheme"]
        self.server, self.client = _address(scope["server"]), _address(scope["client"])
        self.headers = Headers([(name.decode("latin-1"), value.decode("latin-1"))
                                for name, value in scope["headers"]])  # fmt: skip


def _address(pair: tuple[str, int | None] | None) -> str:
    host, port = pair or ("", None)
    return f"{host}:{port or 0}"


class _Exchange:
    """Gives the chunks of a request's body, and keeps the answer until it is sent."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self.status, self.headers = 500, list[tuple[bytes, bytes]]()
        self.body: bytes | Path = b""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while (message := await self._receive())["type"] == "http.request":
            if chunk := message.get("body", b""):
                yield chunk
            if not message.get("more_body", False):
                yield b""
                return
        # The client has gone, which a second empty chunk tells.
        yield b""
        yield b""

    def response_bytes(self, status: int, headers: Iterable[tuple[str, str]], body: bytes) -> None:
        self.status, self.body = status, bytes(body)
        self.headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]

    def response_file(self, status: int, headers: Iterable[tuple[str, str]], path: str) -> None:
        self.response_bytes(status, headers, b"")
        self.body = Path(path)
