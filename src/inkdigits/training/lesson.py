"""Training on pages composed as it goes. Every batch comes from (seed, epoch, its number) alone.

So a killed run, started again, goes on after its last whole epoch and ends with the same weights.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

from inkdigits.training.epochs import Progress, pace, precision, run_epochs
from inkdigits.training.run import Run

#: Processes that compose while others learn; two cores are best used by one each.
COMPOSERS = 1
#: Longer gradients are shortened to this.
STEEPEST = 5.0


class Lesson(Protocol):
    """What a network learns from its run: `steps` batches an epoch, each an input and its goal."""

    steps: int

    def batches(self, epoch: int) -> Dataset[tuple[Tensor, Any]]:
        """The epoch's batches, made when asked for."""

    def loss(self, out: Tensor, goal: Any) -> Tensor:
        """How far the network's output is from the goal."""

    def score(self, network: nn.Module) -> dict[str, float]:
        """How good the network is on validation data."""


def learn(
    run: Run, network: nn.Module, lesson: Lesson, out: Path, progress: Progress, *, fresh: bool = False
) -> nn.Module:
    """Train the network into the folder `out`, going on from its checkpoint unless `fresh`; see
    `run_epochs`."""

    def learn_epoch(epoch: int, optimizer: torch.optim.Optimizer) -> float:
        with _room_for_composers():
            return _learn_epoch(run, network, lesson, epoch, optimizer, progress)

    run_epochs(run, network, out, learn_epoch, lambda: lesson.score(network), fresh=fresh)
    return network


@contextmanager
def _room_for_composers() -> Iterator[None]:
    """Fewer threads learn, as learning and composing on the same core take half as long again."""
    threads = torch.get_num_threads()
    torch.set_num_threads(max(1, threads - COMPOSERS))
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def _prepare(network: nn.Module, run: Run) -> None:
    """Everything learns; but batch normalisation may stay as it is in use.

    Batches hold pages of one size, and what fits their own statistics need not fit those of all.
    """
    network.train()
    for module in network.modules() if run.keep_statistics else ():
        if isinstance(module, nn.BatchNorm2d):
            module.eval()


def _learn_epoch(
    run: Run,
    network: nn.Module,
    lesson: Lesson,
    epoch: int,
    optimizer: torch.optim.Optimizer,
    progress: Progress,
) -> float:
    """The lesson's steps; the mean loss."""
    torch.manual_seed(run.seed * 100_003 + epoch)
    device = next(network.parameters()).device
    _prepare(network, run)
    batches = DataLoader(lesson.batches(epoch), batch_size=None, num_workers=COMPOSERS, prefetch_factor=4)
    total = 0.0
    for step, (given, goal) in enumerate(batches):
        optimizer.param_groups[0]["lr"] = run.learning_rate * pace((epoch + step / lesson.steps) / run.epochs)
        with precision(run, device):
            out = network(given.to(device))
        loss = lesson.loss(out.float(), goal)
        optimizer.zero_grad()
        torch.autograd.backward(loss)
        torch.nn.utils.clip_grad_norm_(network.parameters(), STEEPEST)
        optimizer.step()
        total += loss.item()
        progress(epoch, step + 1)
    return total / lesson.steps
