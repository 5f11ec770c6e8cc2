"""The memory of `inkdigits batch`: the same for few pictures and for many, whatever they come from?

    python -m benchmarks.batch.memory --numbers 10000 200000

The most that the process that lists and writes has held, and the most that one that reads has (MB of resident
memory, measured every quarter of a second). For the most pictures both together may be a tenth above what
they are for the fewest: listing a folder of 200,000 takes some of it, the rest is how such figures vary.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import psutil

from benchmarks.batch.pictures import INPUTS, folder_of
from benchmarks.server.figures import Figures
from benchmarks.stamp import report

PAUSE = 0.25
MB = 1e6
#: Share by which memory may grow.
GROWTH = 0.1

#: The most that the first process and each of its readers held.
Held = tuple[float, float]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--numbers", type=int, nargs="*", default=[10_000, 200_000], help="of pictures")
    parser.add_argument("--inputs", nargs="*", default=list(INPUTS), choices=INPUTS)
    parser.add_argument("--form", default=".jsonl")
    given, figures = parser.parse_args(), Figures()
    with tempfile.TemporaryDirectory() as scratch:
        folders = [folder_of(Path(scratch) / str(number), number) for number in given.numbers]
        for kind in given.inputs:
            held = [
                _held(INPUTS[kind](folder), folder.with_name(f"rows-{kind}{given.form}"))
                for folder in folders
            ]
            judge(figures, f"memory of a batch, {kind}, {given.form}", given.numbers, held)
    figures.end()


def judge(figures: Figures, name: str, numbers: Sequence[int], held: Sequence[Held]) -> None:
    """Hold what is held for the most pictures to what is held for the fewest."""
    growth = sum(held[-1]) / sum(held[0]) - 1
    measured = {
        "pictures": numbers,
        "first_process_mb": [round(one[0]) for one in held],
        "readers_mb": [round(one[1]) for one in held],
        "growth": round(growth, 3),
    }
    report(name, measured)
    figures.at_most(f"{name}: growth", growth, GROWTH)


def _held(source: Path, out: Path) -> Held:
    command = [sys.executable, "-m", "inkdigits", "batch", "--quiet", str(source), str(out)]
    first = readers = 0.0
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        while process.poll() is None:
            with suppress(psutil.NoSuchProcess):
                one = psutil.Process(process.pid)
                first = max(first, one.memory_info().rss / MB)
                readers = max([readers, *(child.memory_info().rss / MB for child in one.children())])
            with suppress(subprocess.TimeoutExpired):
                process.wait(PAUSE)
    if process.returncode:
        raise SystemExit(process.returncode)
    return first, readers


if __name__ == "__main__":
    main()
