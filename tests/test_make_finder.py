"""A finder's run on a small pool: gone on with after a kill, calibrated, exported, used."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from rich.console import Console

from inkdigits import Reader
from inkdigits.errors import RunError
from inkdigits.find import Found
from inkdigits.model import Finder, Refiner
from inkdigits.training.checkpoint import load_checkpoint
from inkdigits.training.datasets import Pictures, Trajectories
from inkdigits.training.epochs import CHECKPOINT, Progress
from inkdigits.training.finder import Finder as FinderNetwork
from inkdigits.training.fit_finder import FinderLesson
from inkdigits.training.judge import judged
from inkdigits.training.lesson import learn
from inkdigits.training.make_finder import make_finder, make_refiner
from inkdigits.training.page import UNSURE, Page
from inkdigits.training.pool import Pool, pool_of
from inkdigits.training.run import Data, Run

RUN = Run(name="small", network="finder", epochs=2, batch=2, learning_rate=1e-3)


class Killed(Exception):
    """Stands for a power cut."""


@pytest.fixture(scope="module")
def pools(mnist: Pictures) -> tuple[Pool, Pool]:
    one = (np.array([[5, 0], [5, 40]], np.float32),)
    ones = Trajectories((one,) * 3, np.array([1] * 3), np.array([1] * 3))
    pool = pool_of(mnist, ones, Data(), np.random.default_rng(1))
    return pool, pool


def test_a_killed_run_ends_as_an_undisturbed_one(pools: tuple[Pool, Pool], tmp_path: Path) -> None:
    def kill(epoch: int, step: int) -> None:
        if (epoch, step) == (1, 3):
            raise Killed

    def go(run: Run, name: str, progress: Progress = lambda *_: None) -> None:
        torch.manual_seed(run.seed)
        learn(run, FinderNetwork(), FinderLesson(run, pools, 6), tmp_path / name, progress)

    go(RUN, "whole")
    with pytest.raises(Killed):
        go(RUN, "killed", kill)
    go(RUN, "killed")
    whole, killed = (load_checkpoint(tmp_path / name / CHECKPOINT) for name in ("whole", "killed"))
    assert all((value == killed.weights[name]).all() for name, value in whole.weights.items())
    with pytest.raises(RunError, match="other settings"):
        go(replace(RUN, seed=2), "whole")


def test_statistics_are_kept_where_a_run_asks_for_it(pools: tuple[Pool, Pool], tmp_path: Path) -> None:
    torch.manual_seed(1)
    network, moved, kept = FinderNetwork(), {}, {}
    before = {name: value.clone() for name, value in network.state_dict().items()}
    for keep in (False, True):
        run = replace(RUN, epochs=1, keep_statistics=keep)
        network.load_state_dict(before)
        learn(run, network, FinderLesson(run, pools, 3), tmp_path / str(keep), lambda *_: None)
        after = network.state_dict()
        moved[keep] = {name for name, value in before.items() if not torch.equal(value, after[name])}
        kept[keep] = {name for name in before if "running" in name} - moved[keep]
    assert kept[True] == {name for name in before if "running" in name}
    assert not kept[False]
    weights = {name for name in before if name.endswith(("weight", "bias"))}
    assert weights <= moved[False] & moved[True]


def test_a_finder_and_a_refiner_are_made_calibrated_and_used(
    pools: tuple[Pool, Pool], tmp_path: Path, reader: Reader
) -> None:
    run = replace(RUN, epochs=1)
    finder = Finder(make_finder(run, pools, tmp_path / "finder", Console(quiet=True)))
    assert finder.card["name"] == "finder"
    assert finder.card["temperature"] > 0
    marks, classes, boxes = finder.run(np.ones((64, 96), np.float32))
    assert (marks.shape, classes.shape, boxes.shape) == ((16, 24), (10, 16, 24), (4, 16, 24))
    behind = replace(run, network="refiner", batch=8, finder=str(reader.models.finder.path))
    refiner = Refiner(make_refiner(behind, pools, tmp_path / "refiner", Console(quiet=True)))
    assert len(refiner.card["weights"]["odds"]) == 7
    odds, shares = refiner.run(np.random.default_rng(1).random((5, 1, 32, 32), np.float32))
    assert (odds.shape, shares.shape) == ((5,), (5, 10))
    assert np.exp(shares).sum(1) == pytest.approx(1, abs=1e-4)


def test_marks_are_held_against_the_digits() -> None:
    page = Page(np.ones((60, 100), np.float32), [(10, 10, 30, 40), (60, 10, 80, 40)], [4, UNSURE])
    boxes = np.array([[20, 25, 20, 30], [21, 26, 20, 30], [70, 25, 20, 30], [45, 25, 10, 30]], np.float32)
    found = Found(np.array([0.9, 0.8, 0.7, 0.2], np.float32), np.full((4, 10), 0.1, np.float32), boxes)
    verdicts = list(judged(found, page))
    assert [verdict and verdict.label for verdict in verdicts] == [4, None, None, None]
    assert [verdict is None for verdict in verdicts] == [False, False, True, False]
    assert verdicts[0] is not None
    assert verdicts[0].odds == pytest.approx(np.log(9), rel=1e-4)
