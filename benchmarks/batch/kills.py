"""Kills `inkdigits batch` at random moments (kill -9) until it is through: is the output that of a calm run?

    python -m benchmarks.batch.kills --times 20

For each form of output and each kind of input in turn. Every life is of random length, from before the first
row to behind the last; the processes that read must be gone soon after the one that was killed.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from benchmarks.batch.pictures import INPUTS, folder_of
from benchmarks.stamp import report

FORMS = (".jsonl", ".csv", ".parquet")
#: Seconds in which the processes that read must be gone.
GONE = 60


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--times", type=int, default=20, help="kills for each form")
    parser.add_argument("--number", type=int, default=10_000, help="of pictures")
    parser.add_argument("--forms", nargs="*", default=FORMS)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        pictures = folder_of(Path(scratch), given.number)
        inputs = [make(pictures) for make in INPUTS.values()]
        for place, form in enumerate(given.forms):
            source = inputs[place % len(inputs)]
            figures = _disturb(source, Path(scratch) / f"rows{form}", given.times, random.Random(given.seed))
            report(f"kill -9, {form}, from {source.name}", {"pictures": given.number, **figures})


def _disturb(source: Path, out: Path, times: int, chance: random.Random) -> dict[str, float]:
    """Kills a run `times` times, beginning anew where it got through, and compares each output."""
    started = time.perf_counter()
    calm = _finished(source, out.with_stem("calm"))
    took = time.perf_counter() - started
    kills = runs = 0
    while kills < times:
        runs += 1
        while kills < times and _killed(source, out, chance.uniform(0, 4 * took / times)):
            kills += 1
        if _finished(source, out) != calm:
            raise SystemExit(f"{out} is not what an undisturbed run writes")
        for path in (out, out.with_name(out.name + ".journal")):
            path.unlink()
    return {"kills": kills, "outputs_compared": runs, "seconds_undisturbed": round(took, 1)}


def _command(source: Path, out: Path) -> list[str]:
    return [sys.executable, "-m", "inkdigits", "batch", "--quiet", str(source), str(out)]


def _finished(source: Path, out: Path) -> bytes:
    subprocess.run(_command(source, out), check=True, stdout=subprocess.DEVNULL)
    return out.read_bytes()


def _killed(source: Path, out: Path, seconds: float) -> bool:
    """Whether the run had to be killed after so many seconds; then nothing of it is left running."""
    # What is killed cannot tidy up, and Python says so on stderr.
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(_command(source, out), **quiet) as process:
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            others = psutil.Process(process.pid).children(recursive=True)
            process.kill()
            if left := psutil.wait_procs(others, GONE)[1]:
                raise SystemExit(f"still there after {GONE} s: {left}") from None
            return True
    return False


if __name__ == "__main__":
    main()
