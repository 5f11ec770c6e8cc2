"""The image's parts that need no container: its health check, what is left out and locked, who listens."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml
from packaging.requirements import Requirement

from inkdigits.model import PACKAGED
from inkdigits.settings import PREFIX, Settings

ROOT = Path(__file__).parent.parent
HERE = ROOT / "deploy" / "container"
DOCKERFILES = [ROOT / "Dockerfile", HERE / "train.Dockerfile"]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
#: What Pillow loads if it is there.
DISPENSABLE = ("PIL/_avif.",)
#: Warms up, then prints the files of what is loaded, a line each.
LOADED = """
import runpy, sys
try:
    runpy.run_path("warm.py", run_name="__main__")
except SystemExit as end:
    assert not end.code, end.code
print(*filter(None, (getattr(module, "__file__", None) for module in sys.modules.values())), sep="\\n")
"""


def python(*arguments: str, folder: Path = HERE, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], cwd=folder, capture_output=True, text=True, check=False,
        env=os.environ | environment,
    )  # fmt: skip


def program(name: str) -> ModuleType:
    spec = spec_from_file_location(name, HERE / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_server_that_is_ready_is_healthy(server: str) -> None:
    port = str(urlsplit(server).port)
    for checked in (python("healthy.py", INKDIGITS_PORT=port), python("healthy.py", PORT=port)):
        assert checked.returncode == 0


def test_no_server_is_not_healthy() -> None:
    checked = python("healthy.py", PORT="9")
    assert checked.returncode == 1
    assert checked.stderr.startswith("not ready: ")
    assert "Traceback" not in checked.stderr


def test_a_proxy_is_not_asked_whether_a_server_is_healthy(server: str) -> None:
    checked = python("healthy.py", PORT=str(urlsplit(server).port), http_proxy="http://127.0.0.1:9")
    assert checked.returncode == 0, checked.stderr


@pytest.fixture
def image(tmp_path: Path) -> Path:
    """What makes models, with its runs beside it, as in its image."""
    shutil.copytree(ROOT / "runs", tmp_path / "image" / "runs")
    return Path(shutil.copy(HERE / "make_model.py", tmp_path / "image"))


def making(
    image: Path, volume: Path, *arguments: str, runs: str = "quick", model: str = "digits.onnx"
) -> subprocess.CompletedProcess[str]:
    volume.mkdir(exist_ok=True)
    return python(str(image), *arguments, folder=volume, INKDIGITS_RUNS=runs, INKDIGITS_MODEL=model)


def test_a_model_that_is_there_is_left_as_it_is(image: Path, tmp_path: Path) -> None:
    volume = tmp_path / "volume"
    shutil.copytree(PACKAGED.parent, volume)
    done = making(image, volume, "--unless-there")
    assert (done.returncode, done.stdout) == (0, "There is a model already.\n"), done.stderr


def test_a_model_of_another_name_is_left_as_it_is(image: Path, tmp_path: Path) -> None:
    volume = tmp_path / "volume"
    volume.mkdir()
    for end in ("", ".sha256"):
        shutil.copy(f"{PACKAGED}{end}", volume / f"mine.onnx{end}")
    done = making(image, volume, "--unless-there", model=f"{volume}/mine.onnx")
    assert (done.returncode, done.stdout) == (0, "There is a model already.\n"), done.stderr


@pytest.mark.parametrize("model", ["", "/elsewhere/digits.onnx"])
def test_no_model_is_made_where_no_server_looks(image: Path, tmp_path: Path, model: str) -> None:
    done = making(image, tmp_path / "volume", model=model)
    assert done.returncode == 2
    assert f"INKDIGITS_MODEL is {model!r}, which is no file in {tmp_path}/volume" in done.stderr
    assert list((tmp_path / "volume").iterdir()) == []


@pytest.mark.parametrize(
    ("noted", "remedy"), [(None, "sha256sum"), ("0" * 64, "docker compose run --rm train")]
)
def test_a_model_that_cannot_be_used_is_not_replaced(
    image: Path, tmp_path: Path, noted: str | None, remedy: str
) -> None:
    volume = tmp_path / "volume"
    volume.mkdir()
    model = Path(shutil.copy(PACKAGED, volume))
    if noted:
        model.with_name("digits.onnx.sha256").write_text(noted)
    done = making(image, volume, "--unless-there")
    assert done.returncode == 4
    assert "digits.onnx" in done.stderr
    assert remedy in done.stderr
    assert "Traceback" not in done.stderr
    assert model.read_bytes() == PACKAGED.read_bytes()


@pytest.mark.parametrize("runs", ["quik", " ", "quick quik"])
def test_runs_that_are_not_there_are_said(image: Path, tmp_path: Path, runs: str) -> None:
    done = making(image, tmp_path / "volume", runs=runs)
    assert done.returncode == 6
    assert "INKDIGITS_RUNS" in done.stderr
    assert "quick" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("runs", ["finder", "quick refiner4"])
def test_runs_that_end_without_a_digit_model_are_not_begun(image: Path, tmp_path: Path, runs: str) -> None:
    done = making(image, tmp_path / "volume", runs=runs)
    assert done.returncode == 6
    assert f"INKDIGITS_RUNS is {runs!r}, whose last run makes no digit model" in done.stderr
    _, _, remedy = done.stderr.partition("A digit model is made by ")
    assert "quick" in remedy
    assert "finder" not in remedy
    assert list((tmp_path / "volume").iterdir()) == []


def test_nothing_that_serving_loads_is_trimmed() -> None:
    done = python("-c", LOADED, str(ROOT / "examples" / "2048.jpg"))
    assert done.returncode == 0, done.stderr
    places = [line.partition("/site-packages/")[2] for line in done.stdout.splitlines()]
    loaded = [Path(place) for place in places if place and not place.startswith(DISPENSABLE)]
    assert len(loaded) > 300
    for pattern in program("trim").UNUSED:
        assert not [path for path in loaded if any(one.match(pattern) for one in (path, *path.parents))]


def locked() -> Iterator[tuple[Requirement, str]]:
    """Each pin of the image's lock, with its hashes."""
    text = (ROOT / "requirements" / "runtime.txt").read_text("utf-8").replace("\\\n", "")
    for line in text.splitlines():
        if line[:1].isalnum():
            pin, hashes = line.split("--hash", 1)
            yield Requirement(pin), hashes


