"""`inkdigits train` and `export`: what is wrong is said at once, before any data are loaded."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import Runner

from inkdigits.model import Finder, Refiner
from inkdigits.training.checkpoint import save_checkpoint
from inkdigits.training.finder import Finder as FinderNetwork
from inkdigits.training.networks import build
from inkdigits.training.refiner import refiner
from inkdigits.training.run import Run


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder, which is the current one, with the checkpoint of a finder, but no data."""
    monkeypatch.chdir(tmp_path)
    Path("runs").mkdir()
    Path("runs/first.toml").write_text("network = 'inknet'\n")
    save_checkpoint(Path("out/found/final.safetensors"), FinderNetwork(), None, Run(network="finder"), 1, {})


@pytest.mark.parametrize(
    ("text", "headline", "said"),
    [
        (
            "network = 'cascade'\ncascade = ['out/first/final.safetensors', 'out/other', 'out/third']",
            "cascade, put together from out/first/final.safetensors, out/other, out/third",
            "There is no checkpoint out/first/final.safetensors. "
            "Make it with: inkdigits train --run runs/first.toml",
        ),
        (
            "network = 'inklet'\nstart = 'out/found/final.safetensors'",
            "inklet, 60 epochs, seed 1",
            "out/found/final.safetensors holds weights of a network 'finder' that do not fit. "
            "Give `start` one of 'inklet'.",
        ),
        (
            "network = 'refiner'\nfinder = 'out/none/finder.onnx'",
            "refiner, 60 epochs, seed 1",
            "The run's `finder` is missing or no finder: The model out/none/finder.onnx cannot be read: "
            "No such file or directory. Make it with: inkdigits train --run FILE",
        ),
        (
            "network = 'inkent'",
            "inkent, 60 epochs, seed 1",
            "no network 'inkent'. Choose one of: batchnorm, ",
        ),
        (
            "network = 'inkent'",
            "inkent, 60 epochs, seed 1",
            "cascade, dense, finder, inklet, inknet, inkscout, refiner",
        ),
    ],
)
def test_a_run_that_cannot_begin_says_so_first(text: str, headline: str, said: str, runner: Runner) -> None:
    Path("runs/this.toml").write_text(f"name = 'this'\n{text}\n")
    done = runner("train", "--run", "runs/this.toml", "--data", "none")
    assert done.code == 6, done.err
    assert done.err.splitlines()[0] == f"this: {headline}, into out/this"
    assert said in done.err
    assert not Path("out/this").exists()


def test_what_is_not_calibrated_is_not_exported(runner: Runner) -> None:
    save_checkpoint(Path("checkpoint.safetensors"), build("dense"), None, Run(network="dense"), 1, {})
    for name in ("checkpoint.safetensors", "out/found/final.safetensors"):
        done = runner("export", name, "a.onnx")
        assert done.code == 6
        assert f"{name} is not calibrated" in done.err
        assert "Name the final.safetensors" in done.err
        assert not Path("a.onnx").exists()


def test_a_finder_and_a_refiner_are_exported_as_such(runner: Runner) -> None:
    marks = {"slope": 2.0, "offset": 0.5, "temperature": 0.8}
    weights = {"weights": {"odds": [0.5] * 7, "classes": [0.5, 0.5]}}
    save_checkpoint(Path("finder.safetensors"), FinderNetwork(), None, Run(network="finder"), 1, marks)
    save_checkpoint(
        Path("refiner.safetensors"), refiner(), None, Run(network="refiner", finder="f"), 1, weights
    )
    for name in ("finder", "refiner"):
        assert runner("export", f"{name}.safetensors", f"{name}.onnx").code == 0
    assert Finder(Path("finder.onnx")).card["temperature"] == 0.8
    assert Refiner(Path("refiner.onnx")).card["weights"] == weights["weights"]
