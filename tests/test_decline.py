"""Thresholds for a risk, and the reasons not to answer."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from inkdigits.decline import AMBIGUOUS, CUT_OFF, NOT_A_DIGIT, REASONS, reason_of, sureness, threshold
from inkdigits.errors import BadOption
from inkdigits.reader import Reader
from inkdigits.types import Box, Candidate

CARD = {"risks": [[0.001, 0.99], [0.01, 0.8], [0.05, 0.4]], "risk": 0.01}
SIZE = (100, 200)
INSIDE = Box(20, 20, 10, 20)


def candidate(exists: float, best: float, box: Box = INSIDE) -> Candidate:
    shares = np.full(10, (1 - best) / 9, np.float32)
    shares[3] = best
    return Candidate(box, exists, shares, np.ones((20, 10), np.float32))


def test_the_threshold_keeps_the_risk_asked_for() -> None:
    assert threshold(CARD, None) == 0.8
    assert threshold(CARD, 0.02) == 0.8
    assert threshold(CARD, 0.001) == 0.99
    assert threshold(CARD, 0.0) > 1
    assert threshold(CARD, 1) == 0.0
    assert threshold(CARD, np.float32(0.05)) == 0.4  # type: ignore[arg-type]


@pytest.mark.parametrize("risk", [-0.1, 1.5, float("nan"), True, "0.5", 1j])
def test_a_risk_that_is_none_is_refused(risk: Any) -> None:
    with pytest.raises(BadOption, match="risk"):
        threshold(CARD, risk)


def test_the_shipped_model_knows_its_thresholds(reader: Reader) -> None:
    """A smaller risk never takes less sure answers."""
    risks = reader.model.card["risks"]
    assert [risk for risk, _ in risks] == sorted(risk for risk, _ in risks)
    leasts = [least for _, least in risks]
    assert leasts == sorted(leasts, reverse=True)
    assert 0 < threshold(reader.model.card, None) < 1


def test_the_weakest_digit_decides() -> None:
    sure, unsure = candidate(0.99, 0.99), candidate(0.9, 0.5)
    assert reason_of([sure, sure], [sure, sure], 1.0, 0.8, SIZE) is None
    assert reason_of([sure, unsure], [sure, unsure], 1.0, 0.8, SIZE) == AMBIGUOUS
    assert reason_of([sure, unsure], [sure, unsure], 1.0, 0.0, SIZE) is None
    assert sureness(unsure) == pytest.approx(0.45)


def test_what_is_probably_none_is_said_so() -> None:
    doubtful = candidate(0.3, 0.99)
    assert reason_of([], [], 1.0, 0.8, SIZE) == NOT_A_DIGIT
    assert reason_of([doubtful], [doubtful], 1.0, 0.8, SIZE) == NOT_A_DIGIT


def test_digits_that_do_not_fit_the_guide_are_ambiguous() -> None:
    assert reason_of([], [candidate(0.9, 0.9)], 1.0, 0.8, SIZE) == AMBIGUOUS


def test_a_text_that_leaves_out_as_much_as_it_takes_is_ambiguous() -> None:
    digits = [candidate(0.95, 0.95)] * 2
    assert reason_of(digits, digits, 0.65, 0.8, SIZE) is None
    assert reason_of(digits, digits, 0.6, 0.8, SIZE) == AMBIGUOUS


@pytest.mark.parametrize(("x", "y"), [(0, 20), (20, 0), (190, 9), (9, 80)])
def test_an_unsure_digit_at_the_edge_is_cut_off(x: int, y: int) -> None:
    box = Box(x, y, 10, 20)
    unsure, sure = candidate(0.6, 0.9, box), candidate(0.99, 0.99, box)
    assert reason_of([unsure], [unsure], 1.0, 0.8, SIZE) == CUT_OFF
    assert reason_of([sure], [sure], 1.0, 0.8, SIZE) is None
    assert reason_of([unsure], [unsure], 1.0, 0.8, None) == AMBIGUOUS


def test_a_drawing_is_never_cut_off(reader: Reader) -> None:
    """Its ink goes from edge to edge, and only as a picture does that say anything."""
    strokes = [[[10, 0], [4, 60], [4, 100]], [[0, 30], [30, 55], [12, 80]]]
    drawn = reader.read(strokes, risk=0.0)
    assert drawn.reason == AMBIGUOUS
    page = np.full((100, 40), 255, np.uint8)
    page[:, 18:23] = 0
    assert reader.read(page, risk=0.0).reason == CUT_OFF


def test_reasons_are_words_for_programs() -> None:
    assert set(REASONS) == {"blank", "too_faint", "cut_off", "not_a_digit", "ambiguous"}