def test_the_lock_is_of_what_the_package_asks_for() -> None:
    pins = {pin.name: str(pin.specifier).removeprefix("==") for pin, _ in locked()}
    for asked in map(Requirement, (*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["serve"])):
        assert asked.specifier.contains(pins[asked.name]), (
            f"{asked} is locked as {pins[asked.name]}: make lock"
        )


def test_what_the_image_cannot_read_is_said_where_it_is_used() -> None:
    assert "pillow-heif" not in {pin.name for pin, _ in locked()}
    assert "## What it reads\n" in (HERE / "README.md").read_text("utf-8")
    for place in ("kubernetes", "platforms"):
        manual = (ROOT / "deploy" / place / "README.md").read_text("utf-8")
        assert "(../container/README.md#what-it-reads)" in manual
    # So that the manual's `sed` finds what it puts the decoder behind.
    assert "--extra serve " in (ROOT / "scripts" / "release" / "lock.sh").read_text("utf-8")


def test_everything_locked_has_hashes() -> None:
    for pin, hashes in locked():
        assert re.fullmatch(r"==[^*,]+", str(pin.specifier))
        assert "sha256:" in hashes, pin


@pytest.mark.parametrize("file", DOCKERFILES, ids=lambda file: file.name)
def test_the_labels_are_of_this_version(file: Path) -> None:
    text = file.read_text("utf-8")
    assert f'image.version="{PROJECT["version"]}"' in text
    assert f'image.licenses="{PROJECT["license"]}"' in text
    assert "USER 10001:10001" in text
    assert set(re.findall(r"torch==[\d.]+", text)) <= {PROJECT["optional-dependencies"]["train"][0]}


@pytest.fixture
def services() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))["services"]
    return found


def test_compose_publishes_what_the_server_listens_on(services: dict[str, Any]) -> None:
    port = Settings().port
    assert services["server"]["ports"] == [f"127.0.0.1:{outside}:{port}" for outside in (3000, 5001)]
    assert f"EXPOSE {port}\n" in DOCKERFILES[0].read_text("utf-8")


def test_compose_knows_only_settings_that_there_are(services: dict[str, Any]) -> None:
    names = {name.removeprefix(PREFIX).lower() for name in services["server"]["environment"]}
    assert names <= Settings.model_fields.keys()


def test_compose_makes_what_the_server_reads(services: dict[str, Any]) -> None:
    server, model = services["server"], f"{PREFIX}MODEL"
    for name in ("model", "train"):
        assert services[name]["volumes"][0] + ":ro" == server["volumes"][0]
        assert services[name]["environment"][model] == server["environment"][model]
    assert (ROOT / "runs" / "quick.toml").is_file()
