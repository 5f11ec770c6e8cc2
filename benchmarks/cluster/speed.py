"""What Ray costs on one machine: requests and pictures a second with it, as a share of those without it.

python -m benchmarks.cluster.speed
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import statistics
import tempfile
import time
from functools import partial
from pathlib import Path

from benchmarks.server.hostile import encoded, seven
from benchmarks.server.load import at_full_speed, request
from benchmarks.server.serving import serving
from benchmarks.stamp import report
from inkdigits.batch import Answers, Asked, cores, read_here, run
from inkdigits.cluster.reading import read_there

READ = request("/api/v1/read", encoded(seven(28)))
CONNECTIONS = 8
ASKED = Asked(".jsonl")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=5, help="of each round of requests")
    parser.add_argument("--pictures", type=int, default=100_000)
    given = parser.parse_args()
    rates = _served(given.rounds, given.seconds)
    report("cluster.speed.serve", _told(*map(statistics.median, rates)))
    here, there, cpu = _read(given.pictures)
    report(
        "cluster.speed.batch", _told(here, there) | {"microseconds_of_the_one_that_asks": round(cpu * 1e6)}
    )


def _told(here: float, there: float) -> dict[str, float]:
    return {"a_second": round(here), "a_second_with_ray": round(there), "share": round(there / here, 2)}


def _served(rounds: int, seconds: float) -> tuple[list[float], list[float]]:
    """Requests a second of as many workers as cores, and of replicas, in turns."""
    quiet = {"INKDIGITS_LOG_LEVEL": "error"}
    with serving("--workers", str(cores()), **quiet) as one, serving("--ray", **quiet) as other:
        rates: tuple[list[float], list[float]] = [], []
        for server, some in list(zip((one, other), rates, strict=True)) * (rounds + 1):
            answers = asyncio.run(at_full_speed((server.host, server.port), READ, CONNECTIONS, seconds))
            some.append(sum(answer.right for answer in answers) / seconds)
    return rates[0][1:], rates[1][1:]


def _read(number: int) -> tuple[float, float, float]:
    """Pictures a second read by processes of this machine, and by Ray; and the seconds of CPU that a picture
    takes in the process that asks Ray and writes the rows."""
    with tempfile.TemporaryDirectory() as name:
        few, many = (
            _pictures(Path(name) / part, number // share) for part, share in (("few", 4), ("many", 1))
        )
        ways: tuple[Answers, Answers] = (
            partial(read_here, ASKED, cores()),
            partial(read_there, ASKED, "local"),
        )
        (here, _), (there, cpu) = (_rate(few, many, number, way) for way in ways)
    return here, there, cpu


def _pictures(folder: Path, number: int) -> str:
    folder.mkdir()
    for place, side in zip(range(number), itertools.cycle(range(24, 34)), strict=False):
        (folder / f"{place:06}.png").write_bytes(encoded(seven(side)))
    return str(folder)


def _rate(few: str, many: str, number: int, way: Answers) -> tuple[float, float]:
    """What `number` more take, so that the start does not count: pictures a second, seconds of CPU each."""
    _taken([few], way)  # whatever is imported is imported now
    (seconds, busy), (longer, busier) = (_taken(inputs, way) for inputs in ([few], [few, many]))
    return number / (longer - seconds), (busier - busy) / number


def _taken(inputs: list[str], way: Answers) -> tuple[float, float]:
    started, idle = time.perf_counter(), time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        for _ in run(inputs, Path(folder) / "rows.jsonl", ASKED, way):
            pass
    return time.perf_counter() - started, time.process_time() - idle


if __name__ == "__main__":
    main()
