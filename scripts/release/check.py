"""Every check of a release, one after the other, with the time that each takes.

    .venv/bin/python scripts/release/check.py [NAME...]

What a check prints is in out/release/NAME.log. All are made even if one fails; the exit code says whether
one did. CONTAINERS, GATEWAY, PYTHON, RAY_ADDRESS and CUT reach the checks that know them.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
LOGS = ROOT / "out" / "release"
PYTHON = ".venv/bin/python"
#: What cuts a host off, where RAY_ADDRESS is a cluster of several.
CUT = '${CUT:+--cut "$CUT"}'
#: Name -> command, run by a shell in the project's root.
CHECKS = {
    "tests": "make test",
    "dist": "make sbom",
    "audit": "make audit",
    "weather": "make weather",
    "container": "deploy/container/check.sh",
    "aws": "deploy/aws/check.sh",
    "platforms": f"{PYTHON} deploy/platforms/check.py",
    "kubernetes": "deploy/kubernetes/check.sh",
    "disks": f"{PYTHON} -m benchmarks.disks",
    "batch-speed": f"{PYTHON} -m benchmarks.batch.speed",
    "batch-kills": f"{PYTHON} -m benchmarks.batch.kills",
    "batch-memory": f"{PYTHON} -m benchmarks.batch.memory",
    "cluster-batch": f"{PYTHON} -m benchmarks.cluster.batch {CUT}",
    "cluster-serve": f"{PYTHON} -m benchmarks.cluster.serving {CUT}",
}


def main() -> None:
    names = sys.argv[1:] or list(CHECKS)
    if unknown := set(names) - CHECKS.keys():
        sys.exit(f"There is no check {', '.join(unknown)}. There are {', '.join(CHECKS)}.")
    LOGS.mkdir(parents=True, exist_ok=True)
    failed = [name for name in names if not _holds(name)]
    sys.exit(f"failed: {', '.join(failed)}" if failed else 0)


def _holds(name: str) -> bool:
    """Make one check and print a line of it."""
    started, log = time.monotonic(), LOGS / f"{name}.log"
    with log.open("wb") as out:
        code = subprocess.run(
            ["sh", "-c", CHECKS[name]], cwd=ROOT, stdout=out, stderr=subprocess.STDOUT, check=False
        ).returncode
    why = "" if code == 0 else f": {_last(log)} ({log.relative_to(ROOT)})"
    print(f"{'FAIL' if code else 'ok  '} {name:<13} {time.monotonic() - started:6.0f} s{why}", flush=True)
    return code == 0


def _last(log: Path) -> str:
    lines = log.read_text("utf-8", "replace").split("\n")
    said = (line for line in reversed(lines) if line.strip() and not line.startswith("make:"))
    return next(said, "it printed nothing").strip()


if __name__ == "__main__":
    main()
