"""On a Ray of this machine: the same answers, rows and weights as without it, and nothing is left behind."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import httpx
import psutil
import pytest
from conftest import PNG, READ, Outcome, Runner, serving
from flask.testing import FlaskClient
from rich.console import Console

from inkdigits import Reader
from inkdigits.batch import Asked, Block, Input, blocks_of, items_of
from inkdigits.cli.common import TERMINATED
from inkdigits.cluster import join
from inkdigits.cluster.reading import Same, read_there, reader_for
from inkdigits.cluster.training import NOTES, train_there
from inkdigits.errors import BatchError, ModelMissing, RunError, SettingsError
from inkdigits.training.corpus import Corpus, Drawn
from inkdigits.training.datasets import Pictures
from inkdigits.training.epochs import CHECKPOINT
from inkdigits.training.fit import fit
from inkdigits.training.run import Run
from inkdigits.training.together import place

# Ray warns of its own ways.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:ray")

#: Starts a Ray, prints its address, and ends it once there is a line to read.
OWN = """
import ray
from inkdigits.cluster.join import joined

with joined(least=2):
    print(ray.get_runtime_context().gcs_address, flush=True)
    input()
"""
#: As OWN does, of a Ray that lends no CPU.
EMPTY = """
import ray, tempfile

with tempfile.TemporaryDirectory(prefix="ink-", ignore_cleanup_errors=True) as folder:
    ray.init(num_cpus=0, include_dashboard=False, _temp_dir=folder)
    print(ray.get_runtime_context().gcs_address, flush=True)
    input()
    ray.shutdown()
"""
#: Takes every CPU of the cluster at RAY_ADDRESS, then serves there and prints why it cannot.
CROWDED = """
import ray
from inkdigits.cluster import serving
from inkdigits.errors import SettingsError
from inkdigits.settings import Settings

ray.init(namespace="other", log_to_driver=False)
cpus = int(ray.cluster_resources()["CPU"])
every = ray.util.placement_group([{"CPU": 1}] * cpus, lifetime="detached", name="all")
ray.get(every.ready())
ray.shutdown()
serving.READY = 2
try:
    serving.run(Settings(port=0), print)
except SettingsError as error:
    print(error)
ray.init(namespace="other", log_to_driver=False)
ray.util.remove_placement_group(ray.util.get_placement_group("all"))
print([one for one in ray.util.list_named_actors(all_namespaces=True) if one["namespace"] == "serve"], "left")
"""
ROOT = Path(__file__).parent.parent
#: Seconds that a Ray may take to start or to stop.
PATIENCE = 120
RUN = Run(name="small", network="dense", epochs=2, batch=50)


@pytest.fixture(scope="module", autouse=True)
def _alone() -> Iterator[None]:
    """No cluster of the machine reaches a test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("RAY_ADDRESS", raising=False)
        yield


@contextmanager
def short_folder() -> Iterator[Path]:
    """Without anything of Ray's in the end. The paths of its sockets must be short."""
    folder = Path(tempfile.mkdtemp(prefix="i", dir="/tmp"))
    try:
        yield folder
        assert not list(folder.glob("ink-*"))
    finally:
        shutil.rmtree(folder)


