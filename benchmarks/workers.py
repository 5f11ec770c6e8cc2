"""How many workers and threads serve best on this machine, with as many clients as there are threads in all.

    python -m benchmarks.workers --seconds 5 --rounds 3

Each client asks again as soon as it is answered; server and clients share the machine's cores. Where requests
a second no longer grow, the cores are full, and more threads only make everybody wait. Requests for each
second of processor time that the server used tell what threads cost each other, on a busy machine too. Every
combination is started anew in each round; the median counts.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import statistics
import time
from itertools import product
from pathlib import Path

from PIL import Image

from benchmarks.server.figures import percentile
from benchmarks.server.load import Answer, Connection, faults, request
from benchmarks.server.serving import Server, serving
from benchmarks.stamp import report

SEVEN = Path(__file__).parent.parent / "examples" / "seven.png"
#: Side in pixels of the small picture, which makes it about a kilobyte.
SIDE = 88
WORKERS, THREADS = (1, 2, 3), (1, 2, 4, 8)
WARM_UP = 1.0
#: Seconds after which a client that was sent away asks again: connections do not spread evenly.
AWAY = 0.02
OVERLOADED = 503


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seconds", type=float, default=5, help="how long each is asked in a round")
    parser.add_argument("--rounds", type=int, default=3, help="of which the median counts")
    parser.add_argument("--workers", type=int, nargs="*", default=WORKERS)
    parser.add_argument("--threads", type=int, nargs="*", default=THREADS)
    asked = parser.parse_args()
    pairs = list(product(asked.workers, asked.threads))
    rounds = [{pair: _measure(*pair, asked.seconds) for pair in pairs} for _ in range(asked.rounds)]
    print("workers  threads  requests/s  p99 (ms)  requests per second of processor time")
    for workers, threads in pairs:
        some = zip(*(one[workers, threads] for one in rounds), strict=True)
        rate, p99, computed = map(statistics.median, some)
        print(f"{workers:7}  {threads:7}  {rate:10.0f}  {p99:8.1f}  {computed:10.0f}")
    report("workers and threads", {"bytes": len(_picture())})


def _measure(workers: int, threads: int, seconds: float) -> tuple[float, float, float]:
    """Requests a second, the 99th percentile of their time (ms), and requests a second of processor time."""
    quiet = {"INKDIGITS_THREADS": str(threads), "INKDIGITS_LOG_LEVEL": "warning", "INKDIGITS_DRAIN": "0"}
    with serving("--workers", str(workers), **quiet) as server:
        asyncio.run(_answers(server, workers * threads, WARM_UP))
        used = _computed(server)
        answers = asyncio.run(_answers(server, workers * threads, seconds))
        used = _computed(server) - used
    if wrong := faults(answers):
        raise SystemExit(f"{len(wrong)} failed, such as {wrong[0]}")
    p99 = 1000 * percentile([answer.seconds for answer in answers], 0.99)
    return len(answers) / seconds, p99, len(answers) / used


async def _answers(server: Server, clients: int, seconds: float) -> list[Answer]:
    """What all clients together were answered, without the times that they were sent away."""
    end, answers = time.perf_counter() + seconds, list[Answer]()
    data = request("/api/v1/read", _picture())

    async def keep_asking() -> None:
        connection = Connection(server.host, server.port)
        while time.perf_counter() < end:
            answer = await connection.ask(data)
            if answer.status == OVERLOADED:
                await asyncio.sleep(AWAY)
            else:
                answers.append(answer)
        await connection.close()

    await asyncio.gather(*(keep_asking() for _ in range(clients)))
    return answers


def _computed(server: Server) -> float:
    """Seconds of processor time that the server's processes have used."""
    return sum(times.user + times.system for times in (one.cpu_times() for one in server.processes))


def _picture() -> bytes:
    seven = Image.open(SEVEN).resize((SIDE, SIDE), Image.Resampling.LANCZOS)
    file = io.BytesIO()
    seven.save(file, "PNG")
    return file.getvalue()


if __name__ == "__main__":
    main()
