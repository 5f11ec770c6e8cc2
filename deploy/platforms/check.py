"""Do what Heroku, Vercel and Netlify do with the files at the root.

Heroku builds the page, installs the package and starts the Procfile; the others build the page for a host of
files.
Needs node, and honcho as `make` installs them: .venv/bin/python deploy/platforms/check.py
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ADDRESS, PORT = "http://127.0.0.1:5055", "5055"
#: Where the page of a host of files finds its API.
API = "https://digits.example.org"
#: Seconds until what the Procfile starts must answer.
PATIENCE = 30


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        copy(folder)
        step("the page is built", ["npm", "run", "build", "--silent"], folder)
        step("an empty environment", [sys.executable, "-m", "venv", "venv"], folder)
        pip = ["venv/bin/python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        step("requirements.txt is installed", [*pip, "--requirement", "requirements.txt"], folder)
        serve(folder)
        os.environ["INKDIGITS_API"] = API
        vercel(folder)
        netlify(folder)


def copy(folder: Path) -> None:
    """Lay what git would push into the folder."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    for name in filter(None, listed.stdout.split("\0")):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)


def step(what: str, command: Sequence[str], folder: Path) -> None:
    started = time.perf_counter()
    subprocess.run(command, cwd=folder, check=True)
    print(f"ok   {what}: {time.perf_counter() - started:.0f} s", flush=True)


def vercel(folder: Path) -> None:
    told = json.loads((folder / "vercel.json").read_text("utf-8"))
    step("Vercel's install", ["sh", "-c", told["installCommand"]], folder)
    step("Vercel's build", ["sh", "-c", told["buildCommand"]], folder)
    made = folder / ".vercel" / "output"
    assert b'<div id="root">' in (made / "static" / "index.html").read_bytes()
    assert f"{API}/$1" in (made / "config.json").read_text("utf-8")


def netlify(folder: Path) -> None:
    told = tomllib.loads((folder / "netlify.toml").read_text("utf-8"))["build"]
    base = folder / told["base"]
    step("Netlify's install", ["npm", "ci"], base)
    step("Netlify's build", ["sh", "-c", told["command"]], base)
    made = base / told["publish"]
    assert b'<div id="root">' in (made / "index.html").read_bytes()
    assert f"{API}/api/:splat" in (made / "_redirects").read_text("utf-8")


def serve(folder: Path) -> None:
    """Start the Procfile from the new environment, and ask it for the page."""
    started = time.perf_counter()
    places = f"{folder / 'venv' / 'bin'}{os.pathsep}{os.environ['PATH']}"
    process = subprocess.Popen(
        [sys.executable, "-m", "honcho", "start", "--port", PORT],
        cwd=folder, env=os.environ | {"PATH": places, "INKDIGITS_DRAIN": "0"}, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        page = asked("/")
        assert b'<div id="root">' in page, page[:200]
        assert asked("/readyz") == b'{"status":"ready"}\n'
        print(f"ok   the Procfile serves the page: {time.perf_counter() - started:.1f} s")
    finally:
        process.terminate()
        process.wait(20)


def asked(path: str) -> bytes:
    request = urllib.request.Request(ADDRESS + path, headers={"Accept": "text/html"})
    until = time.monotonic() + PATIENCE
    while True:
        try:
            with urllib.request.urlopen(request) as answer:
                content: bytes = answer.read()
                return content
        except urllib.error.URLError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


if __name__ == "__main__":
    main()
