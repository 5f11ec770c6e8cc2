"""Pictures are read in every way there is; then nothing of them may be on the disk or in the log.

    python -m benchmarks.server.traces --number 1000

Each picture carries the same secret, as bytes beside its pixels and as pixels. All files that were written
to meanwhile, anywhere on this machine, are searched for it: as it is, in hexadecimal and in base64.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import json
import os
import random
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image, PngImagePlugin

from benchmarks.server.figures import Figures
from benchmarks.server.hostile import encoded, seven
from benchmarks.server.load import Answer, Connection, request, upload
from benchmarks.server.serving import Server, serving

#: Bytes of the secret; in base64 fewer of them stand whole, whatever comes before.
SECRET = 24
#: Sides in pixels of the digit, which is the usual picture, and of a picture as large as many servers put on
#: the disk; one in so many uploads is such a one.
DIGIT, WIDE = 64, 1800
LARGE = 50
#: What is no disk, as `find` is told it; the server's memory for counters is searched too.
NO_DISK = ("(", "-path", "/proc", "-o", "-path", "/sys", ")", "-prune", "-o")
#: Files are searched so many bytes at a time.
PIECE = 2**24


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--number", type=int, default=1000, help="pictures")
    number, secret, started = parser.parse_args().number, os.urandom(SECRET), time.time()
    figures = Figures()
    with serving(INKDIGITS_LOG_LEVEL="debug") as server:
        answers = asyncio.run(_ask(server, number, secret))
        figures.at_least("pictures read", sum(answer.right for answer in answers), number)
        figures.none("files opened for writing", _opened(server))
        figures.at_least("bytes of log", server.log.stat().st_size, 1, " B")
        with tempfile.NamedTemporaryFile() as planted:
            planted.write(b"a" + base64.b64encode(secret))
            planted.flush()
            written = _written_since(started)
            found = {path for path in written if _holds(path, forms(secret))}
        figures.at_least(
            f"of {len(written)} files searched, the planted one found", Path(planted.name) in found, 1
        )
        figures.none("other files with something of a picture", list(found - {Path(planted.name)}))
    figures.end()


def forms(secret: bytes) -> list[bytes]:
    """The secret as it may be written down."""
    inside = [base64.b64encode(bytes(shift) + secret)[4:-4] for shift in range(3)]
    return [secret, secret.hex().encode(), *inside]


def picture(secret: bytes, side: int) -> bytes:
    """A digit with the secret beside it and in its lowest row, in the corner of a square of noise."""
    digit = np.asarray(seven(DIGIT)).copy()
    digit[-1, :SECRET] = np.frombuffer(secret, np.uint8)
    pixels = np.random.default_rng(0).integers(250, 256, (side, side), np.uint8)
    pixels[:DIGIT, :DIGIT] = digit
    info = PngImagePlugin.PngInfo()
    info.add(b"prVt", secret)
    return encoded(Image.fromarray(pixels), pnginfo=info)


async def _ask(server: Server, number: int, secret: bytes) -> list[Answer]:
    small, large = picture(secret, DIGIT), picture(secret, WIDE)
    connection, source = Connection(server.host, server.port), random.Random(0)
    answers = []
    for place in range(number):
        data = small if place % LARGE else large
        answers.append(await connection.ask(source.choice(WAYS)(data)))
    await connection.close()
    return answers


def _in_json(path: str, wrap: Callable[[dict[str, str]], object]) -> Callable[[bytes], bytes]:
    def make(data: bytes) -> bytes:
        body = json.dumps(wrap({"image": base64.b64encode(data).decode()})).encode()
        return request(path, body, "application/json")

    return make


WAYS: tuple[Callable[[bytes], bytes], ...] = (
    lambda data: request("/api/v1/read", data),
    lambda data: request("/api/v1/read?explain=true", data),
    lambda data: upload("/api/v1/read", data, "image"),
    lambda data: upload("/predict", data),
    _in_json("/api/v1/read", lambda one: one),
    _in_json("/predict-base64", lambda one: one),
    _in_json("/api/v1/read/batch", lambda one: {"pictures": [one, one]}),
)


def _opened(server: Server) -> list[str]:
    """Files that the server has open for writing, but for its log."""
    opened = (file for process in server.processes for file in process.open_files())
    return [file.path for file in opened if file.mode != "r" and not server.log.samefile(file.path)]


def _written_since(started: float) -> list[Path]:
    """All files of this machine that changed since then."""
    command = ["find", "/", *NO_DISK, "-type", "f", "-newerct", f"@{started}", "-print0"]
    # What goes away meanwhile, or is not ours to see, is no fault.
    found = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False).stdout
    return [Path(os.fsdecode(name)) for name in found.split(b"\0") if name]


def _holds(path: Path, wanted: list[bytes]) -> bool:
    """Whether one of the `wanted` stands in the file."""
    most, kept = max(map(len, wanted)), b""
    try:
        with path.open("rb") as file:
            while piece := file.read(PIECE):
                kept += piece
                if any(one in kept for one in wanted):
                    return True
                kept = kept[-most:]
    except OSError:
        pass  # gone meanwhile
    return False


if __name__ == "__main__":
    main()
