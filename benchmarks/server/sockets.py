"""Requests that no decent client sends, and slow connections, while other clients go on asking.

python -m benchmarks.server.sockets --slow 500 --seconds 60
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import re
import resource
import time
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar

from benchmarks.server.figures import Figures, percentile
from benchmarks.server.hostile import encoded, seven
from benchmarks.server.load import Answer, Connection, at_rate, faults, request
from benchmarks.server.serving import Server, serving

#: How often the other clients ask, and their slowest answer but one in a hundred, in seconds.
RATE, P99 = 50, 0.5
#: Seconds in which a case must be answered or cut off; what waits for a body may wait longer.
SOON = 10
#: Seconds from one case to the next.
APART = 0.05
T = TypeVar("T")
STATUS = re.compile(rb"HTTP/1\.[01] (\d{3}) ")

PATH = b"POST /api/v1/read HTTP/1.1\r\nHost: a\r\nContent-Type: image/png\r\n"
PLAIN = b"GET /health HTTP/1.1\r\nHost: a\r\n"
#: A request inside another's body; an answer to it means that the server saw two.
INNER = b"GET /health HTTP/1.1\r\nHost: a\r\n\r\n"
LAST = b"0\r\n\r\n"


@dataclass(frozen=True)
class Case:
    """What is sent, and whether the client then says that it is done, or only waits.

    `answers` is how many answers may come at most; they must be of 400 to 499, or of 200 where
    the case is `sound` after all.
    """

    name: str
    data: bytes
    done: bool = False
    answers: int = 1
    sound: bool = False


def cases() -> list[Case]:
    file = encoded(seven())
    length = b"Content-Length: %d\r\n"
    chunked = b"Transfer-Encoding: chunked\r\n"
    return [
        Case("a length and chunks", PATH + length % 5 + chunked + b"\r\n" + LAST + INNER),
        Case("chunks and a length", PATH + chunked + length % 4 + b"\r\n5c\r\n" + INNER + LAST),
        Case("chunks said twice", PATH + chunked + chunked + b"\r\n" + LAST + INNER),
        Case("chunks said strangely", PATH + b"Transfer-Encoding: xchunked\r\n\r\n" + LAST + INNER),
        Case("chunks before a blank", PATH + b"Transfer-Encoding : chunked\r\n\r\n" + LAST + INNER),
        Case("chunks, then identity", PATH + b"Transfer-Encoding: chunked, identity\r\n\r\n" + LAST + INNER),
        Case("chunks after a tab", PATH + length % 3 + b"Transfer-Encoding:\tchunked\r\n\r\n" + LAST + INNER),
        Case("two lengths", PATH + length % 0 + length % len(INNER) + b"\r\n" + INNER),
        Case("two lengths in one", PATH + b"Content-Length: 0, 37\r\n\r\n" + INNER),
        Case("a length with a sign", PATH + b"Content-Length: +0\r\n\r\n" + INNER),
        Case("a length below zero", PATH + b"Content-Length: -1\r\n\r\n" + INNER),
        Case("a length in hexadecimal", PATH + b"Content-Length: 0x10\r\n\r\n" + INNER),
        Case("a length beyond all numbers", PATH + b"Content-Length: " + b"9" * 40 + b"\r\n\r\n"),
        Case("a folded header", PATH + b"X-A: 1\r\n Content-Length: 0\r\n\r\n" + INNER),
        Case("a line break in a header", PLAIN + b"X-A: 1\rContent-Length: 9\r\n\r\n"),
        Case("a zero byte in a header", PLAIN + b"X-A: a\0b\r\n\r\n"),
        Case("a header without a name", PLAIN + b": 1\r\n\r\n"),
        Case("a header of a megabyte", PLAIN + b"X-A: " + b"a" * 1_000_000 + b"\r\n\r\n"),
        Case("ten thousand headers", PLAIN + b"".join(b"X-%d: 1\r\n" % i for i in range(10_000)) + b"\r\n"),
        Case("an address of a megabyte", b"GET /" + b"a" * 1_000_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n"),
        Case("an address upwards", b"GET /assets/../../../../etc/passwd HTTP/1.1\r\nHost: a\r\n\r\n"),
        Case("the same in code", b"GET /assets/%2e%2e%2f%2e%2e%2fapp.py HTTP/1.1\r\nHost: a\r\n\r\n"),
        Case("a method of its own", b"GE\0T / HTTP/1.1\r\nHost: a\r\n\r\n"),
        Case("a version of its own", b"GET / HTTP/9.9\r\nHost: a\r\n\r\n"),
        Case("a chunk that is no number", PATH + chunked + b"\r\nxyz\r\nabc\r\n0\r\n\r\n"),
        Case("a chunk beyond all numbers", PATH + chunked + b"\r\n" + b"f" * 17 + b"\r\nabc\r\n"),
        Case("a chunk longer than it says", PATH + chunked + b"\r\n3\r\nabcdef\r\n0\r\n\r\n"),
        Case("a picture, then no chunk", PATH + chunked + b"\r\n%x\r\n%b\r\nZ\r\n" % (len(file), file)),
        Case("chunks that end early", PATH + chunked + b"\r\nff\r\nabc", done=True),
        Case("a body that ends early", PATH + length % 9999 + b"\r\n" + file, done=True),
        Case("a head that ends early", PATH + b"X-A: 1", done=True),
        Case("noise", bytes(range(128, 256)) * 50 + b"\r\n\r\n", done=True),
        Case("a greeting of TLS", b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03" + bytes(500), done=True),
        Case("a thousand forms", PLAIN.replace(b"GET /health", b"POST /api/v1/read") + _parts(1000)),
        Case("half open after a sound request", PATH + length % len(file) + b"\r\n" + file, True, sound=True),
        Case("two sound requests at once", (PLAIN + b"\r\n") * 2, done=True, answers=2, sound=True),
    ]  # fmt: skip


def _parts(number: int) -> bytes:
    part = b'--edge\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'
    body = part * number + b"--edge--\r\n"
    return (
        b"Content-Type: multipart/form-data; boundary=edge\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--slow", type=int, default=500, help="slow connections")
    parser.add_argument("--seconds", type=float, default=60, help="for which they last")
    arguments = parser.parse_args()
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    figures = Figures()
    with serving() as server:
        workers = server.workers
        wrong, others = asyncio.run(_among_others(server, all_cases(server)))
        figures.none(f"of {len(cases())} odd requests taken wrongly", wrong)
        _judge(figures, "beside odd requests", others)
        slow = _slowly(server, arguments.slow, arguments.seconds)
        opened, others = asyncio.run(_among_others(server, slow))
        figures.at_least("slow connections", opened, arguments.slow)
        _judge(figures, f"beside {arguments.slow} slow connections", others)
        figures.none("workers lost", sorted(workers - server.workers))
    figures.end()


def _judge(figures: Figures, when: str, others: list[Answer]) -> None:
    figures.none(f"of {len(others)} others' requests failed {when}", faults(others))
    figures.at_most(
        f"others' 99th percentile {when}", percentile([one.seconds for one in others], 0.99), P99, " s"
    )


async def _among_others(server: Server, work: Coroutine[Any, Any, T]) -> tuple[T, list[Answer]]:
    """What comes of the work, and of other clients' requests in the meantime, each on a fresh connection."""
    data = request("/api/v1/read", encoded(seven()), Connection="close")

    async def ask() -> Answer:
        return await Connection(server.host, server.port).ask(data)

    task = asyncio.ensure_future(work)
    answers = await at_rate(ask, RATE, lambda: not task.done())
    return await task, answers


