"""Processes that train one network together, where whoever started them has joined them: each takes its share
of every batch, and all step by the mean of their gradients. One alone is the usual case."""

from __future__ import annotations

from collections.abc import Iterable

from torch import Tensor, distributed, nn


def place() -> tuple[int, int]:
    """Which of how many processes this is."""
    if distributed.is_available() and distributed.is_initialized():
        return distributed.get_rank(), distributed.get_world_size()
    return 0, 1


def share_of(batch: Tensor, own: int, number: int) -> Tensor:
    """What of a batch is that process's of so many. All of it where a share would be none, for each must
    step as often as the others, or one digit, which cannot be normalised."""
    return batch[own::number] if len(batch) >= 2 * number else batch


def average(weights: Iterable[nn.Parameter]) -> None:
    """Put the mean of all processes' gradients in the place of this one's."""
    number = place()[1]
    if number == 1:
        return
    for weight in weights:
        if weight.grad is not None:
            distributed.all_reduce(weight.grad)
            weight.grad /= number
