"""A host that is lost while pictures are read: every picture is answered once, and as on one machine.

    python -m benchmarks.cluster.batch
    python -m benchmarks.cluster.batch --cut 'ip -n other link set veth down'

Reads on the cluster of RAY_ADDRESS, on one of whose hosts this must run, else on a Ray of this machine alone.
Halfway, if told how, a host is cut off.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import subprocess
import tempfile
import time
from functools import partial
from pathlib import Path

from benchmarks.server.figures import Figures
from benchmarks.server.hostile import encoded, seven
from benchmarks.stamp import report
from inkdigits.batch import Asked, cores, read_here, run
from inkdigits.cluster.reading import read_there

ASKED = Asked(".jsonl")
#: Sizes of the pictures, in pixels: the smallest is what a dataset has, the largest what a scan has.
SIZES = 28, 60, 88, 120, 280


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--cut", metavar="COMMAND", help="what cuts a host off")
    parser.add_argument("--number", type=int, default=20_000, help="of pictures")
    given, figures = parser.parse_args(), Figures()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pictures = _pictures(folder / "pictures", given.number)
        started = time.perf_counter()
        _read_there(pictures, folder / "there.jsonl", given.number // 2, given.cut)
        seconds = time.perf_counter() - started
        for _ in run([pictures], folder / "here.jsonl", ASKED, partial(read_here, ASKED, cores())):
            pass
        there, here = ((folder / f"{one}.jsonl").read_text() for one in ("there", "here"))
    keys = [json.loads(line)["path"] for line in there.splitlines()]
    lost = given.number - len(set(keys))
    figures.at_most("pictures without an answer", lost, 0)
    figures.at_most("pictures answered twice", len(keys) - len(set(keys)), 0)
    figures.at_most("rows that differ from those of one machine", _differing(there, here), 0)
    report("cluster.batch", {"pictures": len(keys), "cut": bool(given.cut), "seconds": round(seconds, 1)})
    figures.end()


def _pictures(folder: Path, number: int) -> str:
    folder.mkdir()
    files = [encoded(seven(size)) for size in SIZES]
    for place, file in zip(range(number), itertools.cycle(files), strict=False):
        (folder / f"{place:06}.png").write_bytes(file)
    return str(folder)


def _read_there(pictures: str, out: Path, half: int, cut: str | None) -> None:
    address = os.environ.get("RAY_ADDRESS", "local")
    for tally in run([pictures], out, ASKED, partial(read_there, ASKED, address)):
        if cut and tally.rows >= half:
            subprocess.run(cut, shell=True, check=True)
            print(f"     cut off after {tally.rows} rows", flush=True)
            cut = None


def _differing(one: str, other: str) -> int:
    pairs = itertools.zip_longest(one.splitlines(), other.splitlines())
    return sum(left != right for left, right in pairs)


if __name__ == "__main__":
    main()
