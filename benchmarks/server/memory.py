"""The server's memory under load: once it is warm, it must not grow.

python -m benchmarks.server.memory --minutes 30
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import statistics
import time

from benchmarks.server.figures import Figures
from benchmarks.server.hostile import encoded, files, seven
from benchmarks.server.load import Connection, faults, request, upload
from benchmarks.server.serving import Server, serving
from inkdigits.reader import KNOWN

#: Growth in megabytes that is borne, in the middle of the last tenth over that of the second.
GROWTH = 5.0
CONNECTIONS = 4
#: Seconds between two looks.
LOOK = 1.0
SIDES = (28, 64, 140, 280, 700)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--minutes", type=float, default=30, help="of load; the first tenth is warm-up")
    minutes, figures = parser.parse_args().minutes, Figures()
    with serving(INKDIGITS_LOG_LEVEL="error") as server:
        asked, wrong, sizes = asyncio.run(_loaded(server, 60 * minutes))
    tenth = max(1, len(sizes) // 10)
    warm, last = statistics.median(sizes[tenth : 2 * tenth]), statistics.median(sizes[-tenth:])
    print(f"     {asked} requests; {warm:.1f} MB when warm, {last:.1f} MB in the end")
    figures.none("answers of 500 and above, or none", wrong)
    figures.at_most(f"growth in {minutes:g} minutes", last - warm, GROWTH, " MB")
    figures.end()


async def _loaded(server: Server, seconds: float) -> tuple[int, list[str], list[float]]:
    """How many requests were made for so long, those that failed, and the server's megabytes meanwhile."""
    requests, end = _requests(), time.monotonic() + seconds
    asked, wrong, sizes = 0, list[str](), list[float]()

    async def keep_asking(seed: int) -> None:
        nonlocal asked
        source, connection = random.Random(seed), Connection(server.host, server.port)
        while time.monotonic() < end:
            answer = await connection.ask(source.choice(requests))
            asked += 1
            if not 200 <= answer.status < 500:
                wrong.extend(faults([answer]))
        await connection.close()

    clients = [asyncio.ensure_future(keep_asking(seed)) for seed in range(CONNECTIONS)]
    while time.monotonic() < end:
        sizes.append(server.resident)
        await asyncio.sleep(LOOK)
    await asyncio.gather(*clients)
    return asked, wrong, sizes


def _requests() -> list[bytes]:
    """What people send: pictures of many sizes and formats, drawings, and now and then what is none."""
    pictures = [encoded(seven(side), form) for side in SIDES for form in ("PNG", "JPEG", "WEBP")]
    strokes = json.dumps({"strokes": KNOWN[1]}).encode()
    wrong = [request("/api/v1/read", file.data, file.kind) for file in files(10) if len(file.data) < 10_000]
    return [
        *(request("/api/v1/read", data) for data in pictures),
        *(upload("/api/v1/read", data, "image") for data in pictures),
        *(request("/api/v1/strokes", strokes, "application/json") for _ in SIDES),
        *wrong,
        request("/nothing", method="GET"),
        request("/metrics", method="GET"),
    ]


if __name__ == "__main__":
    main()
