"""From logits to probabilities that hold, and from what may go wrong to how sure an answer must be.

Everything is fitted on validation data. Digits and what is none are weighed as if FOREIGN_SHARE
of all that is to be read were no digit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import Tensor, nn

from inkdigits.training.networks import NO_DIGIT

FOREIGN_SHARE = 0.1
#: Shares of wrong answers that thresholds are found for; and the share of digits that the default
#: risk declines.
RISKS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05)
MOST_DECLINED = 0.007


@dataclass(frozen=True)
class Calibration:
    """How logits become probabilities, and which confidences keep which risk.

    `slope` and `offset` turn the margin of digits over NO_DIGIT into the log odds that it is a
    digit. `risks` are (risk, threshold) with rising risk: of the answers at least as sure as the
    threshold, at most that share is wrong. `risk` is the default.
    """

    temperature: float = 1.0
    slope: float = 1.0
    offset: float = 0.0
    risks: tuple[tuple[float, float], ...] = ((1.0, 0.0),)
    risk: float = 1.0

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    def answers(self, logits: Tensor) -> tuple[Tensor, Tensor]:
        """Probabilities `[N, 10]` if it is a digit, and that it is one `[N]`, from logits `[N, 11]`."""
        exists = torch.sigmoid(self.slope * margin(logits) + self.offset)
        return torch.softmax(logits[:, :NO_DIGIT] / self.temperature, 1), exists


def margin(logits: Tensor) -> Tensor:
    """The log odds of ten digits together against NO_DIGIT, as the network has them, `[N]`."""
    return torch.logsumexp(logits[:, :NO_DIGIT], 1) - logits[:, NO_DIGIT]


def calibrate(logits: Tensor, labels: Tensor) -> Calibration:
    """Fit all of it on logits `[N, 11]` and labels `[N]` (0 to 9, or NO_DIGIT) of validation data."""
    real = labels != NO_DIGIT
    slope, offset = fit_existence(margin(logits), real, weights_of(real) * len(real))
    fitted = Calibration(fit_temperature(logits[real, :NO_DIGIT], labels[real]), slope, offset)
    probabilities, exists = fitted.answers(logits)
    best = probabilities.max(1)
    confidences = exists * best.values
    wrong, weights = best.indices != labels, weights_of(real)
    usual = float(confidences[real].quantile(MOST_DECLINED))
    given = weights * (confidences >= usual)
    risk = round(float((given * wrong).sum() / given.sum()), 4)
    risks = dict(thresholds(confidences, wrong, weights)) | {risk: usual}
    return Calibration(fitted.temperature, slope, offset, tuple(sorted(risks.items())), risk)


def weights_of(real: Tensor) -> Tensor:
    """What each sample counts for, `[N]`, sum 1, so that FOREIGN_SHARE falls to those not real."""
    digits, others = real.sum().clamp(min=1), (~real).sum().clamp(min=1)
    weights = torch.where(real, (1 - FOREIGN_SHARE) / digits, FOREIGN_SHARE / others)
    return weights / weights.sum()


def thresholds(confidences: Tensor, wrong: Tensor, weights: Tensor) -> tuple[tuple[float, float], ...]:
    """For each of RISKS the lowest confidence above which the share of wrong answers stays within it.

    Where even the surest answer is wrong too often, that is 1, which no answer reaches.
    """
    order = confidences.argsort(descending=True)
    given = weights[order].double().cumsum(0)
    risk = (weights[order] * wrong[order]).double().cumsum(0) / given
    found = []
    for bearable in RISKS:
        places = torch.nonzero(risk <= bearable)
        found.append((bearable, float(confidences[order[places[-1, 0]]]) if len(places) else 1.0))
    return tuple(found)


def fit_temperature(logits: Tensor, labels: Tensor) -> float:
    """The number to divide logits `[N, 10]` by so that their softmax fits `labels` `[N]` best.

    By maximum likelihood (Guo et al. 2017, https://arxiv.org/abs/1706.04599); above 1 where the
    network is too sure.
    """
    logarithm = torch.zeros((), requires_grad=True)
    _minimize(lambda: nn.functional.cross_entropy(logits / logarithm.exp(), labels), logarithm)
    return float(logarithm.detach().exp())


def fit_together(opinions: Tensor, truth: Tensor) -> list[float]:
    """What each of several opinions counts, by maximum likelihood (logistic regression).

    Of opinions `[N, K]` as log odds that `truth` `[N]` holds: K slopes and an offset. Of opinions
    `[N, 10, K]` as log shares of classes, where `truth` is the class: K powers.
    """
    weights = torch.full((opinions.shape[-1],), 0.5, requires_grad=True)
    offset = torch.zeros((), requires_grad=True)
    if opinions.dim() == 3:
        _minimize(lambda: nn.functional.cross_entropy(opinions @ weights, truth), weights)
        return weights.detach().tolist()
    goal = truth.float()
    _minimize(
        lambda: nn.functional.binary_cross_entropy_with_logits(opinions @ weights + offset, goal),
        weights,
        offset,
    )
    return [*weights.detach().tolist(), float(offset.detach())]


def fit_existence(margins: Tensor, real: Tensor, weights: Tensor | None = None) -> tuple[float, float]:
    """Slope and offset of the log odds that something is a digit, from margins `[N]` (Platt 1999).

    Platt's targets, a little off 0 and 1, keep it finite where nothing is mistaken.
    """
    slope, offset = torch.ones((), requires_grad=True), torch.zeros((), requires_grad=True)
    digits, others = int(real.sum()), int((~real).sum())
    targets = torch.where(real, (digits + 1) / (digits + 2), 1 / (others + 2))

    def loss() -> Tensor:
        odds = slope * margins + offset
        return nn.functional.binary_cross_entropy_with_logits(odds, targets, weights)

    _minimize(loss, slope, offset)
    return float(slope.detach()), float(offset.detach())


def _minimize(loss: Callable[[], Tensor], *parameters: Tensor) -> None:
    optimizer = torch.optim.LBFGS(parameters, max_iter=100, line_search_fn="strong_wolfe")

    def step() -> Tensor:
        optimizer.zero_grad()
        value = loss()
        torch.autograd.backward(value)
        return value

    optimizer.step(step)  # type: ignore[no-untyped-call]
