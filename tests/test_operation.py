"""A server is told to stop, or to take another model, while it is asked: no request may fail."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import psutil
import pytest
from conftest import PNG, READ, serving
from test_current import another, put, soon
from test_rates import free_port, own_redis

from inkdigits import Reader
from inkdigits.server import keys
from inkdigits.server import run as server_run

JSON = {"Content-Type": "application/json"}
#: Requests a second, and the connections that make them.
RATE, CONNECTIONS = 40, 4


class Load:
    """Asks a server again and again, until it is told to stop; `failed` is what went wrong."""

    def __init__(self, address: str, picture: bytes) -> None:
        self.answered, self.failed = 0, list[str]()
        self._address, self._picture = address, picture
        self._stopped = threading.Event()
        self._threads = [threading.Thread(target=self._ask) for _ in range(CONNECTIONS)]

    def _ask(self) -> None:
        with httpx.Client(base_url=self._address, headers=PNG) as client:
            while not self._stopped.wait(CONNECTIONS / RATE):
                try:
                    response = client.post(READ, content=self._picture)
                except httpx.HTTPError as error:
                    self.failed.append(repr(error))
                    continue
                self.answered += 1
                if response.status_code != 200 or response.json()["text"] != "7":
                    self.failed.append(response.text)

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stopped.set()
        for thread in self._threads:
            thread.join()


@contextmanager
def under_load(address: str, picture: bytes) -> Iterator[Load]:
    load = Load(address, picture)
    load.start()
    try:
        time.sleep(0.5)
        yield load
    finally:
        load.stop()
    assert load.answered > 10
    assert load.failed == []


def metrics(address: str, name: str, key: str = "") -> dict[str, float]:
    """The samples of a metric, by their labels."""
    text = httpx.get(f"{address}/metrics", headers={"X-API-Key": key}).text
    lines = [line for line in text.splitlines() if line.startswith(name)]
    return {line[len(name) :].split(" ")[0]: float(line.split(" ")[-1]) for line in lines}


@pytest.fixture
def model(reader: Reader, tmp_path: Path) -> Path:
    path = tmp_path / "digits.onnx"
    put(path, reader.model.path.read_bytes())
    return path


@pytest.mark.parametrize("workers", [1, 2])
def test_a_server_told_to_stop_loses_no_request(seven_png: bytes, workers: int) -> None:
    """Requests end once it says that it is not ready, as those of a proxy do; then it ends with 0."""
    with serving("--port", "0", "--workers", str(workers), INKDIGITS_DRAIN="1.5") as (address, process):
        with under_load(address, seven_png):
            process.terminate()
            assert soon(lambda: httpx.get(f"{address}/readyz").json().get("code") == "draining")
            assert httpx.get(f"{address}/livez").headers["Connection"] == "close"
            time.sleep(0.2)
        assert process.poll() is None
        assert process.wait(15) == 0


def test_the_second_signal_and_ctrl_c_stop_at_once() -> None:
    for signals in ([signal.SIGINT], [signal.SIGTERM, signal.SIGTERM]):
        with serving("--port", "0", INKDIGITS_DRAIN="60") as (_, process):
            for number in signals:
                process.send_signal(number)
                time.sleep(0.3)
            assert process.wait(15) == 0


def digest_of(address: str) -> str:
    sha256: str = httpx.get(f"{address}/api/v1/model").json()["digits"]["sha256"]
    return sha256


@pytest.mark.parametrize("watch", ["0", "0.2"])
def test_another_model_takes_over_and_a_bad_one_does_not(model: Path, seven_png: bytes, watch: str) -> None:
    """In both workers, told by SIGHUP or by the file itself, and no request fails meanwhile."""
    told = {"INKDIGITS_MODEL": str(model), "INKDIGITS_WATCH": watch}
    with (
        serving("--port", "0", "--workers", "2", **told) as (address, process),
        under_load(address, seven_png),
    ):

        def swap(data: bytes) -> None:
            put(model, data)
            if watch == "0":
                process.send_signal(signal.SIGHUP)

        old = digest_of(address)
        swap(another(model))
        new = Reader(model).model.card["sha256"]
        assert soon(lambda: metrics(address, "inkdigits_model_workers").get(f'{{sha256="{new}"}}') == 2)
        assert metrics(address, "inkdigits_model_workers")[f'{{sha256="{old}"}}'] == 0
        assert digest_of(address) == new
        swap(b"no model")
        refused = '{result="refused"}'
        assert soon(lambda: metrics(address, "inkdigits_model_swaps_total").get(refused, 0) >= 2)
        assert digest_of(address) == new


def workers_of(pid: int) -> list[psutil.Process]:
    """The workers of a server, the newest last."""
    children = [one for one in psutil.Process(pid).children() if "spawn_main" in str(one.cmdline())]
    return sorted(children, key=lambda one: one.create_time())


def shared_folder(pid: int) -> Path:
    """Where the two workers of a server count together."""
    workers = workers_of(pid)
    folders = {one.environ()["PROMETHEUS_MULTIPROC_DIR"] for one in workers}
    assert (len(workers), len(folders)) == (2, 1)
    return Path(*folders)


def test_workers_count_together_and_clean_up(seven_png: bytes) -> None:
    with serving("--port", "0", "--workers", "2") as (address, process):
        folder = shared_folder(process.pid)
        assert list(folder.iterdir())
        for _ in range(20):
            httpx.post(address + READ, content=seven_png, headers=PNG)
        assert metrics(address, "inkdigits_pictures_total") == {"": 20}
        assert sum(metrics(address, "inkdigits_model_workers").values()) == 2
        process.terminate()
        assert process.wait(15) == 0
        assert not folder.exists()


def test_without_a_folder_it_is_said_what_that_means(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    nowhere = str(tmp_path / "nowhere")
    monkeypatch.setattr(server_run, "MEMORY", nowhere)
    monkeypatch.setattr("tempfile.tempdir", nowhere)
    with server_run._counting_together(2):
        assert "PROMETHEUS_MULTIPROC_DIR" not in os.environ
    assert "/metrics tells of one worker alone" in caplog.text


def test_workers_end_with_a_main_process_that_was_killed() -> None:
    with serving("--port", "0", "--workers", "2") as (address, process):
        folder = shared_folder(process.pid)
        process.kill()
        assert soon(lambda: not answers(address))
        assert soon(lambda: not folder.exists())


def kill(worker: psutil.Process) -> None:
    worker.kill()
    worker.wait(15)


def all_answer(address: str, key: str = "") -> bool:
    """Whether there are two workers that read."""
    return sum(metrics(address, "inkdigits_model_workers", key).values()) == 2


def test_a_worker_that_dies_again_and_again_ends_no_other() -> None:
    """As where the system takes memory back."""
    with serving("--port", "0", "--workers", "2") as (address, process):
        assert soon(lambda: all_answer(address))
        healthy = workers_of(process.pid)[0]
        for _ in range(3):
            kill(workers_of(process.pid)[-1])
            assert soon(lambda: len(workers_of(process.pid)) == 2)
        assert soon(lambda: all_answer(address))
        assert healthy in workers_of(process.pid)
        process.terminate()
        assert process.wait(15) == 0


@pytest.mark.parametrize("spoilt", ["model", "keys"])
def test_a_worker_waits_for_what_was_spoilt_since_the_start(
    model: Path, tmp_path: Path, spoilt: str, capfd: pytest.CaptureFixture[str]
) -> None:
    files = {"model": model, "keys": tmp_path / "keys"}
    key = keys.add(files["keys"], "ann")
    named = {f"INKDIGITS_{name.upper()}": str(path) for name, path in files.items()}
    with serving("--port", "0", "--workers", "2", INKDIGITS_WATCH="0", **named) as (address, process):
        assert soon(lambda: all_answer(address, key))
        good = files[spoilt].read_bytes()
        files[spoilt].write_bytes(b"nonsense")
        kill(workers_of(process.pid)[-1])
        assert soon(lambda: "A worker waits until it can start" in capfd.readouterr().err)
        assert httpx.get(f"{address}/readyz").status_code == 200
        files[spoilt].write_bytes(good)
        assert soon(lambda: all_answer(address, key))


def test_a_server_whose_workers_cannot_start_ends() -> None:
    code = (
        "import os; from inkdigits.server.run import run; from inkdigits.settings import Settings; "
        "settings = Settings(port=0); os.environ['INKDIGITS_WORKERS'] = 'many'; run(settings, print)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, timeout=60)
    assert (done.returncode, done.stdout) == (1, b"")


def answers(address: str) -> bool:
    with suppress(httpx.TransportError):
        return httpx.get(f"{address}/livez").status_code == 200
    return False


@contextmanager
def gunicorn(*options: str, **environment: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The application on gunicorn: its address, where it may not answer yet, and the process."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", *options]
    process = subprocess.Popen(
        [*command, "inkdigits.server:create_app()"],
        stderr=subprocess.PIPE, text=True, env=os.environ | environment,
    )  # fmt: skip
    with process:
        try:
            yield f"http://127.0.0.1:{port}", process
        finally:
            process.terminate()


def test_gunicorn_serves_too(seven_png: bytes) -> None:
    with gunicorn("--threads", "2") as (address, process):
        assert soon(lambda: answers(address))
        assert httpx.post(address + READ, content=seven_png, headers=PNG).json()["text"] == "7"
        assert httpx.get(f"{address}/readyz").status_code == 200
        chunked = httpx.post(address + READ, content=iter([seven_png]), headers=PNG)
        assert chunked.json()["text"] == "7"
        sizes = metrics(address, "inkdigits_request_bytes_sum")
        assert sizes[f'{{route="{READ}"}}'] == 2 * len(seven_png)
        forged = httpx.get(f"{address}/forged/api/v1/openapi.json", headers={"SCRIPT_NAME": "/forged"})
        assert forged.json()["servers"] == [{"url": "/"}]
        spaces = httpx.post(
            address + READ, content=iter([b'{"image": "AAAA"}', b" " * 15_000_000]), headers=JSON
        )
        assert (spaces.status_code, spaces.json()["code"]) == (413, "too_many_bytes")
        process.terminate()
        assert process.wait(15) == 0


@pytest.mark.parametrize("workers", ["1", "2"])
def test_gunicorn_does_not_start_with_a_limit_that_could_not_hold(workers: str) -> None:
    """Nor with one worker: it can be told to add some."""
    with gunicorn("--workers", workers, INKDIGITS_RATE_LIMIT="3/hour") as (_, process):
        _, said = process.communicate(timeout=60)
    assert process.returncode not in (0, -signal.SIGTERM)
    assert "A rate limit cannot hold" in said
    assert "INKDIGITS_REDIS" in said


def test_two_workers_of_gunicorn_count_together(seven_png: bytes, tmp_path: Path) -> None:
    redis = free_port()
    limit = {"INKDIGITS_RATE_LIMIT": "3/hour", "INKDIGITS_REDIS": f"redis://127.0.0.1:{redis}"}
    with own_redis(tmp_path, redis), gunicorn("--workers", "2", **limit) as (address, _):
        assert soon(lambda: answers(address))
        statuses = [httpx.post(address + READ, content=seven_png, headers=PNG).status_code for _ in range(12)]
    assert statuses == [200] * 3 + [429] * 9
