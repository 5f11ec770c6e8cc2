"""What is released: a wheel and an sdist with the page and the models inside, and nothing not meant."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest
from hatchling import build

from inkdigits import __version__
from inkdigits.model import FINDER, PACKAGED, REFINER

ROOT = Path(__file__).parent.parent
PAGE = "inkdigits/server/page/"
WHEEL, SDIST = f"inkdigits-{__version__}-py3-none-any.whl", f"inkdigits-{__version__}.tar.gz"
#: What the package cannot do without.
PARTS = {
    f"inkdigits/models/{model.name}{end}" for model in (PACKAGED, FINDER, REFINER) for end in ("", ".sha256")
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel and the sdist."""
    folder, before = tmp_path_factory.mktemp("dist"), Path.cwd()
    os.chdir(ROOT)
    try:
        assert {build.build_wheel(str(folder)), build.build_sdist(str(folder))} == {WHEEL, SDIST}
    finally:
        os.chdir(before)
    return folder


def test_the_wheel_holds_the_models_and_the_page(built: Path) -> None:
    with zipfile.ZipFile(built / WHEEL) as wheel:
        names = set(wheel.namelist())
        page = wheel.read(f"{PAGE}index.html").decode()
    parts = re.findall(r'(?:src|href)="\./([^"]+)"', page)
    assert any(part.endswith(".js") for part in parts)
    assert PARTS | {f"{PAGE}{part}" for part in parts} <= names
    assert not [name for name in names if name.endswith((".map", ".pyc")) or "node_modules" in name]
    assert {name.split("/")[0] for name in names} == {"inkdigits", f"inkdigits-{__version__}.dist-info"}


def test_the_sdist_builds_the_same_wheel_without_node(built: Path, tmp_path: Path) -> None:
    with tarfile.open(built / SDIST) as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()}
        sdist.extractall(tmp_path, filter="data")
    assert not [name for name in names if name.startswith(("out/", ".venv/", "web/node_modules/", "dist/"))]
    subprocess.run(
        [sys.executable, "-c", f"from hatchling import build; build.build_wheel({str(tmp_path)!r})"],
        cwd=tmp_path / SDIST.removesuffix(".tar.gz"), env={"PATH": ""}, check=True,
    )  # fmt: skip
    assert _held(tmp_path / WHEEL) == _held(built / WHEEL)


def _held(wheel: Path) -> dict[str, int]:
    """The name of each file of a wheel, and the checksum of what is in it."""
    with zipfile.ZipFile(wheel) as archive:
        return {one.filename: one.CRC for one in archive.infolist()}


def test_the_version_is_one() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    page, locked = (
        json.loads((ROOT / "web" / f"package{end}.json").read_text("utf-8")) for end in ("", "-lock")
    )
    assert {project["version"], page["version"], locked["version"], locked["packages"][""]["version"]} == {
        __version__
    }
    overlay = (ROOT / "deploy" / "kubernetes" / "README.md").read_text("utf-8")
    assert re.findall(r"newTag: ([\d.]+)", overlay) == [__version__]


def test_everything_that_is_audited_is_locked_anew(tmp_path: Path) -> None:
    uv, calls = tmp_path / "uv", tmp_path / "calls"
    uv.write_text(f'#!/bin/sh\necho "$*" >>{calls}\n')
    uv.chmod(0o755)
    subprocess.run(["sh", "scripts/release/lock.sh", uv], cwd=ROOT, check=True)
    written = re.findall(r"--output-file (\S+)", calls.read_text())
    audited = re.findall(r"for locked in (.*?);", (ROOT / "Makefile").read_text("utf-8"))[0].split()
    files = [path.relative_to(ROOT) for pattern in audited for path in ROOT.glob(pattern)]
    assert sorted(written) == sorted(map(str, files))


def test_a_release_check_that_there_is_not_is_refused() -> None:
    checked = subprocess.run(
        [sys.executable, "scripts/release/check.py", "nonsense"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert checked.returncode == 1
    assert checked.stderr.startswith("There is no check nonsense. There are tests, ")
