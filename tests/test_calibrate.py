"""Probabilities hold on what they were fitted to, and thresholds keep the risk they promise."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from inkdigits.training.calibrate import (
    FOREIGN_SHARE,
    MOST_DECLINED,
    RISKS,
    Calibration,
    calibrate,
    fit_existence,
    fit_temperature,
    fit_together,
    margin,
    thresholds,
    weights_of,
)
from inkdigits.training.networks import CLASSES, NO_DIGIT


@pytest.fixture(scope="module")
def answered() -> tuple[Tensor, Tensor]:
    """Logits three times too large, and labels drawn from what they should be; a third are no digits."""
    generator = torch.Generator().manual_seed(0)
    logits = 2 * torch.randn(20_000, CLASSES, generator=generator)
    logits[:, NO_DIGIT] += torch.where(torch.rand(20_000, generator=generator) < 0.33, 9.0, -9.0)
    labels = torch.multinomial(torch.softmax(logits, 1), 1, generator=generator)[:, 0]
    return 3 * logits, labels


def test_the_temperature_is_found_again() -> None:
    generator = torch.Generator().manual_seed(0)
    logits = 3 * torch.randn(4000, 10, generator=generator)
    labels = torch.multinomial(torch.softmax(logits, 1), 1, generator=generator)[:, 0]
    assert fit_temperature(2.5 * logits, labels) == pytest.approx(2.5, rel=0.1)


def test_slope_and_offset_are_found_again() -> None:
    generator = torch.Generator().manual_seed(1)
    margins = 4 * torch.randn(40_000, generator=generator)
    real = torch.rand(40_000, generator=generator) < torch.sigmoid(0.5 * margins)
    slope, offset = fit_existence(margins, real, weights_of(real) * len(real))
    assert slope == pytest.approx(0.5, rel=0.05)
    prior = torch.logit(torch.tensor(1 - FOREIGN_SHARE)) - torch.logit(real.float().mean())
    assert offset == pytest.approx(float(prior), abs=0.1)


def test_a_good_opinion_counts_and_an_idle_one_does_not() -> None:
    generator = torch.Generator().manual_seed(1)
    odds = 3 * torch.randn(20_000, 2, generator=generator)
    real = torch.rand(20_000, generator=generator) < torch.sigmoid(0.8 * odds[:, 0] - 1)
    good, idle, offset = fit_together(odds, real)
    assert (good, idle, offset) == pytest.approx((0.8, 0, -1), abs=0.08)
    shares = torch.log_softmax(2 * torch.randn(20_000, 10, 2, generator=generator), 1)
    labels = torch.multinomial(torch.softmax(0.7 * shares[..., 1], 1), 1, generator=generator)[:, 0]
    assert fit_together(shares, labels) == pytest.approx((0, 0.7), abs=0.05)


@pytest.mark.parametrize("digits", [0, 50])
def test_existence_is_finite_where_all_are_of_one_kind(digits: int) -> None:
    real = torch.arange(50) < digits
    odds = torch.tensor(fit_existence(torch.linspace(1, 9, 50), real))
    assert torch.isfinite(odds).all()


def test_answers_are_probabilities() -> None:
    logits = torch.randn(50, CLASSES, generator=torch.Generator().manual_seed(2)) * 20
    probabilities, exists = Calibration(0.5, 1.5, -1).answers(logits)
    torch.testing.assert_close(probabilities.sum(1), torch.ones(50))
    assert 0 <= float(exists.min()) <= float(exists.max()) <= 1
    surest = Calibration().answers(torch.eye(CLASSES) * 30)
    assert surest[1].round().tolist() == [1] * 10 + [0]
    assert surest[0].argmax(1)[:10].tolist() == list(range(10))


def test_the_whole_answer_is_calibrated(answered: tuple[Tensor, Tensor]) -> None:
    """The mean confidence is the share that is right, weighed as in use."""
    logits, labels = answered
    probabilities, exists = calibrate(logits, labels).answers(logits)
    best = probabilities.max(1)
    weights = weights_of(labels != NO_DIGIT)
    right = (weights * (best.indices == labels)).sum()
    assert float((weights * exists * best.values).sum()) == pytest.approx(float(right), abs=0.01)


def test_risks_rise_and_are_kept(answered: tuple[Tensor, Tensor]) -> None:
    logits, labels = answered
    fitted = calibrate(logits, labels)
    probabilities, exists = fitted.answers(logits)
    best, weights = probabilities.max(1), weights_of(labels != NO_DIGIT)
    assert {risk for risk, _ in fitted.risks} == {*RISKS, fitted.risk}
    assert [risk for risk, _ in fitted.risks] == sorted(risk for risk, _ in fitted.risks)
    assert [least for _, least in fitted.risks] == sorted((one for _, one in fitted.risks), reverse=True)
    for risk, least in fitted.risks:
        given = (exists * best.values >= least) & (least < 1)
        wrong = (weights * given * (best.indices != labels)).sum() / (weights * given).sum().clamp(min=1e-9)
        assert float(wrong) <= risk + 1e-4


def test_the_default_risk_costs_few_digits(answered: tuple[Tensor, Tensor]) -> None:
    logits, labels = answered
    fitted, real = calibrate(logits, labels), labels != NO_DIGIT
    probabilities, exists = fitted.answers(logits[real])
    declined = exists * probabilities.amax(1) < dict(fitted.risks)[fitted.risk]
    assert float(declined.float().mean()) == pytest.approx(MOST_DECLINED, abs=1e-3)


def test_without_a_bearable_threshold_nothing_is_answered() -> None:
    wrong = torch.ones(10, dtype=torch.bool)
    assert all(least == 1 for _, least in thresholds(torch.rand(10), wrong, torch.full((10,), 0.1)))


def test_the_share_of_foreign_ink_is_as_stated() -> None:
    weights = weights_of(torch.arange(40) < 30)
    assert float(weights[30:].sum()) == pytest.approx(FOREIGN_SHARE)
    assert float(weights.sum()) == pytest.approx(1)


def test_the_margin_is_the_networks_own_odds() -> None:
    logits = torch.randn(9, CLASSES, generator=torch.Generator().manual_seed(3))
    shares = torch.softmax(logits, 1)
    torch.testing.assert_close(torch.sigmoid(margin(logits)), 1 - shares[:, NO_DIGIT])
