"""Build the sdist and of it the wheel, install that into an empty environment, and be served by it.

Run by `make dist`, which has the page built. Nothing but the environment itself is on its PATH: no Node, no
compiler. What it installs besides is locked in requirements/.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import venv
from pathlib import Path
from urllib.parse import urljoin
from urllib.request import Request, urlopen

ROOT = Path(__file__).parent.parent.parent
DIST, EMPTY = ROOT / "dist", ROOT / "out" / "release" / "empty"
LOCKED = ROOT / "requirements" / "runtime.txt"
PICTURE, TEXT = ROOT / "examples" / "2048.jpg", "2048"
#: Seconds in which a server that was told to stop has stopped.
PATIENCE = 15


def main() -> None:
    for old in DIST.glob("inkdigits-*"):
        old.unlink()
    _run(sys.executable, "-m", "build", "--outdir", str(DIST), str(ROOT))
    venv.create(EMPTY, clear=True)
    install = sys.executable, "-m", "pip", "--python", str(EMPTY), "install", "--quiet"
    _run(*install, "--require-hashes", "--requirement", str(LOCKED))
    wheel = next(DIST.glob("*.whl"))
    _run(*install, "--no-deps", str(wheel))
    _serve()
    for path in sorted(DIST.glob("inkdigits-*")):
        print(f"{path.relative_to(ROOT)}: {path.stat().st_size / 1e6:.1f} MB")


def _serve() -> None:
    """Serve from the installed wheel, far from the sources, and see the page and a reading."""
    server = subprocess.Popen(
        [EMPTY / "bin" / "inkdigits", "serve", "--port", "0"], cwd=EMPTY, stdout=subprocess.PIPE, text=True,
        env={"PATH": str(EMPTY / "bin"), "INKDIGITS_DRAIN": "0", "INKDIGITS_LOG_LEVEL": "warning"},
    )  # fmt: skip
    try:
        assert server.stdout
        _look(server.stdout.readline().split()[3])
    finally:
        server.terminate()
    if code := server.wait(PATIENCE):
        sys.exit(f"the server that was told to stop ended with {code}")


def _look(address: str) -> None:
    page = urlopen(Request(address, headers={"Accept": "text/html"})).read().decode()
    parts = re.findall(r'(?:src|href)="(\./[^"]+)"', page)
    if not any(part.endswith(".js") for part in parts):
        sys.exit("the wheel holds no page")
    for part in parts:
        urlopen(urljoin(f"{address}/", part)).close()
    asked = Request(f"{address}/api/v1/read", PICTURE.read_bytes(), {"Content-Type": "image/jpeg"})
    if (text := json.load(urlopen(asked))["text"]) != TEXT:
        sys.exit(f"{PICTURE.name} is read as {text!r}")
    print(f"the wheel serves its page of {len(parts)} parts and reads {text}")


def _run(*command: str) -> None:
    # PIP_FIND_LINKS and the like would lead past what is locked.
    plain = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    subprocess.run(command, check=True, env=plain)


if __name__ == "__main__":
    main()
