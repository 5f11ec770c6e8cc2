"""Measures against values known from elsewhere, and their bounds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inkdigits.evaluation.measures import (
    Share,
    auroc,
    calibration_error,
    interval,
    reliability,
    risk_coverage,
)

answers = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60)


def split(pairs: list[tuple[float, bool]]) -> tuple[np.ndarray, np.ndarray]:
    return np.array([pair[0] for pair in pairs]), np.array([pair[1] for pair in pairs], bool)


@pytest.mark.parametrize(
    ("right", "count", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (29, 29, 0.8830, 1.0)],
)
def test_the_interval_is_wilsons(right: int, count: int, low: float, high: float) -> None:
    """The first three are examples of Newcombe 1998, table I."""
    assert interval(right, count) == pytest.approx((low, high), abs=5e-4)


@given(answers)
def test_bins_hold_every_answer_once(pairs: list[tuple[float, bool]]) -> None:
    confidences, right = split(pairs)
    bins = reliability(confidences, right)
    assert sum(entry.count for entry in bins) == len(pairs)
    assert sum(entry.count * entry.accuracy for entry in bins) == pytest.approx(right.sum())
    assert 0 <= calibration_error(bins) <= 1


def test_honest_confidences_have_no_calibration_error() -> None:
    confidences = np.full(1000, 0.7)
    honest, boastful = (np.arange(1000) < share for share in (700, 400))
    assert calibration_error(reliability(confidences, honest)) == pytest.approx(0)
    assert calibration_error(reliability(confidences, boastful)) == pytest.approx(0.3)


@given(answers)
def test_risk_ends_at_the_share_of_mistakes(pairs: list[tuple[float, bool]]) -> None:
    confidences, right = split(pairs)
    coverage, risk = risk_coverage(confidences, right)
    assert coverage[-1] == 1
    assert risk[-1] == pytest.approx(1 - right.mean())
    assert ((risk >= 0) & (risk <= 1)).all()


@given(answers)
def test_auroc_counts_pairs(pairs: list[tuple[float, bool]]) -> None:
    confidences, good = split(pairs)
    found = auroc(confidences, good)
    if good.all() or not good.any():
        assert found is None
        return
    hits, misses = confidences[good][:, None], confidences[~good][None, :]
    assert found == pytest.approx(((hits > misses) + 0.5 * (hits == misses)).mean())


def test_a_share_of_nothing_is_nothing() -> None:
    assert Share(0, 0).value == 0
    assert Share(0, 0).interval == (0, 1)
    assert Share(1, 4).to_dict() == {"part": 1, "count": 4, "share": 0.25, "interval": interval(1, 4)}
