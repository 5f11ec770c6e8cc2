"""How long one answer takes on one core: the whole way, and each stage of it."""

from __future__ import annotations

import io
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image
from stamp import report

from inkdigits import Reader
from inkdigits.decode import decode
from inkdigits.ink import find_ink
from inkdigits.segment import segment

SEVEN = Path(__file__).parent.parent / "examples" / "seven.png"
WARM_UP = 50
TIMES = 1000


def median_ms(work: Callable[[], object], times: int = TIMES, warm_up: int = WARM_UP) -> float:
    """Median time of one call in milliseconds, after some calls that do not count."""
    for _ in range(warm_up):
        work()
    spent = []
    for _ in range(times):
        started = time.perf_counter()
        work()
        spent.append(time.perf_counter() - started)
    return round(1000 * statistics.median(spent), 3)


def seconds(*command: str) -> float:
    """Median wall time of a whole process, in seconds."""
    return median_ms(lambda: subprocess.run(command, check=True, capture_output=True), 9, 2) / 1000


def main() -> None:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    reader = Reader()
    data = SEVEN.read_bytes()
    array = np.asarray(Image.open(io.BytesIO(data)))
    raster = decode(array)
    ink = find_ink(raster)
    inks = [glyph.ink for glyph in segment(ink)]
    stages = {
        "read_array": median_ms(lambda: reader.read(array)),
        "read_png": median_ms(lambda: reader.read(data)),
        "decode_png": median_ms(lambda: decode(data)),
        "find_ink": median_ms(lambda: find_ink(raster)),
        "segment": median_ms(lambda: segment(ink)),
        "classify": median_ms(lambda: reader.model.classify(inks)),
    }
    ratio = round(stages["read_array"] / stages["classify"], 2)
    report("latency, 280x280, one core, ms", {**stages, "read_to_classify": ratio})
    processes = {
        "empty_python": seconds(sys.executable, "-c", "pass"),
        "import_inkdigits": seconds(sys.executable, "-c", "import inkdigits"),
        "inkdigits_read": seconds(sys.executable, "-m", "inkdigits", "read", str(SEVEN)),
    }
    report("start, one core, s", processes)


if __name__ == "__main__":
    main()
