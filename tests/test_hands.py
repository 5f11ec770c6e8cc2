"""Hands made from known ones: of the same digits and strokes, as high, new, and what mixing them can give."""

from __future__ import annotations

import numpy as np
import pytest

from inkdigits.training import hands as making
from inkdigits.training.datasets import Trajectories
from inkdigits.training.hands import FARTHER, FEWEST, POINTS, hands, hurried
from inkdigits.types import Stroke


def bow(depth: float, digit: int) -> tuple[Stroke, ...]:
    """A stroke 40 high that bends to the right by `depth`; of a 4 a second, straight one as well."""
    t = np.linspace(0, 1, 9)
    bent = np.stack((10 + 4 * depth * t * (1 - t), 40 * t), 1).astype(np.float32)
    straight = np.array([[10, 0], [10, 40]], np.float32)
    return (bent, straight) if digit == 4 else (bent,)


@pytest.fixture
def calm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "HURRIED", 0.0)


@pytest.fixture(scope="module")
def known() -> Trajectories:
    """Forty 1s and 4s that differ in one thing, and too few 7s to go by."""
    labels = [1] * 40 + [4] * 40 + [7] * (FEWEST - 1)
    depths = np.random.default_rng(1).uniform(5, 15, len(labels))
    strokes = tuple(bow(depth, digit) for depth, digit in zip(depths, labels, strict=True))
    return Trajectories(strokes, np.array(labels), np.zeros(len(labels), np.int64))


def test_one_seed_repeats_and_every_hand_is_new(known: Trajectories) -> None:
    first, again = (hands(known, 20, np.random.default_rng(2))[0] for _ in range(2))
    np.testing.assert_array_equal(np.concatenate(first[0]), np.concatenate(again[0]))
    assert len({stroke.tobytes() for strokes in first for stroke in strokes[:1]}) == len(first)


@pytest.mark.usefixtures("calm")
def test_digits_with_too_few_examples_are_left_out(known: Trajectories) -> None:
    drawn, labels = hands(known, 100, np.random.default_rng(3))
    assert labels.count(1) == labels.count(4) == len(drawn) / 2 == 10
    assert [len(strokes) for strokes in drawn] == [2 if label == 4 else 1 for label in labels]


@pytest.mark.usefixtures("calm")
def test_a_hand_keeps_its_form_and_height(known: Trajectories) -> None:
    """All known strokes bend by 5 to 15 of 40; what is made bends alike, at times a little more or less."""
    drawn, _ = hands(known, 2000, np.random.default_rng(4))
    for strokes in drawn:
        path = strokes[0]
        assert path.shape == (POINTS, 2)
        assert np.ptp(path[:, 1]) == pytest.approx(100, abs=1)
        assert path[0, 0] == pytest.approx(path[-1, 0], abs=1)
    depths = np.array([np.ptp(strokes[0][:, 0]) for strokes in drawn])
    assert np.median(depths) == pytest.approx(25, abs=4)
    assert depths.max() > 100 * 15 / 40
    assert depths.max() < 100 * (10 + FARTHER[1] * 10) / 40 * 1.6


def test_who_hurries_cuts_corners_and_keeps_the_height() -> None:
    """A zigzag gets flatter, and the bar across it may be written without lifting the pen."""
    t = np.linspace(0, 1, POINTS)
    zigzag = np.stack((20 * np.abs((4 * t) % 2 - 1), 100 * t), 1).astype(np.float32)
    bar = np.stack((60 * t, np.full(POINTS, 50)), 1).astype(np.float32)
    widths, counts = [], set()
    for seed in range(60):
        strokes = hurried((zigzag, bar), np.random.default_rng(seed))
        counts.add(len(strokes))
        assert np.ptp(np.concatenate(strokes)[:, 1]) == pytest.approx(100, abs=0.1)
        widths.append(np.ptp(strokes[0][3 : POINTS - 8, 0]))
    assert counts == {1, 2}
    assert min(widths) < 0.8 * max(widths)
    assert max(widths) < 1.1 * 20


def test_of_none_none_are_made() -> None:
    nobody = Trajectories((), np.zeros(0, np.int64), np.zeros(0, np.int64))
    assert hands(nobody, 50, np.random.default_rng(5)) == ([], [])
