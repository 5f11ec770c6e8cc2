"""Servers that are told to stop, and models that are swapped, under load: no request may fail.

    python -m benchmarks.server.restarts --times 20

Of the servers one after the other is told to stop by SIGTERM once the next is ready. The client does what
a balancer does: it asks /readyz all the time and sends requests to whoever is ready. The model is swapped
at SIGHUP, then by change of the file alone; in between a damaged file is put there, which must be refused.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import signal
import tempfile
import time
from contextlib import AbstractContextManager
from pathlib import Path

import onnx

from benchmarks.server.figures import Figures, percentile
from benchmarks.server.hostile import TEXT, encoded, seven
from benchmarks.server.load import Answer, Connection, Pool, at_rate, faults, request
from benchmarks.server.serving import Server, serving
from inkdigits.model import PACKAGED

RATE = 100
READ = request("/api/v1/read", encoded(seven(88)))
READY, CARD = (request(path, method="GET") for path in ("/readyz", "/api/v1/model"))
#: Seconds between two looks at who is ready, until a model must have been swapped, and to the next swap.
LOOK, SWAPPED, BETWEEN = 0.1, 20.0, 0.5
SETTINGS = {"INKDIGITS_DRAIN": "1", "INKDIGITS_LOG_LEVEL": "error"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--times", type=int, default=20, help="of stopping, and of swapping")
    times, figures = parser.parse_args().times, Figures()
    answers, codes = asyncio.run(_restarted(times))
    _judge(figures, f"while servers stop {times} times", answers)
    figures.none("stopped with another exit code than 0", [code for code in codes if code])
    with tempfile.TemporaryDirectory() as folder:
        model = Path(folder) / "digits.onnx"
        for watch, number in ((0.0, times), (0.2, max(1, times // 4))):
            how = "on a change of the file" if watch else "at SIGHUP"
            answers, wrong = asyncio.run(_swapped(model, watch, number))
            _judge(figures, f"while models are swapped {how} {number} times", answers)
            figures.none(f"swaps missed {how}, or damaged files taken", wrong)
    figures.end()


def _judge(figures: Figures, when: str, answers: list[Answer]) -> None:
    wrong = [answer for answer in answers if answer.right and json.loads(answer.body)["text"] != TEXT]
    figures.none(f"of {len(answers)} requests failed {when}", faults(answers) + wrong)
    print(f"     99th percentile {percentile([answer.seconds for answer in answers], 0.99):.3f} s")


class Balancer:
    """Sends each request to the oldest of the servers that are ready, as long as it says so."""

    def __init__(self) -> None:
        self._ready: list[tuple[Server, Pool]] = []

    def add(self, server: Server) -> None:
        self._ready.append((server, Pool(server.host, server.port)))

    async def ask(self) -> Answer:
        return await self._ready[0][1].ask(READ)

    async def watch(self) -> None:
        while True:
            for server, pool in list(self._ready):
                connection = Connection(server.host, server.port)
                if not (await connection.ask(READY)).right:
                    self._ready.remove((server, pool))
                await connection.close()
            await asyncio.sleep(LOOK)


async def _restarted(times: int) -> tuple[list[Answer], list[int]]:
    """The answers while so many servers stop, each after the next has come; and the servers' exit codes."""
    balancer, codes = Balancer(), list[int]()
    running: AbstractContextManager[Server] = serving(**SETTINGS)
    server = running.__enter__()
    balancer.add(server)

    async def take_turns() -> None:
        nonlocal running, server
        for _ in range(times):
            following = serving(**SETTINGS)
            then = await asyncio.to_thread(following.__enter__)
            balancer.add(then)
            server.process.send_signal(signal.SIGTERM)
            codes.append(await asyncio.to_thread(server.process.wait, 30))
            running.__exit__(None, None, None)
            running, server = following, then

    watching = asyncio.ensure_future(balancer.watch())
    turns = asyncio.ensure_future(take_turns())
    answers = await at_rate(balancer.ask, RATE, lambda: not turns.done())
    watching.cancel()
    running.__exit__(None, None, None)
    await turns
    return answers, codes


async def _swapped(model: Path, watch: float, times: int) -> tuple[list[Answer], list[str]]:
    """The answers while the model is swapped, and what went wrong with the swaps."""
    _put(model, 0)
    with serving("--model", str(model), INKDIGITS_WATCH=str(watch), **SETTINGS) as server:
        pool = Pool(server.host, server.port)
        swaps = asyncio.ensure_future(_swap(server, model, bool(watch), times))
        answers = await at_rate(lambda: pool.ask(READ), RATE, lambda: not swaps.done())
        await pool.close()
        return answers, await swaps


async def _swap(server: Server, model: Path, alone: bool, times: int) -> list[str]:
    wrong = []
    for number in range(1, times + 1):
        if number == times // 2:
            model.write_bytes(b"no model")
            await _tell(server, alone)
        digest = _put(model, number)
        await _tell(server, alone)
        if not await _has(server, digest):
            wrong.append(f"swap {number}: the server does not have {digest[:8]}")
        await asyncio.sleep(BETWEEN)
    return wrong


def _put(path: Path, number: int) -> str:
    """Write the package's model, told from others by a number in its card, and its SHA-256; gives that."""
    model = onnx.load(PACKAGED)
    for entry in model.metadata_props:
        if entry.key == "version":
            entry.value = json.dumps(f"{number}")
    data = model.SerializeToString()
    digest = hashlib.sha256(data).hexdigest()
    for place, content in ((path, data), (path.with_name(path.name + ".sha256"), digest.encode())):
        aside = place.with_name("aside")
        aside.write_bytes(content)
        aside.replace(place)
    return digest


async def _tell(server: Server, alone: bool) -> None:
    if alone:
        await asyncio.sleep(1)
    else:
        server.process.send_signal(signal.SIGHUP)


async def _has(server: Server, digest: str) -> bool:
    """Whether the server soon answers with the model of this SHA-256."""
    end, connection = time.monotonic() + SWAPPED, Connection(server.host, server.port)
    while time.monotonic() < end:
        answer = await connection.ask(CARD)
        if answer.right and json.loads(answer.body)["digits"]["sha256"] == digest:
            await connection.close()
            return True
        await asyncio.sleep(LOOK)
    return False


if __name__ == "__main__":
    main()
