"""compose.yaml as people use it: up, a digit read on both ports, a model made and taken over, down, up again.

    python -m benchmarks.compose --tool podman-compose

It runs as a project of its own, whose volume is gone in the end. It makes two models, which takes minutes;
INKDIGITS_RUNS names another run.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import time
from pathlib import Path
from urllib.request import Request, urlopen

from benchmarks.server.figures import Figures

ROOT = Path(__file__).parent.parent
PICTURE, TEXT = ROOT / "examples" / "seven.png", "7"
PAGE, API = "http://127.0.0.1:3000", "http://127.0.0.1:5001"
SWAPPED = b'inkdigits_model_swaps_total{result="swapped"} 1.0'
#: Seconds until a server that is not ready, or has not taken a model over, is given up.
PATIENCE = 30


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--tool", default="docker compose", help="docker compose or podman-compose")
    # Docker needs no profile to run a service that has one; Podman does.
    tool, figures = [*parser.parse_args().tool.split(), "--profile", "train"], Figures()
    _do(tool, "build")
    try:
        _told("up, with a model made first", tool, "up", "--detach", "server")
        figures.none("misread on a port", [port for port in (PAGE, API) if _reads(port) != TEXT])
        page = Request(PAGE, headers={"Accept": "text/html"})
        figures.none("pages missing", [] if b"<html" in urlopen(page).read() else [PAGE])
        _told("made anew", tool, "run", "--rm", "train")
        figures.none("models not taken over", [] if _taken_over() else [_model()])
        last = _model()
        _do(tool, "down")
        _told("up again, with that model", tool, "up", "--detach", "server")
        figures.none("models lost by down", [] if _reads(API) == TEXT and _model() == last else [last])
    finally:
        _do(tool, "down", "--volumes")
    figures.end()


def _do(tool: list[str], *command: str) -> None:
    # Another project than that of whoever runs this, so that no volume of theirs is touched.
    names = os.environ | {"COMPOSE_PROJECT_NAME": "inkdigits-check"}
    subprocess.run([*tool, *command], cwd=ROOT, env=names, check=True)


def _told(what: str, tool: list[str], *command: str) -> None:
    started = time.monotonic()
    _do(tool, *command)
    print(f"     {what}: {time.monotonic() - started:.0f} s", flush=True)


def _reads(port: str) -> str:
    """What a server that is about to start reads in the picture; empty if none answers."""
    asked = Request(f"{port}/api/v1/read", PICTURE.read_bytes(), {"Content-Type": "image/png"})
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            return str(json.load(urlopen(asked))["text"])
        except OSError:
            time.sleep(0.1)
    return ""


def _model() -> str:
    """SHA-256 of the model that answers."""
    return str(json.load(urlopen(f"{API}/api/v1/model"))["digits"]["sha256"])


def _taken_over() -> bool:
    """Whether the server soon counts a model that took over; made of the same, it is the same to the bit."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if SWAPPED in urlopen(f"{API}/metrics").read():
            return True
        time.sleep(0.1)
    return False


if __name__ == "__main__":
    main()
