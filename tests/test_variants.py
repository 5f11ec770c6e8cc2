"""Drawn forms of digits: every digit has some, no two hands write alike, and all are of one height."""

from __future__ import annotations

import numpy as np

from inkdigits.strokes import render
from inkdigits.training.variants import EACH, FORMS, variants


def test_each_form_is_drawn_as_often() -> None:
    drawn, labels = variants(np.random.default_rng(3))
    assert len(drawn) == len(labels) == EACH * len(FORMS)
    assert set(labels) == set(range(10))
    assert np.bincount(labels)[9] == EACH * sum(label == 9 for label, _ in FORMS)


def test_two_hands_differ_and_one_seed_repeats() -> None:
    first, again, other = (variants(np.random.default_rng(seed))[0] for seed in (1, 1, 2))
    np.testing.assert_array_equal(first[0][0], again[0][0])
    assert not np.array_equal(first[0][0], other[0][0])
    assert not np.array_equal(first[0][0], first[1][0])


def test_every_form_is_about_a_hundred_high_and_gives_ink() -> None:
    drawn, _ = variants(np.random.default_rng(5))
    for strokes in drawn[::EACH]:
        path = np.concatenate(strokes)
        assert 70 < np.ptp(path[:, 1]) < 140
        assert render(strokes, 0.08).pixels.sum() > 50
