"""What platforms read: the Procfile, started by a runner of such files, and the page on hosts of files."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
import yaml
from conftest import PNG, READ
from werkzeug.test import TestResponse

from inkdigits import Reader
from inkdigits.server import create_app
from inkdigits.server.headers import HEADERS
from inkdigits.settings import Settings

ROOT = Path(__file__).parent.parent
SITE = ROOT / "deploy" / "platforms" / "site.mjs"
HOSTS = ("vercel", "netlify")


@contextmanager
def procfile(folder: Path, **environment: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The address of what the Procfile starts, and the process of its runner."""
    kind, command = (ROOT / "Procfile").read_text("utf-8").strip().split(": ", 1)
    # The runner tells SIGTERM to the shell too, and would give that one's exit code.
    (folder / "Procfile").write_text(f"{kind}: trap : TERM; {command}; echo ended with $?\n", "utf-8")
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    places = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    process = subprocess.Popen(
        [sys.executable, "-m", "honcho", "start", "--port", str(port), "--procfile", folder / "Procfile"],
        cwd=ROOT, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
        env=os.environ | {"PATH": places, "INKDIGITS_DRAIN": "0"} | environment,
    )  # fmt: skip
    with process:
        try:
            yield _answering(f"http://127.0.0.1:{port}"), process
        finally:
            process.terminate()
            process.wait(15)


def _answering(address: str) -> str:
    for _ in range(200):
        try:
            httpx.get(f"{address}/livez")
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return address
    raise AssertionError("nothing answers")


@pytest.mark.parametrize("prefix", ["", "/digits"])
def test_the_procfile_serves_at_the_port_and_below_the_path(
    prefix: str, seven_png: bytes, tmp_path: Path
) -> None:
    with procfile(tmp_path, INKDIGITS_PREFIX=prefix) as (address, process):
        assert httpx.get(f"{address}{prefix}/readyz").json() == {"status": "ready"}
        assert httpx.post(address + prefix + READ, content=seven_png, headers=PNG).json()["text"] == "7"
        page = httpx.get(f"{address}{prefix}/", headers={"Accept": "text/html"})
        assert '<div id="root">' in page.text
        process.send_signal(signal.SIGTERM)
        said = process.communicate(timeout=15)[0]
        assert re.search(r"web\.1 +\| ended with 0$", said, re.MULTILINE), said
        assert "Traceback" not in said


def test_on_heroku_no_worker_is_started_that_is_about_to_be_stopped(tmp_path: Path) -> None:
    settings = json.loads((ROOT / "app.json").read_text("utf-8"))["env"]
    with procfile(tmp_path, **{"INKDIGITS_DRAIN": "3"} | settings) as (_, process):
        # There every process of a dyno is told to stop, each by itself.
        for one in psutil.Process(process.pid).children(recursive=True):
            one.send_signal(signal.SIGTERM)
        said = process.communicate(timeout=15)[0]
        assert "ended with 0" in said
        assert "Respawning" not in said


@pytest.fixture(params=HOSTS)
def site(request: pytest.FixtureRequest, tmp_path: Path, server: str) -> tuple[str, Path]:
    """A host's name, and the folder made for it, with the API at `server`."""
    done = _laid_out(request.param, tmp_path / "site", server)
    assert done.returncode == 0, done.stderr
    return request.param, tmp_path / "site"


def _laid_out(host: str, folder: Path, api: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["node", SITE, host, folder], capture_output=True, text=True, check=False,
        env=os.environ | {"INKDIGITS_API": api},
    )  # fmt: skip


def test_the_host_has_the_page_and_the_headers_of_the_server(site: tuple[str, Path]) -> None:
    host, folder = site
    page = folder / "static" if host == "vercel" else folder
    assert (page / "index.html").is_file()
    assert list((page / "assets").glob("*.wasm"))
    assert not list(page.rglob("*.br"))
    wanted = {name: value for name, value in HEADERS.items() if name != "Cache-Control"}
    assert _headers(host, folder) == wanted


def _headers(host: str, folder: Path) -> dict[str, str]:
    if host == "vercel":
        headers: dict[str, str] = _config(folder)["routes"][0]["headers"]
        return headers
    lines = (folder / "_headers").read_text("utf-8").split("/assets/*")[0].splitlines()[1:]
    return dict(line.strip().split(": ", 1) for line in lines)


def _config(folder: Path) -> dict[str, Any]:
    config: dict[str, Any] = json.loads((folder / "config.json").read_text("utf-8"))
    return config


def test_the_host_passes_requests_on_to_the_api(site: tuple[str, Path], seven_png: bytes) -> None:
    host, folder = site
    answer = httpx.post(_passed_on(host, folder, READ), content=seven_png, headers=PNG)
    assert answer.json()["text"] == "7"
    files = {"image": seven_png}
    assert httpx.post(_passed_on(host, folder, "/predict-image"), files=files).json()["digit"] == 7
    assert httpx.get(_passed_on(host, folder, "/health")).json() == {"status": "healthy"}


