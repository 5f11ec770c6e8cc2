"""Ten times what a server can read: how fast it serves whom it takes, and how fast it sends the others away.

Server and clients have a core each. The picture is a photograph, so that one core of clients can
ask for ten times what one core can read.

    python -m benchmarks.server.overload
"""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path

from benchmarks.server.figures import Figures, percentile
from benchmarks.server.load import Answer, Pool, at_full_speed, at_rate, request
from benchmarks.server.serving import Server, serving

PICTURE = Path(__file__).parent.parent.parent / "examples" / "2048.jpg"
TIMES = 10
#: Seconds of each part: alone, as much as can be read, too much, and afterwards.
ALONE, FULL, TOO_MUCH, AFTER = 10.0, 10.0, 20.0, 6.0
#: Requests at once when the server is to read as much as it can.
AT_ONCE = 4


class Timed(Pool):
    """Also keeps when each answer came, and what."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(host, port)
        self.answers: list[tuple[float, Answer]] = []

    async def ask(self, data: bytes) -> Answer:
        answer = await super().ask(data)
        self.answers.append((time.perf_counter(), answer))
        return answer


async def measure(server: Server, figures: Figures) -> None:
    data, where = request("/api/v1/read", PICTURE.read_bytes(), "image/jpeg"), (server.host, server.port)
    await at_full_speed(where, data, 1, 2)
    alone = [answer.seconds for answer in await at_full_speed(where, data, 1, ALONE)]
    sustained = len(await at_full_speed(where, data, AT_ONCE, FULL)) / FULL
    print(f"     alone p50 {1e3 * percentile(alone, 0.5):.1f} ms, p99 {1e3 * percentile(alone, 0.99):.1f} ms")
    print(f"     sustained {sustained:.1f} requests/s")
    answers = await crowd(where, data, TIMES * sustained, TOO_MUCH)
    taken = [answer.seconds for answer in answers if answer.right]
    refused = [answer for answer in answers if answer.status == 503]
    waits = [answer.seconds for answer in refused] or [0.0]
    print(f"     taken p50 {1e3 * percentile(taken, 0.5):.1f} ms; {len(refused)} refused,", end=" ")
    print(f"p50 {1e3 * percentile(waits, 0.5):.1f} ms, longest {1e3 * max(waits):.0f} ms")
    figures.at_least("asked, times the sustained", len(answers) / TOO_MUCH / sustained, 0.95 * TIMES)
    figures.at_least("taken, share of the sustained", len(taken) / TOO_MUCH / sustained, 0.7)
    figures.at_most("taken, p99 to p99 alone", percentile(taken, 0.99) / percentile(alone, 0.99), 3)
    figures.at_most("refused, p99", 1e3 * percentile(waits, 0.99), 50, " ms")
    figures.none(
        "refused without Retry-After", [one for one in refused if "\r\nretry-after: " not in one.head.lower()]
    )
    figures.none("neither taken nor refused", [one for one in answers if one.status not in (200, 503)])
    figures.at_most("recovered after", await recovery(where, data, sustained / 2), 5, " s")


async def crowd(where: tuple[str, int], data: bytes, rate: float, seconds: float) -> list[Answer]:
    pool, end = Pool(*where), time.perf_counter() + seconds
    answers = await at_rate(lambda: pool.ask(data), rate, lambda: time.perf_counter() < end)
    await pool.close()
    return answers


async def recovery(where: tuple[str, int], data: bytes, rate: float) -> float:
    """Seconds until the last refusal at half of what can be sustained."""
    started, pool = time.perf_counter(), Timed(*where)
    await at_rate(lambda: pool.ask(data), rate, lambda: time.perf_counter() < started + AFTER)
    await pool.close()
    return max((came - started for came, answer in pool.answers if not answer.right), default=0.0)


def main() -> None:
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {cores[-1]})
    figures = Figures()
    with serving(core=cores[0], INKDIGITS_LOG_LEVEL="error") as server:
        asyncio.run(measure(server, figures))
    figures.end()


if __name__ == "__main__":
    main()