@contextmanager
def ray_of(program: str) -> Iterator[str]:
    """The address of a Ray for others to join; it is gone in the end, with its files."""
    with short_folder() as folder:
        process = subprocess.Popen(
            [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env=os.environ | {"RAY_AUTH_MODE": "disabled", "TMPDIR": str(folder)},
        )  # fmt: skip
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.communicate("end\n", PATIENCE)
        assert process.returncode == 0


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    with ray_of(OWN) as address:
        yield address


def test_a_cluster_serves_as_one_process_does(client: FlaskClient, seven_png: bytes, big_png: bytes) -> None:
    requests = [
        ("POST", READ, seven_png, "image/png"),
        ("POST", READ + "?explain=true&length=1", seven_png, "image/png"),
        ("POST", READ, b"no picture", "image/png"),
        ("POST", READ, b"", "image/png"),
        ("POST", READ, bytes(14_500_000), "image/png"),
        ("POST", READ, b"{}", "application/json"),
        ("POST", READ, b"\xff", "text/plain"),
        ("POST", "/api/v1/strokes", b'{"strokes": [[[0, 0], [0, 50]]]}', "application/json"),
        (
            "POST",
            READ + "/batch",
            b'{"pictures": [{"strokes": [[[0, 0], [0, 50]]]}, {}]}',
            "application/json",
        ),
        ("GET", "/api/v1/model", b"", ""),
        ("GET", "/readyz", b"", ""),
        ("GET", "/nothing%20here", b"", ""),
        ("DELETE", READ, b"", ""),
        ("GET", "/", b"", "text/html"),
    ]
    options = "--ray", "--port", "0"
    with (
        short_folder() as folder,
        serving(*options, TMPDIR=str(folder), INKDIGITS_DRAIN="5") as (address, process),
    ):
        family = psutil.Process(process.pid).children(recursive=True)
        for method, path, body, kind in requests:
            headers = {"Content-Type": kind, "Accept": kind or "*/*"}
            there = httpx.request(method, address + path, content=body, headers=headers, timeout=30)
            here = client.open(path, method=method, data=body, headers=headers)
            assert there.status_code == here.status_code, path
            assert _plain(there.content, there.headers) == _plain(here.data, here.headers), path
            assert len(there.headers.get_list("X-Request-Id")) == 1
            assert there.headers["Content-Security-Policy"] == here.headers["Content-Security-Policy"]
            here.close()
        own = {"X-Request-Id": "mine", **PNG}
        assert httpx.post(address + READ, content=big_png, headers=own).headers["X-Request-Id"] == "mine"
        process.send_signal(signal.SIGTERM)
        while (answer := httpx.get(address + "/readyz", timeout=30)).status_code == 200:
            time.sleep(0.1)
        assert answer.json()["code"] == "draining"
        assert httpx.post(address + READ, content=seven_png, headers=PNG, timeout=30).json()["text"] == "7"
        assert process.wait(PATIENCE) == 0
        assert not psutil.wait_procs(family, 10)[1]


def _plain(body: bytes, headers: object) -> bytes:
    """A body without the id of its request."""
    return body.replace(headers["X-Request-Id"].encode(), b"")  # type: ignore[index]


def test_a_model_is_found_from_anywhere(
    cluster: str, tmp_path: Path, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a path that is of the folder where the command is given, where no replica starts."""
    _own_model(reader, tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RAY_ADDRESS", cluster)
    with serving("--ray", "--port", "0", INKDIGITS_MODEL="own.onnx") as (address, _):
        assert httpx.get(address + "/readyz", timeout=30).status_code == 200


def test_a_model_that_a_host_lacks_is_named(
    cluster: str, tmp_path: Path, runner: Runner, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    _own_model(reader, tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RAY_ADDRESS", cluster)
    here = "/proc/self/cwd/own.onnx"  # which for a replica is another folder
    outcome = runner("serve", "--ray", "--port", "0", "--model", here)
    assert outcome.code == 2
    assert f"ModelMissing: The model {here} cannot be read: No such file" in outcome.err
    assert "at the same paths what INKDIGITS_MODEL and the like name" in outcome.err


def _own_model(reader: Reader, folder: Path) -> Path:
    shutil.copy(f"{reader.model.path}.sha256", folder / "own.onnx.sha256")
    return Path(shutil.copy(reader.model.path, folder / "own.onnx"))


def test_the_client_of_the_manual_reads(server: str) -> None:
    manual = (ROOT / "docs" / "scale.md").read_text("utf-8")
    example = re.search(r"```python\n(.*?)```\n```text\n(.*?)```", manual, re.DOTALL)
    assert example is not None
    program = example[1].replace("http://127.0.0.1:8000", server)
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert done.stdout == example[2]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"WORKERS": "1"}, "A cluster has at least 2 replicas, not 1."),
        ({"RATE_LIMIT": "9/minute"}, "A rate limit on a cluster cannot tell callers apart"),
        (
            {"RATE_LIMIT": "9/minute", "TRUSTED_PROXIES": "1"},
            "A rate limit cannot hold with 2 workers that each count for themselves. Name a Redis",
        ),
        ({"MODEL": "none.onnx"}, "none.onnx"),
    ],
    ids=["one replica", "unknown callers", "no Redis", "no model"],
)
def test_what_could_not_hold_on_a_cluster_is_refused(
    settings: dict[str, str], message: str, runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(f"INKDIGITS_{name}", value)
    outcome = runner("serve", "--ray", "--port", "0")
    assert outcome.code in (2, 4)
    assert message in outcome.err


def test_a_batch_is_read_on_a_cluster_as_here(
    cluster: str, folder: Path, runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    Path("bad.png").write_bytes(b"no picture")
    here = runner("batch", ".", "here.jsonl", "--quiet")
    there = runner("batch", ".", "there.jsonl", "--quiet", "--ray", cluster)
    assert (here.code, there.code) == (3, 3), there.err
    assert Path("there.jsonl").read_bytes() == Path("here.jsonl").read_bytes()
    assert runner("batch", ".", "there.jsonl", "--quiet", "--ray", cluster) == Outcome(3, there.out, "")


def test_an_error_on_a_host_is_told_as_here(cluster: str, folder: Path, reader: Reader) -> None:
    model = _own_model(reader, folder)

    def blocks() -> Iterator[Block]:
        model.unlink()  # here it has been read by now, but not there
        yield from blocks_of(items_of([Input.of(str(folder))]))

    with pytest.raises(ModelMissing, match=r"own\.onnx"):
        list(read_there(Asked(".jsonl", str(model)), cluster, blocks()))


@pytest.mark.parametrize(
    ("same", "message"),
    [
        (Same(Asked(".jsonl"), "/nowhere", ""), "cannot use the folder /nowhere"),
        (Same(Asked(".jsonl"), ".", "another edition"), r"reads with inkdigits .*, not with another edition"),
    ],
    ids=["folder", "edition"],
)
def test_a_host_that_differs_is_refused(same: Same, message: str) -> None:
    with pytest.raises(BatchError, match=message):
        reader_for(same)


def test_what_ends_a_command_stays_as_it_is_on_a_cluster(cluster: str) -> None:
    before = signal.getsignal(signal.SIGTERM)
    with join.joined(cluster):
        assert signal.getsignal(signal.SIGTERM) == before


@pytest.mark.parametrize("address", ["nowhere", "nowhere.invalid:6379", "127.0.0.1:1", "ray://127.0.0.1:1"])
def test_a_cluster_that_is_not_there_is_named(folder: Path, runner: Runner, address: str) -> None:
    outcome = runner("batch", folder, folder / "there.jsonl", "--ray", address)
    assert outcome.code == 2
    assert outcome.err.startswith(f"inkdigits: error: The Ray cluster {address} cannot be joined")
    assert not list(folder.glob("there.*"))


@pytest.mark.parametrize("address", ["http://127.0.0.1:8265", "redis://127.0.0.1:6379", "first", ":6379"])
def test_an_address_of_something_else_is_said_to_be_none(address: str) -> None:
    with pytest.raises(SettingsError, match=r"cannot be joined: it is no host:port\. Correct"):
        join.joined(address).__enter__()


def test_a_command_told_to_stop_while_ray_starts_ends_as_any(folder: Path, tmp_path: Path) -> None:
    with short_folder() as place:
        command = [sys.executable, "-m", "inkdigits", "batch", folder, tmp_path / "there.jsonl"]
        process = subprocess.Popen([*command, "--ray", "local"], env=os.environ | {"TMPDIR": str(place)})
        while process.poll() is None and not psutil.Process(process.pid).children():
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == TERMINATED


def test_a_cluster_without_cpus_is_refused_at_once(
    folder: Path, tmp_path: Path, runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ray_of(EMPTY) as address:
        monkeypatch.setenv("RAY_ADDRESS", address)
        batch = runner("batch", folder, tmp_path / "there.jsonl", "--ray", address)
        served = runner("serve", "--ray", "--port", "0")
        with pytest.raises(SettingsError) as trained:
            train_there(lambda out, _: out, tmp_path / "out", 1)
    for said in (batch.err, served.err, f"inkdigits: error: {trained.value}"):
        assert said.startswith(f"inkdigits: error: The Ray cluster {address} lends no CPU. Add a host to it")
    assert (batch.code, served.code) == (2, 2)


def test_a_cluster_whose_cpus_are_taken_is_not_waited_for(cluster: str) -> None:
    tried = subprocess.run(
        [sys.executable, "-c", CROWDED], env=os.environ | {"RAY_ADDRESS": cluster},
        capture_output=True, text=True, timeout=PATIENCE, check=True,
    )  # fmt: skip
    assert "The cluster has not started 2 replicas in 2 seconds. Each needs a CPU" in tried.stdout
    assert "[] left" in tried.stdout


@pytest.fixture(scope="module")
def corpus(mnist: Pictures) -> Corpus:
    learnt, held = (
        Pictures(mnist.images[part], mnist.labels[part]) for part in (slice(190), slice(190, 300))
    )
    return Corpus((Drawn(learnt),), {"mnist": Drawn(held)})


@pytest.fixture
def joined(cluster: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAY_ADDRESS", cluster)


def trains(corpus: Corpus, marks: Path, *, dies: bool = False) -> Callable[[Path, Console], Path]:
    """A run that notes in `marks` what each worker ends with, and may die once after its first epoch."""

    def job(out: Path, _: Console) -> Path:
        def progress(epoch: int, __: int) -> None:
            if dies and epoch and not (marks / "died").exists():
                (marks / "died").touch()
                os._exit(1)

        fit(RUN, corpus, out, progress)
        (marks / f"{place()[0]}").write_text(sha256((out / CHECKPOINT).read_bytes()).hexdigest())
        return out / CHECKPOINT

    return job


@pytest.mark.usefixtures("joined")
def test_a_worker_that_dies_ends_with_the_same_bits(corpus: Corpus, tmp_path: Path) -> None:
    trains(corpus, tmp_path)(tmp_path / "here", Console())
    here = (tmp_path / "0").read_text()
    made = train_there(trains(corpus, tmp_path, dies=True), tmp_path / "there", 1)
    assert (tmp_path / "died").exists()
    assert made == tmp_path / "there" / CHECKPOINT
    assert (tmp_path / "0").read_text() == here
    assert not (tmp_path / "there" / NOTES).exists()


@pytest.mark.usefixtures("joined")
def test_two_workers_end_with_the_same_weights(corpus: Corpus, tmp_path: Path) -> None:
    train_there(trains(corpus, tmp_path), tmp_path / "there", 2)
    assert (tmp_path / "0").read_text() == (tmp_path / "1").read_text()


@pytest.mark.usefixtures("joined")
def test_what_else_is_in_the_folder_stays(tmp_path: Path) -> None:
    (tmp_path / "ray").mkdir()
    (tmp_path / "ray" / "mine.txt").touch()
    train_there(lambda out, _: out, tmp_path, 1)
    assert [path.name for path in tmp_path.iterdir()] == ["ray"]
    assert (tmp_path / "ray" / "mine.txt").exists()


@pytest.mark.usefixtures("joined")
def test_more_workers_than_cpus_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"lends \d+ CPUs, and each of 99 workers needs one"):
        train_there(lambda out, _: out, tmp_path, 99)


@pytest.mark.usefixtures("joined")
def test_an_error_on_the_cluster_is_told_as_here(tmp_path: Path) -> None:
    def job(_: Path, __: Console) -> Path:
        raise RunError("The run is no good", "Make a better one.")

    with pytest.raises(RunError, match=r"^The run is no good\. Make a better one\.$"):
        train_there(job, tmp_path / "there", 1)
