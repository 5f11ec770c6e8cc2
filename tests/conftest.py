"""What the tests share: the shipped model, known digits, the application and a real server."""

from __future__ import annotations

import base64
import io
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import hypothesis
import numpy as np
import onnx
import pytest
from flask import Flask
from flask.testing import FlaskClient
from numpy.typing import NDArray
from PIL import Image
from werkzeug.test import TestResponse

from inkdigits import Reader
from inkdigits.batch import Input, items_of
from inkdigits.batch.items import Item
from inkdigits.cli.app import run
from inkdigits.server import create_app
from inkdigits.settings import Settings
from inkdigits.training.datasets import Pictures

# Two busy cores make single examples slow at times; slowness is no failure.
hypothesis.settings.register_profile("inkdigits", deadline=None)
hypothesis.settings.load_profile("inkdigits")

FIXTURES = Path(__file__).parent / "fixtures"
READ = "/api/v1/read"
PNG = {"Content-Type": "image/png"}
#: Bytes that fit onto a full disk.
ROOM = 40
INKDIGITS = [sys.executable, "-m", "inkdigits"]
SEVEN_STROKES = [[[0, 0], [50, 0], [50, 2], [20, 90]], [[12, 45], [50, 45]]]


@dataclass(frozen=True)
class Outcome:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str


Runner = Callable[..., Outcome]


@pytest.fixture(scope="session", autouse=True)
def _plain_environment() -> Iterator[None]:
    """No setting of the machine reaches a test, nor that a shell's background ignores interrupts."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.startswith("INKDIGITS_") or name in ("PORT", "NO_COLOR", "FORCE_COLOR"):
                patch.delenv(name)
        yield


@pytest.fixture(scope="session")
def reader() -> Reader:
    return Reader()


@pytest.fixture(scope="session")
def mnist() -> Pictures:
    """The first 300 digits of the MNIST test set."""
    images, labels = (FIXTURES / "mnist" / f"{part}.idx.gz" for part in ("images", "labels"))
    return Pictures.from_idx(images.read_bytes(), labels.read_bytes(), "mnist fixture")


@pytest.fixture(scope="session")
def seven(mnist: Pictures) -> NDArray[np.uint8]:
    """A digit 7, `[28, 28]`, light on dark."""
    assert mnist.labels[0] == 7
    return mnist.images[0]


@pytest.fixture(scope="session")
def wrong_model(reader: Reader, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped model with its ten answers turned round: a sound file that reads wrongly."""
    model = onnx.load(reader.model.path)
    output = model.graph.output[0].name
    last = next(node for node in model.graph.node if output in node.output)
    last.output[list(last.output).index(output)] = "straight"
    model.graph.initializer.append(onnx.numpy_helper.from_array(np.arange(9, -1, -1), "turn"))
    model.graph.node.append(onnx.helper.make_node("Gather", ["straight", "turn"], [output], axis=1))
    path = tmp_path_factory.mktemp("model") / "wrong.onnx"
    onnx.save(model, path)
    path.with_name("wrong.onnx.sha256").write_text(sha256(path.read_bytes()).hexdigest())
    return path


def png_of(pixels: NDArray[np.uint8]) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


@pytest.fixture(scope="session")
def seven_png(seven: NDArray[np.uint8]) -> bytes:
    return png_of(seven)


@pytest.fixture(scope="session")
def blank_png() -> bytes:
    return png_of(np.full((40, 40), 255, np.uint8))


@pytest.fixture(scope="session")
def big_png() -> bytes:
    """A picture file of about two megabytes with nothing to read in it."""
    return png_of(np.random.default_rng(0).integers(0, 256, (1000, 2000), np.uint8))


@pytest.fixture(scope="session")
def app(reader: Reader) -> Flask:
    return create_app(Settings(), reader)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def runner(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Runner:
    """Runs a command line in this process."""

    monkeypatch.setattr(os, "environ", os.environ.copy())

    def run_here(*arguments: object, stdin: bytes = b"") -> Outcome:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        capsys.readouterr()
        code = run([str(argument) for argument in arguments])
        return Outcome(code, *capsys.readouterr())

    return run_here


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The address of a real server on loopback; it must stop with exit code 0."""
    with serving("--port", "0") as (address, process):
        yield address
        process.terminate()
        assert process.wait(15) == 0


@contextmanager
def serving(*options: str, **environment: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """`inkdigits serve` as a process of its own, once it answers: its address and itself."""
    process = subprocess.Popen(
        [*INKDIGITS, "serve", *options],
        stdout=subprocess.PIPE, text=True, env=os.environ | {"INKDIGITS_DRAIN": "0"} | environment,
    )  # fmt: skip
    with process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().split()[3], process
        finally:
            process.terminate()
            process.wait(15)


@pytest.fixture
def folder(tmp_path: Path, seven_png: bytes, blank_png: bytes) -> Path:
    """a.png holds a 7, b/blank.png nothing, b/c.PNG a 7; the others are no pictures."""
    (tmp_path / "b").mkdir()
    (tmp_path / "a.png").write_bytes(seven_png)
    (tmp_path / "b" / "blank.png").write_bytes(blank_png)
    (tmp_path / "b" / "c.PNG").write_bytes(seven_png)
    (tmp_path / "notes.txt").write_text("no picture")
    return tmp_path


def shell(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    """A command as a process of its own."""
    return subprocess.run(
        [*INKDIGITS, *map(str, arguments)], capture_output=True, text=True, check=False,
        env=os.environ | environment,
    )  # fmt: skip


@contextmanager
def full_disk() -> Iterator[None]:
    """No file can grow beyond ROOM: a write fails half-way, for every user, and in what is started."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@contextmanager
def by_anybody(folder: Path) -> Iterator[None]:
    """In the folder, as a user for whom it counts what may be done with a file."""
    user, before = os.geteuid(), Path.cwd()
    os.chdir(folder)  # the folders above may be closed to the user
    os.seteuid(user or 65534)
    try:
        yield
    finally:
        os.seteuid(user)
        os.chdir(before)


def items(*names: object) -> list[Item]:
    """What the inputs of a batch hold."""
    return [item for item, _ in items_of([Input.of(str(name)) for name in names])]


def base64_of(data: bytes) -> str:
    return base64.b64encode(data).decode()


def form_of(data: bytes, name: str = "image") -> dict[str, Any]:
    """An upload, encoded in memory; Flask's test client writes a large one to disk first."""
    form = httpx.Request("POST", "http://localhost", files={name: data})
    return {"data": form.read(), "content_type": form.headers["Content-Type"]}


def assert_error(response: TestResponse, status: int, code: str) -> None:
    """One shape for every error, with a reason and a remedy, and nothing of how it came about."""
    assert response.status_code == status, response.text
    assert response.mimetype == "application/problem+json"
    problem = response.json
    assert list(problem) == ["type", "title", "status", "detail", "code", "remedy", "request_id"]
    assert (problem["status"], problem["code"]) == (status, code)
    assert problem["type"] == f"/api/v1/problems/{code}"
    assert problem["title"]
    assert problem["detail"]
    assert not problem["detail"].endswith(".")
    assert problem["remedy"].endswith(".")
    assert problem["request_id"] == response.headers["X-Request-Id"]
    assert "Traceback" not in response.text
