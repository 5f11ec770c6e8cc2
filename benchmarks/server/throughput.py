"""Requests a second for a small picture on one core: ours and other servers with the same model, in one run.

    python -m benchmarks.server.throughput --seconds 5 --rounds 5

Each server has one core and the client another; they take turns, and each starts anew every time. All get
the same upload, a form as browsers send it; peers turn the picture to ink in one line and run the ONNX file,
ours does all that `inkdigits serve` does. Their packages are installed into --peers when first needed.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import json
import os
import socket
import statistics
import subprocess
import sys
import time
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from PIL import Image

from benchmarks.server.figures import Figures
from benchmarks.server.load import at_full_speed, faults, upload
from benchmarks.server.serving import pinned, serving, stop
from benchmarks.stamp import report
from inkdigits.model import PACKAGED

ROOT = Path(__file__).parent.parent.parent
CONNECTIONS = 8
WARM_UP = 1.0
#: Seconds until a server must answer.
READY = 60
#: Side in pixels of the picture, which makes it about a kilobyte.
SIDE = 88
OURS = "inkdigits"
#: The command of each peer, run in the folder `peers`.
PEERS = {
    "LitServe": "python with_litserve.py {port}",
    "BentoML": "python -m bentoml serve with_bentoml:Digits --port {port}",
    "FastAPI + uvicorn": "python -m uvicorn with_fastapi:app --port {port} --no-access-log",
    "Flask + torch + gunicorn": "python -m gunicorn with_torch:app --bind 127.0.0.1:{port}",
}
#: How many times as fast ours must be at least.
FLOORS = {"LitServe": 2.5, "BentoML": 2.5, "FastAPI + uvicorn": 1.2, "Flask + torch + gunicorn": 1.0}


def main() -> None:
    arguments = _arguments()
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < 2:
        sys.exit("throughput needs two cores, one for the server and one for the client")
    os.sched_setaffinity(0, {cores[1]})
    python = _with_peers(arguments.peers)
    rates: dict[str, list[tuple[float, float]]] = {name: [] for name in arguments.only or (OURS, *PEERS)}
    for name in list(rates) * arguments.rounds:
        with _serving(name, python, cores[0]) as (port, process):
            rates[name].append(_rate(port, process, arguments.seconds))
    medians = {name: [statistics.median(some) for some in zip(*rates[name], strict=True)] for name in rates}
    report("requests a second, one core", {name: round(rate) for name, (rate, _) in medians.items()})
    report("requests a second of its core's time", {name: round(rate) for name, (_, rate) in medians.items()})
    figures = Figures()
    for name in filter(rates.get, FLOORS):
        figures.at_least(f"times {name}", medians[OURS][0] / medians[name][0], FLOORS[name])
    figures.end()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seconds", type=float, default=5, help="how long each is asked in a round")
    parser.add_argument("--rounds", type=int, default=5, help="of which the median counts")
    parser.add_argument("--only", nargs="*", choices=[OURS, *PEERS], help="leave the others out")
    parser.add_argument("--peers", type=Path, default=ROOT / "out" / "peers", help="virtual environment")
    return parser.parse_args()


def _with_peers(folder: Path) -> Path:
    """The Python of the peers' own virtual environment, made if it is not there."""
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
        extra = f"{ROOT}[benchmark-server]"
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--editable", extra], check=True)
    return python


def _picture() -> bytes:
    """A digit in a PNG file of about a kilobyte."""
    seven = Image.open(ROOT / "examples" / "seven.png").resize((SIDE, SIDE), Image.Resampling.LANCZOS)
    file = io.BytesIO()
    seven.save(file, "PNG")
    return file.getvalue()


@contextmanager
def _serving(name: str, python: Path, core: int) -> Iterator[tuple[int, psutil.Process]]:
    """A server on one core: its port and its process."""
    if name == OURS:
        with serving(core=core) as server:
            yield server.port, server.process
        return
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = psutil.Popen(
        [*pinned(core), python, *PEERS[name].format(port=port).split()[1:]],
        cwd=Path(__file__).parent / "peers",
        env=os.environ | {"MODEL": str(PACKAGED), "BENTOML_DO_NOT_TRACK": "true"},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield port, process
    finally:
        stop(process)


def _rate(port: int, process: psutil.Process, seconds: float) -> tuple[float, float]:
    """Answers a second, after a warm-up, and answers a second of the time that the server computed.

    The second is what the first would be on an idle machine. Every answer must be right.
    """
    where, data = ("127.0.0.1", port), upload("/predict", _picture())
    _await(where, data)
    asyncio.run(at_full_speed(where, data, CONNECTIONS, WARM_UP))
    started, used = time.perf_counter(), _computed(process)
    answers = asyncio.run(at_full_speed(where, data, CONNECTIONS, seconds))
    spent, used = time.perf_counter() - started, _computed(process) - used
    if wrong := faults(answers):
        sys.exit(f"{len(wrong)} failed, such as {wrong[0]}")
    return len(answers) / spent, len(answers) / used


def _await(where: tuple[str, int], data: bytes) -> None:
    """Wait until the server reads the picture rightly."""
    patient = time.monotonic() + READY
    while not (first := asyncio.run(at_full_speed(where, data, 1, 0.01))) or faults(first):
        if time.monotonic() > patient:
            sys.exit(f"no right answer: {faults(first) or 'none at all'}")
        time.sleep(0.2)
    if json.loads(first[0].body)["digit"] != 7:
        sys.exit(f"read wrongly: {first[0].body!r}")


def _computed(process: psutil.Process) -> float:
    """Seconds of processor time that a process and its children have used."""
    family = [process, *process.children(recursive=True)]
    return sum(times.user + times.system for times in (one.cpu_times() for one in family))


if __name__ == "__main__":
    main()