def _passed_on(host: str, folder: Path, path: str) -> str:
    """Where a host leads a path to, by its first rule for it."""
    if host == "vercel":
        routes = [route for route in _config(folder)["routes"] if "dest" in route]
        rules = [(route["src"], route["dest"].replace("$1", r"\1")) for route in routes]
    else:
        lines = [line.split() for line in (folder / "_redirects").read_text("utf-8").splitlines()]
        rules = [(source.replace("*", "(.*)"), to.replace(":splat", r"\1")) for source, to, _ in lines]
    return next(re.sub(pattern, to, path) for pattern, to in rules if re.fullmatch(pattern, path))


@pytest.mark.parametrize(
    ("host", "api", "said"),
    [
        ("netlify", "", "INKDIGITS_API"),
        ("vercel", "ftp://h", "INKDIGITS_API"),
        ("other", "http://h", "netlify"),
    ],
)
def test_a_wrong_host_or_address_is_named(host: str, api: str, said: str, tmp_path: Path) -> None:
    done = _laid_out(host, tmp_path / "site", api)
    assert done.returncode == 2
    assert said in done.stderr
    assert not (tmp_path / "site").exists()


def test_the_platforms_files_name_what_is_there() -> None:
    """Health checks are routes, commands start files that exist."""
    (render,) = yaml.safe_load((ROOT / "render.yaml").read_text("utf-8"))["services"]
    railway = json.loads((ROOT / "railway.json").read_text("utf-8"))
    assert render["healthCheckPath"] == railway["deploy"]["healthcheckPath"] == "/readyz"
    assert (ROOT / render["dockerfilePath"]).is_file()
    assert (ROOT / railway["build"]["dockerfilePath"]).is_file()
    for file in ("vercel.json", "netlify.toml"):
        assert "deploy/platforms/site.mjs" in (ROOT / file).read_text("utf-8")
    assert json.loads((ROOT / "package.json").read_text("utf-8"))["scripts"]["build"].startswith(
        "npm ci --prefix web"
    )


def proxies() -> dict[str, int]:
    """How many the manual counts on each platform."""
    manual = (ROOT / "deploy" / "platforms" / "README.md").read_text("utf-8")
    return {
        name: int(number) for name, number in re.findall(r"^\| (\w+) \|.*\| (\d) \|$", manual, re.MULTILINE)
    }


#: What each platform makes of a caller's `X-Forwarded-For`, from one of its edges.
CHAINS: dict[str, Callable[[str, str, int], str]] = {
    "Railway": lambda _, caller, edge: f"{caller}, 203.0.113.{edge}",
    "Render": lambda forged, caller, edge: f"{forged},{caller}, 172.70.0.{edge}, 10.0.0.{edge}",
    "Heroku": lambda forged, caller, _: f"{forged},{caller}",
}


@pytest.mark.parametrize("platform", CHAINS)
def test_callers_have_a_limit_each_on_every_platform(platform: str, reader: Reader, seven_png: bytes) -> None:
    settings = Settings(rate_limit="2/hour", trusted_proxies=proxies()[platform])
    client = create_app(settings, reader).test_client()

    def status(caller: str, edge: int, forged: str) -> int:
        chain = {"X-Forwarded-For": CHAINS[platform](forged, caller, edge)}
        answer: TestResponse = client.post(READ, data=seven_png, headers=PNG | chain)
        return answer.status_code

    for caller in ("198.51.100.1", "198.51.100.2"):
        asked = [status(caller, edge, f"192.0.2.{edge}") for edge in range(4)]
        assert asked == [200, 200, 429, 429]


def test_the_platforms_files_count_proxies_as_the_manual() -> None:
    (render,) = yaml.safe_load((ROOT / "render.yaml").read_text("utf-8"))["services"]
    assert {one["key"]: one["value"] for one in render["envVars"]} == {
        "INKDIGITS_TRUSTED_PROXIES": str(proxies()["Render"])
    }
    heroku = json.loads((ROOT / "app.json").read_text("utf-8"))["env"]
    assert heroku["INKDIGITS_TRUSTED_PROXIES"] == str(proxies()["Heroku"])
    manual = (ROOT / "deploy" / "platforms" / "README.md").read_text("utf-8")
    assert f" --variables INKDIGITS_TRUSTED_PROXIES={proxies()['Railway']}\n" in manual


def test_the_platforms_build_the_page_with_one_version_of_node() -> None:
    vercel = json.loads((ROOT / "package.json").read_text("utf-8"))["engines"]["node"]
    netlify = tomllib.loads((ROOT / "netlify.toml").read_text("utf-8"))["build"]["environment"]
    (node,) = {vercel.removesuffix(".x"), netlify["NODE_VERSION"]}
    # Of even numbers, which alone are kept up for years, the last whose end has come (2026-04-30) is 20.
    assert int(node) % 2 == 0
    assert int(node) > 20
