"""The image's parts that need no container: its health check, what is left out and locked, who listens."""

from __future__ import annotations

import os
import re
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


def python(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], cwd=HERE, capture_output=True, text=True, check=False,
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
    for name in (f"{PREFIX}PORT", "PORT"):
        assert python("healthy.py", **{name: port}).returncode == 0


def test_no_server_is_not_healthy() -> None:
    checked = python("healthy.py", PORT="9")
    assert checked.returncode == 1
    assert checked.stderr.startswith("not ready: ")
    assert "Traceback" not in checked.stderr


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