async def all_cases(server: Server) -> list[str]:
    """What is wrong with the answers to the cases, which begin one soon after the other."""
    tries = (_try(server, case, APART * place) for place, case in enumerate(cases()))
    return [fault for fault in await asyncio.gather(*tries) if fault]


async def _try(server: Server, case: Case, after: float) -> str | None:
    await asyncio.sleep(after)
    received = await _exchange(server, case)
    statuses = [int(status) for status in STATUS.findall(received)]
    wanted = (200,) if case.sound else range(400, 500)
    if len(statuses) <= case.answers and all(status in wanted for status in statuses):
        return None if statuses or not case.sound or case.done else f"{case.name}: no answer"
    return f"{case.name}: {statuses} {received[:150]!r}"


async def _exchange(server: Server, case: Case) -> bytes:
    """All that comes back until the server closes the connection or SOON has passed."""
    reader, writer = await asyncio.open_connection(server.host, server.port)
    received = b""
    with contextlib.suppress(OSError, TimeoutError):
        async with asyncio.timeout(SOON):
            writer.write(case.data)
            if case.done:
                writer.write_eof()
            while data := await reader.read(100_000):
                received += data
    writer.close()
    return received


async def _slowly(server: Server, number: int, seconds: float) -> int:
    """Connections that send a byte a second, of a head, of a body, or nothing; how many could be opened."""
    file = encoded(seven())
    ways = (PATH + b"X-A: " + b"a" * 5000, PATH + b"Content-Length: %d\r\n\r\n" % len(file) + file, b"")
    starts = (len(PATH), len(ways[1]) - len(file), 0)
    end = time.monotonic() + seconds

    async def one(place: int) -> bool:
        data, sent = ways[place % 3], starts[place % 3]
        try:
            _, writer = await asyncio.open_connection(server.host, server.port)
        except OSError:
            return False
        with contextlib.suppress(OSError):
            writer.write(data[:sent])
            while time.monotonic() < end:
                await asyncio.sleep(1)
                writer.write(data[sent : sent + 1])
                sent += 1
                await writer.drain()
        writer.close()
        return True

    return sum(await asyncio.gather(*(one(place) for place in range(number))))


if __name__ == "__main__":
    main()
