"""Clients over plain sockets: requests at full speed, or so many a second."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

#: Seconds after which a request counts as failed.
PATIENCE = 30


@dataclass(frozen=True)
class Answer:
    """What came of one request: `status` 0 if nothing did, and then `fault` says why."""

    status: int
    seconds: float
    body: bytes = b""
    head: str = ""
    fault: str = ""

    @property
    def right(self) -> bool:
        return self.status == 200


def request(
    path: str, body: bytes = b"", kind: str = "image/png", method: str = "POST", **headers: str
) -> bytes:
    """An HTTP/1.1 request as it goes over the wire; `headers` with _ for -."""
    fields = {"Host": "localhost", "Content-Type": kind, "Content-Length": str(len(body))}
    fields |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + body


def upload(path: str, file: bytes, name: str = "file") -> bytes:
    """A request with the file in a form, as a browser's or curl's."""
    edge = "----edge"
    head = f'--{edge}\r\nContent-Disposition: form-data; name="{name}"; filename="a.png"\r\n'
    body = f"{head}Content-Type: image/png\r\n\r\n".encode() + file + f"\r\n--{edge}--\r\n".encode()
    return request(path, body, f"multipart/form-data; boundary={edge}")


class Connection:
    """One connection, kept open from request to request and opened anew where it broke."""

    def __init__(self, host: str, port: int) -> None:
        self._where = host, port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, data: bytes) -> Answer:
        """Send a request and take its answer. A fault is an Answer too."""
        started = time.perf_counter()
        try:
            async with asyncio.timeout(PATIENCE):
                status, head, body = await self._ask(data)
        except (OSError, EOFError, TimeoutError, ValueError) as error:
            await self.close()
            return Answer(0, time.perf_counter() - started, fault=f"{type(error).__name__} {error}".strip())
        return Answer(status, time.perf_counter() - started, body, head)

    async def _ask(self, data: bytes) -> tuple[int, str, bytes]:
        if self._streams is None:
            self._streams = await asyncio.open_connection(*self._where)
        reader, writer = self._streams
        writer.write(data)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        fields = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:-2])
        body = await _body(reader, fields)
        if fields.get("connection") == "close":
            await self.close()
        return int(head.split(" ", 2)[1]), head, body

    async def close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


async def _body(reader: asyncio.StreamReader, fields: dict[str, str]) -> bytes:
    if "content-length" in fields:
        return await reader.readexactly(int(fields["content-length"]))
    pieces = []
    while size := int(await reader.readline(), 16):
        pieces.append(await reader.readexactly(size))
        await reader.readline()
    await reader.readline()
    return b"".join(pieces)


async def at_full_speed(
    where: tuple[str, int], data: bytes, connections: int, seconds: float
) -> list[Answer]:
    """Each of the connections asks again as soon as it is answered."""
    end, answers = time.perf_counter() + seconds, list[Answer]()

    async def keep_asking() -> None:
        connection = Connection(*where)
        while time.perf_counter() < end:
            answers.append(await connection.ask(data))
        await connection.close()

    await asyncio.gather(*(keep_asking() for _ in range(connections)))
    return answers


async def at_rate(
    ask: Callable[[], Awaitable[Answer]], rate: float, going: Callable[[], bool]
) -> list[Answer]:
    """Asks `rate` times a second, however long the answers take, while `going`; then awaits the last."""
    started, tasks = time.perf_counter(), list[asyncio.Task[Any]]()
    while going():
        tasks.append(asyncio.ensure_future(ask()))
        await asyncio.sleep(max(0.0, started + len(tasks) / rate - time.perf_counter()))
    return await asyncio.gather(*tasks)


class Pool:
    """Connections to one place; each request takes one that is free, or opens another."""

    def __init__(self, host: str, port: int) -> None:
        self._where, self._free = (host, port), list[Connection]()

    async def ask(self, data: bytes) -> Answer:
        connection = self._free.pop() if self._free else Connection(*self._where)
        answer = await connection.ask(data)
        self._free.append(connection)
        return answer

    async def close(self) -> None:
        for connection in self._free:
            await connection.close()
        self._free.clear()


def faults(answers: Sequence[Answer]) -> list[str]:
    """What was wrong with those that are not right."""
    return [
        answer.fault or f"{answer.status} {answer.body[:200]!r}" for answer in answers if not answer.right
    ]
