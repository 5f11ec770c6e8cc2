"""The image, run as hard as it may be run: its size, how soon it is ready, how it ends.

    python -m benchmarks.container --tool podman

Builds the Dockerfile, unless --image names one that is built, and runs it with a root that cannot be written,
without capabilities, with 512 MB, as its own user.
"""

from __future__ import annotations

import argparse
import ast
import io
import json
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import numpy as np
from PIL import Image

from benchmarks.server.figures import Figures

ROOT = Path(__file__).parent.parent
BASE = "python:3.12-slim"
PICTURE, TEXT = ROOT / "examples" / "2048.jpg", "2048"
ADDRESS = "http://127.0.0.1:8000"
HARD = [
    "--read-only", "--tmpfs=/tmp", "--cap-drop=ALL", "--security-opt=no-new-privileges",
    "--memory=512m", "--pids-limit=200", "--network=host",
]  # fmt: skip
MEGABYTE = 1_000_000
#: Pixels of a large picture's side (7 MB as PNG), and how many come at once.
LARGE, AT_ONCE = 2800, 16
#: Seconds until a server that is not ready is given up.
PATIENCE = 30
#: What must not be in the image, asked of its own Python.
ABSENT = """
import importlib.util as u, shutil
print([*filter(u.find_spec, ["torch"]), *filter(shutil.which, ["cc", "gcc", "ld", "node"])])
"""
#: What Python says of a module that it compiles as it starts, for want of one that was compiled.
COMPILING = "# code object from /"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--tool", default="docker", help="docker or podman")
    parser.add_argument("--image", help="one that is built")
    parser.add_argument("--times", type=int, default=3, help="of starting; the slowest counts")
    given, figures = parser.parse_args(), Figures()
    image = given.image or "inkdigits:check"
    if not given.image:
        subprocess.run([given.tool, "build", "--quiet", "--tag", image, str(ROOT)], check=True)
    _sizes(figures, given.tool, image)
    _compiled(figures, given.tool, image)
    starts, codes = [], []
    for _ in range(given.times):
        with _running(given.tool, image) as name:
            starts.append(_ready())
            _inside(figures, given.tool, name)
            codes.append(_stopped(given.tool, name))
    figures.none("exit codes other than 0 after SIGTERM", [code for code in codes if code])
    figures.at_most(f"seconds until ready, slowest of {given.times}", max(starts), 3)
    _crowded(figures, given.tool, image)
    figures.end()


def _sizes(figures: Figures, tool: str, image: str) -> None:
    whole, base = (_inspected(tool, name)["Size"] / MEGABYTE for name in (image, BASE))
    figures.at_most("image", whole, 450, " MB")
    figures.at_most("its own layers", whole - base, 250, " MB")


def _inspected(tool: str, image: str) -> dict[str, Any]:
    found: list[dict[str, Any]] = json.loads(_output(tool, "image", "inspect", image))
    return found[0]


@contextmanager
def _running(tool: str, image: str, *options: str) -> Iterator[str]:
    """The image as a container, whose name is given; gone in the end."""
    name = f"inkdigits-check-{time.monotonic_ns()}"
    _output(tool, "run", "--detach", "--name", name, *HARD, *options, image)
    try:
        yield name
    finally:
        subprocess.run([tool, "rm", "--force", name], capture_output=True, check=False)


def _ready() -> float:
    """Seconds until the server answers that it is ready."""
    started = time.monotonic()
    while time.monotonic() < started + PATIENCE:
        try:
            urlopen(f"{ADDRESS}/readyz", timeout=2).close()
        except (URLError, ConnectionError):
            time.sleep(0.02)
        else:
            return time.monotonic() - started
    return PATIENCE


def _inside(figures: Figures, tool: str, name: str) -> None:
    """What the running container is and does."""
    asked = Request(f"{ADDRESS}/api/v1/read", PICTURE.read_bytes(), {"Content-Type": "image/jpeg"})
    text = json.load(urlopen(asked))["text"]
    figures.none("digits misread", [] if text == TEXT else [text])
    user = _output(tool, "exec", name, "id", "-u").strip()
    figures.none("users that are root", ["root"] if user == "0" else [])
    absent = ast.literal_eval(_output(tool, "exec", name, "python", "-c", ABSENT))
    figures.none("torch, compilers, Node in it", absent)
    _output(tool, "exec", name, "python", "/opt/inkdigits/healthy.py")


def _compiled(figures: Figures, tool: str, image: str) -> None:
    """Whether all that serving loads was compiled when the image was built."""
    with _running(tool, image, "--env=PYTHONVERBOSE=1") as name:
        _ready()
        told = subprocess.run([tool, "logs", name], capture_output=True, text=True, check=True).stderr
    figures.none("modules compiled at the start", [line for line in told.splitlines() if COMPILING in line])


def _crowded(figures: Figures, tool: str, image: str) -> None:
    """Whether the memory is enough for as many large pictures as come: each is read or sent away."""
    shades = np.random.default_rng(0).integers(0, 16, (LARGE, LARGE), np.uint8) * np.uint8(17)
    Image.fromarray(shades).convert("RGB").save(picture := io.BytesIO(), "PNG")
    asked = Request(f"{ADDRESS}/api/v1/read", picture.getvalue(), {"Content-Type": "image/png"})
    with _running(tool, image) as name, ThreadPoolExecutor(AT_ONCE) as threads:
        _ready()
        ends = list(threads.map(_end, [asked] * AT_ONCE))
        killed = _output(tool, "inspect", name, "--format", "{{.State.OOMKilled}}").strip() != "false"
        told = subprocess.run([tool, "logs", name], capture_output=True, text=True, check=True).stderr
    figures.none(
        f"neither read nor sent away, of {AT_ONCE} large pictures at once",
        [end for end in ends if end not in (200, 503)],
    )
    lost = [line for line in told.splitlines() if "Unexpected exit" in line]
    figures.none("workers lost by it", [*lost, *["the container"] * killed])


def _end(asked: Request) -> int | str:
    """The status of the answer, or why there is none."""
    try:
        with urlopen(asked, timeout=PATIENCE) as answer:
            return int(answer.status)
    except HTTPError as error:
        return error.code
    except OSError as error:
        return repr(error)


def _stopped(tool: str, name: str) -> int:
    """The exit code after SIGTERM."""
    _output(tool, "stop", "--time", "15", name)
    return int(_output(tool, "inspect", name, "--format", "{{.State.ExitCode}}"))


def _output(*command: str) -> str:
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout


if __name__ == "__main__":
    main()
