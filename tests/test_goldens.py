"""The golden drawings that the browser must read alike are read so here: `make goldens` after a change."""

from __future__ import annotations

import json
import runpy
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
#: What two machines may differ by.
CLOSE = 1e-4


def test_the_golden_drawings_are_read_as_they_are_kept() -> None:
    kept = json.loads((ROOT / "web/tests/goldens.json").read_text("utf-8"))
    made = runpy.run_path(str(ROOT / "scripts/goldens.py"))["made"]()
    assert made["models"] == kept["models"]
    assert [one["name"] for one in made["drawings"]] == [one["name"] for one in kept["drawings"]]
    for ours, theirs in zip(made["drawings"], kept["drawings"], strict=True):
        assert ours["strokes"] == theirs["strokes"], ours["name"]
        _assert_same(ours["reading"], theirs["reading"], ours["name"])


def _assert_same(ours: dict[str, Any], theirs: dict[str, Any], name: str) -> None:
    plain = ("text", "reason", "turned")
    assert [ours[key] for key in plain] == [theirs[key] for key in plain], name
    assert [digit["box"] for digit in ours["digits"]] == [digit["box"] for digit in theirs["digits"]], name
    assert _numbers(ours) == pytest.approx(_numbers(theirs), abs=CLOSE, rel=0), name


def _numbers(reading: dict[str, Any]) -> list[float]:
    digits = [[digit["confidence"], *digit["probabilities"]] for digit in reading["digits"]]
    return [reading["confidence"], *(number for numbers in digits for number in numbers)]
