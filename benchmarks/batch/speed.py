"""Pictures a second of `inkdigits batch`, and what decoding and inferring alone would give on the same cores.

    python -m benchmarks.batch.speed --number 20000 --rounds 3

Alone means: one process a core decodes and infers the same pictures from memory by `Reader.read_many`, and
writes nothing. The two take turns in each round and the median of their ratios counts, so that a machine that
is busy with other things disturbs both; it must be at least 0.8. Pictures a second are told beside what is
asked of them, but not held to it, since they are the machine's as much as ours. `batch` is timed from its
first rows to its end. Pictures for each second of processor time, the start of the processes included, tell
on a busy machine too what listing, moving and writing cost.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import tempfile
import time
from collections.abc import Sequence
from functools import partial
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import NamedTuple

from benchmarks.batch.pictures import folder_of, pngs
from benchmarks.server.figures import Figures
from benchmarks.stamp import report
from inkdigits import Reader
from inkdigits.batch import Asked, cores, read_here, run
from inkdigits.batch.blocks import ITEMS
from inkdigits.batch.local import ENVIRONMENT
from inkdigits.reader import PIXELS

#: Each side of pictures (pixels), and the share of the small ones' number that are read.
SIDES = {28: 1.0, 280: 0.25}
FORM = ".jsonl"
#: Pictures of each side that are asked for each second of two cores, and the least share of reading alone.
WANTED, SHARE = {28: 4000, 280: 1500}, 0.8


class Pace(NamedTuple):
    """Pictures a second, and those for each second of processor time."""

    rate: float
    computed: float


#: Of reading alone and of the batch in the same round.
Round = tuple[Pace, Pace]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--number", type=int, default=20_000, help="small pictures; a quarter of them large")
    parser.add_argument("--rounds", type=int, default=3, help="of which the median counts")
    parser.add_argument("--side", type=int, nargs="*", default=SIDES, help="of the pictures, in pixels")
    asked, figures = parser.parse_args(), Figures()
    for side in asked.side:
        judge(figures, side, _compare(side, int(asked.number * SIDES.get(side, 1.0)), asked.rounds))
    figures.end()


def judge(figures: Figures, side: int, rounds: Sequence[Round]) -> None:
    """Hold the batch to reading alone."""
    name = f"batch, PNG {side}x{side}"
    alone, batch = (
        Pace(*map(statistics.median, zip(*some, strict=True))) for some in zip(*rounds, strict=True)
    )
    ratio = statistics.median(ours.rate / theirs.rate for theirs, ours in rounds)
    measured = {
        "batch_per_second": round(batch.rate),
        "alone_per_second": round(alone.rate),
        "ratio": round(ratio, 3),
        "batch_per_cpu_second": round(batch.computed),
        "alone_per_cpu_second": round(alone.computed),
    }
    report(name, measured)
    figures.at_least(f"{name}: share of reading alone", ratio, SHARE)
    if side in WANTED:
        figures.told(f"{name}: pictures a second", batch.rate, WANTED[side])


def _compare(side: int, number: int, rounds: int) -> list[Round]:
    with tempfile.TemporaryDirectory() as scratch:
        folder = folder_of(Path(scratch), number, side)
        return [
            (_alone(side, number), _batch(folder, Path(scratch) / f"{turn}{FORM}")) for turn in range(rounds)
        ]


def _batch(folder: Path, out: Path) -> Pace:
    asked, used = Asked(FORM), _used()
    first = None
    for tally in run([str(folder)], out, asked, partial(read_here, asked, cores())):
        if tally.rows and first is None:
            first, started = tally.rows, time.perf_counter()
    assert first is not None
    return Pace((tally.rows - first) / (time.perf_counter() - started), tally.rows / (_used() - used))


def _alone(side: int, number: int) -> Pace:
    context, used = get_context("spawn"), _used()
    barrier = context.Barrier(cores() + 1)
    each = number // cores()
    processes = [context.Process(target=_read, args=(side, each, barrier)) for _ in range(cores())]
    for process in processes:
        process.start()
    barrier.wait()
    started = time.perf_counter()
    for process in processes:
        process.join()
    return Pace(each * cores() / (time.perf_counter() - started), each * cores() / (_used() - used))


def _read(side: int, number: int, barrier: Barrier) -> None:
    reader, kinds = Reader(), pngs(side)
    data = [kinds[place % len(kinds)] for place in range(number)]
    at_once = min(ITEMS, PIXELS // side**2)  # as many as is fastest
    reader.read_many(data[:at_once])
    barrier.wait()
    for start in range(0, number, at_once):
        reader.read_many(data[start : start + at_once])


def _used() -> float:
    """Seconds of processor time of this process and of those that it has waited for."""
    return sum(
        times.ru_utime + times.ru_stime
        for times in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


if __name__ == "__main__":
    os.environ.update(ENVIRONMENT)  # for both
    main()
