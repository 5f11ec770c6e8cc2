"""Temperature scaling (Guo et al. 2017, https://arxiv.org/abs/1706.04599)."""

from __future__ import annotations

import torch
from torch import Tensor, nn


def fit_temperature(logits: Tensor, labels: Tensor) -> float:
    """The number to divide logits `[N, 10]` by so that their softmax fits `labels` `[N]` best.

    Fitted on validation data by maximum likelihood; above 1 where the network is too sure.
    """
    logarithm = torch.zeros((), requires_grad=True)
    optimizer = torch.optim.LBFGS([logarithm], max_iter=100, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        optimizer.zero_grad()
        value: Tensor = nn.functional.cross_entropy(logits / logarithm.exp(), labels)
        torch.autograd.backward(value)
        return value

    optimizer.step(loss)  # type: ignore[no-untyped-call]
    return float(logarithm.detach().exp())
