"""What `inkdigits read` can be asked: a guide, a risk, an explanation."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from conftest import Runner, png_of

from inkdigits.training.datasets import Pictures


@pytest.fixture
def row(tmp_path: Path, mnist: Pictures) -> Path:
    """A picture of the digits 7210 in a row."""
    assert mnist.labels[:4].tolist() == [7, 2, 1, 0]
    path = tmp_path / "row.png"
    path.write_bytes(png_of(np.hstack([np.pad(mnist.images[i], 4) for i in range(4)])))
    return path


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--length", "4"], "7210 ("),
        (["--count", "4", "--lines", "1"], "7210 ("),
        (["--pattern", "dd-dd"], "72-10 ("),
        (["--pattern", "d/d10", "--no-decline"], "7/210 ("),
        (["--count", "200"], "ambiguous"),
        (["--risk", "0"], "ambiguous"),
    ],
)
def test_a_guide_and_a_risk(runner: Runner, row: Path, options: list[str], said: str) -> None:
    outcome = runner("read", row, *options)
    assert outcome.out.startswith(said)
    assert (outcome.code, outcome.err) == (0, "")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--length", "0"], "length cannot be 0"),
        (["--length", "four"], "should be a valid integer"),
        (["--length", "3", "--count", "4"], "length 3 and count 4 contradict each other"),
        (["--pattern", "--"], "pattern cannot be"),
        (["--risk", "2"], "--risk cannot be 2"),
        (["--risk", "nan"], "--risk cannot be nan"),
        (["--risk", "0.1", "--no-decline"], "exclude each other"),
    ],
)
def test_what_cannot_be_asked_is_said_once(runner: Runner, row: Path, options: list[str], said: str) -> None:
    outcome = runner("read", row, row, *options)
    assert (outcome.code, outcome.out) == (2, "")
    assert said in outcome.err
    assert outcome.err.count("error: ") == 1


def test_explain_writes_pictures(runner: Runner, row: Path, folder: Path, seven_png: bytes) -> None:
    (folder / "c").mkdir()
    (folder / "c" / "a.png").write_bytes(seven_png)
    out = folder / "out" / "deep"
    sources = (row, folder / "a.png", folder / "c" / "a.png", folder / "b" / "blank.png", "-")
    outcome = runner("read", "--explain", out, *sources, stdin=seven_png)
    assert (outcome.code, outcome.err) == (0, "")
    names = {path.name for path in out.iterdir()}
    assert {"row-ink.png", "row-boxes.png", *(f"row-{place}-tile.png" for place in range(1, 5))} <= names
    assert {"a-boxes.png", "a-2-boxes.png", "blank-boxes.png", "stdin-boxes.png"} <= names
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in out.iterdir())


def test_explanations_never_share_a_name(runner: Runner, tmp_path: Path, seven_png: bytes) -> None:
    sources = [tmp_path / name for name in ("seven.png", "z/seven.jpg", "seven-2.png", "y/seven-2.png")]
    for source in sources:
        source.parent.mkdir(exist_ok=True)
        source.write_bytes(seven_png)
    runner("read", "--explain", tmp_path / "out", *sources)
    boxes = (tmp_path / "out").glob("*-boxes.png")
    assert {path.name.removesuffix("-boxes.png") for path in boxes} == {
        "seven", "seven-2", "seven-2-2", "seven-2-3",
    }  # fmt: skip


def test_an_explanation_that_cannot_be_written_costs_no_answer(
    runner: Runner, tmp_path: Path, seven_png: bytes
) -> None:
    sources = [tmp_path / name for name in ("seven.png", f"{'a' * 249}.png", "seven-ink.png")]
    for source in sources:
        source.write_bytes(seven_png)
    outcome = runner("read", "--explain", tmp_path, *sources)
    assert (outcome.code, outcome.out.count(": 7 (")) == (9, 3)
    assert outcome.err.count("error: ") == 2
    assert "seven-ink.png is there already" in outcome.err
    assert sources[2].read_bytes() == seven_png


def test_explain_into_what_is_no_folder(runner: Runner, row: Path) -> None:
    outcome = runner("read", row, "--explain", row)
    assert (outcome.code, outcome.out) == (9, "7210 (99 %)\n")
    assert str(row) in outcome.err
