"""The public names, and what importing them costs."""

from __future__ import annotations

import subprocess
import sys

import inkdigits


def test_the_public_names_are_these() -> None:
    assert sorted(inkdigits.__all__) == [
        "Box",
        "Digit",
        "InkdigitsError",
        "InputError",
        "Limits",
        "ModelError",
        "Reader",
        "Reading",
        "__version__",
        "read",
    ]
    assert all(hasattr(inkdigits, name) for name in inkdigits.__all__)


def test_the_import_loads_nothing_heavy() -> None:
    code = "import sys, inkdigits; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert "onnxruntime" in loaded
    assert not {"torch", "flask", "ray", "pydantic", "matplotlib", "typer", "rich"} & set(loaded)
