"""The function's zip on Lambda's runtime interface emulator, behind a local gateway, beside a plain server.

    python -m benchmarks.aws.emulator --emulator aws-lambda-rie --python python3.13 --client FOLDER

FOLDER is where `pip install --target FOLDER awslambdaric` of that Python put Lambda's runtime client.
"""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx

from benchmarks.aws.asks import ROOT, Answer, Ask, each_form, others
from benchmarks.server.figures import Figures
from benchmarks.server.serving import serving

ZIP = ROOT / "out" / "aws" / "function.zip"
#: Pictures that are sent in every form, and how long the first answer may take, in seconds.
PICTURES, COLD = 50, 1.0
#: As template.yaml sets the function up.
SETTINGS = {
    "INKDIGITS_MAX_BYTES": "4000000", "INKDIGITS_WATCH": "0", "INKDIGITS_TRUSTED_PROXIES": "2",
    "INKDIGITS_LOG_LEVEL": "error",
}  # fmt: skip
GATEWAY = (sys.executable, "-m", "benchmarks.aws.gateway")
STARTS = 5

#: A request, and its answers by the function and by the plain server.
Answered = tuple[Ask, Answer, Answer]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--emulator", type=Path, required=True, help="the program aws-lambda-rie")
    parser.add_argument("--python", required=True, help="the Python that the function was built for")
    parser.add_argument("--client", type=Path, required=True, help="folder that holds awslambdaric")
    parser.add_argument("--gateway", type=Path, help="another gateway, a script: PORT ADDRESS")
    parser.add_argument("--pictures", type=int, default=PICTURES)
    given = parser.parse_args()
    gateway = (sys.executable, str(given.gateway.resolve())) if given.gateway else GATEWAY
    figures = Figures()
    with tempfile.TemporaryDirectory() as folder:
        zipfile.ZipFile(ZIP).extractall(folder)
        command = [str(given.emulator.resolve()), "--runtime-interface-emulator-address"]
        runtime = [given.python, "-s", "-B", "-m", "awslambdaric", "handler.handler"]
        places = {"PYTHONPATH": f"{folder}:{given.client.resolve()}"}
        cold = []
        for _ in range(STARTS):
            with behind(command, runtime, folder, places, gateway) as address:
                cold.append(_first(address))
        figures.at_most("seconds from the start of the function to its first answer, the median",
                        sorted(cold)[STARTS // 2], COLD)  # fmt: skip
        forms = [ask for place in range(given.pictures) for ask in each_form(place)]
        with behind(command, runtime, folder, places, gateway) as address, serving(**SETTINGS) as server:
            other = list(answered([*others()], address, server.address))
            judge(figures, other, list(answered(forms, address, server.address)))
    figures.end()


def judge(figures: Figures, others: Sequence[Answered], forms: Sequence[Answered]) -> None:
    """Hold the function's answers to the plain server's; no form may be refused, even alike."""
    unread = [str(ask) for ask, *answers in forms if any(answer.status != 200 for answer in answers)]
    figures.none(f"of {len(forms)} pictures in all forms, not read", unread)
    wrong = [
        f"{ask}: {str(one.shown())[:300]} not {str(other.shown())[:300]}"
        for ask, one, other in (*others, *forms)
        if one.shown() != other.shown()
    ]
    figures.none(f"of {len(others) + len(forms)} answers, not the plain server's", wrong)


@contextmanager
def behind(
    command: Sequence[str],
    runtime: Sequence[str],
    folder: str,
    places: dict[str, str],
    gateway: Sequence[str],
) -> Iterator[str]:
    """The address of a gateway before a fresh emulator; nothing has been asked of the function yet."""
    ports = [_free() for _ in range(3)]
    own = ["--runtime-api-address", f"127.0.0.1:{ports[1]}"]
    emulator = f"http://127.0.0.1:{ports[0]}/2015-03-31/functions/function/invocations"
    with ExitStack() as stack:
        environment = os.environ | SETTINGS | places
        line = [*command, f"127.0.0.1:{ports[0]}", *own, *runtime]
        stack.enter_context(_running(line, environment, folder))
        stack.enter_context(_running([*gateway, str(ports[2]), emulator], dict(os.environ), str(ROOT)))
        for port in (ports[0], ports[2]):
            _await(port)
        yield f"http://127.0.0.1:{ports[2]}"


def answered(asks: Sequence[Ask], one: str, other: str) -> Iterator[Answered]:
    """What is answered at two addresses."""
    with httpx.Client(timeout=60) as client:
        for ask in asks:
            yield ask, _asked(client, one, ask), _asked(client, other, ask)


def _asked(client: httpx.Client, address: str, ask: Ask) -> Answer:
    response = client.request(ask.method, address + ask.target, headers=dict(ask.headers), content=ask.body)
    return Answer(response.status_code, dict(response.headers), response.content)


def _first(address: str) -> float:
    started = time.perf_counter()
    with httpx.Client(timeout=60) as client:
        answer = _asked(client, address, next(each_form(0)))
    assert answer.status == 200, answer
    return time.perf_counter() - started


@contextmanager
def _running(line: Sequence[str], environment: dict[str, str], folder: str) -> Iterator[None]:
    process = subprocess.Popen(
        line, env=environment, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait(15)


def _free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def _await(port: int) -> None:
    for _ in range(200):
        try:
            return socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.05)
    sys.exit(f"nothing listens on port {port}")


if __name__ == "__main__":
    main()
