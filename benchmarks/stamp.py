"""Every result says which commit and which machine it was measured on."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from pathlib import Path
from typing import Any

import onnxruntime

import inkdigits


def report(name: str, figures: dict[str, Any]) -> None:
    """Print one result as a line of JSON."""
    print(json.dumps({"benchmark": name, **figures, **_stamp()}))


def _stamp() -> dict[str, Any]:
    return {
        "commit": _output("git", "describe", "--always", "--dirty"),
        "version": inkdigits.__version__,
        "python": platform.python_version(),
        "onnxruntime": onnxruntime.__version__,
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)),
    }


def _output(*command: str) -> str:
    found = subprocess.run(command, cwd=Path(__file__).parent, capture_output=True, text=True, check=False)
    return found.stdout.strip()


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line for line in lines if line.startswith("model name")]
    return names[0].partition(": ")[2] if names else platform.processor()
