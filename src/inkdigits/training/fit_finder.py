"""What the finder learns: whole composed pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.data import Dataset

from inkdigits.training.compose import compose
from inkdigits.training.marks import CENTRE, Marks, loss_of, marks_of
from inkdigits.training.page import Page
from inkdigits.training.pages import Size
from inkdigits.training.pool import Pool
from inkdigits.training.run import Run

#: Batches in an epoch.
STEPS = 250
#: Page sizes (pixels), with how many pages make a batch (times the run's batch) and how often.
SIZES: tuple[tuple[Size, float, float], ...] = (
    ((64, 256), 1.0, 0.5),
    ((96, 192), 0.875, 0.3),
    ((48, 48), 6.0, 0.2),
)


def size_of(run: Run, seed: Sequence[int]) -> tuple[Size, int]:
    """The size of a batch's pages, and how many there are."""
    chances = [chance for _, _, chance in SIZES]
    size, share, _ = SIZES[np.random.default_rng(seed).choice(len(SIZES), p=chances)]
    return size, round(share * run.batch)


def batch_of(pool: Pool, size: Size, count: int, seed: Sequence[int]) -> list[Page]:
    """Pages of one size; the same for the same seed."""
    random = np.random.default_rng(seed)
    return [compose(pool, size, random) for _ in range(count)]


def held_pages(pool: Pool, count: int) -> list[list[Page]]:
    """Pages to validate on: `count` of each size."""
    return [batch_of(pool, size, count, (0, place)) for place, (size, _, _) in enumerate(SIZES)]


def stacked(pages: Sequence[Page]) -> Tensor:
    """The pages' pixels `[N, 1, H, W]`."""
    return torch.from_numpy(np.stack([page.pixels for page in pages]))[:, None]


@dataclass(frozen=True)
class _Batches(Dataset[tuple[Tensor, Marks]]):
    """The batches of one epoch, composed when asked for."""

    pool: Pool
    run: Run
    epoch: int
    steps: int

    def __len__(self) -> int:
        return self.steps

    def __getitem__(self, step: int) -> tuple[Tensor, Marks]:
        seed = (self.run.seed, self.epoch, step)
        pages = batch_of(self.pool, *size_of(self.run, seed), seed)
        return stacked(pages), marks_of(pages)


class FinderLesson:
    """Pages of the first pool, validated on pages of the second."""

    def __init__(self, run: Run, pools: tuple[Pool, Pool], steps: int = STEPS) -> None:
        self._run, self._pool, self.steps = run, pools[0], steps
        self._held = [(stacked(pages), marks_of(pages)) for pages in held_pages(pools[1], run.batch)]

    def batches(self, epoch: int) -> Dataset[tuple[Tensor, Marks]]:
        return _Batches(self._pool, self._run, epoch, self.steps)

    def loss(self, out: Tensor, goal: Marks) -> Tensor:
        return loss_of(out, Marks(*(part.to(out.device) for part in goal)))

    def score(self, network: nn.Module) -> dict[str, float]:
        """The share of digits that are marked, and with their class."""
        return {"pages": sum(_found(network, *some) for some in self._held) / len(self._held)}


@torch.inference_mode()
def _found(finder: nn.Module, pages: Tensor, goal: Marks) -> float:
    device = next(finder.parameters()).device
    out = finder(pages.to(device)).cpu()
    centres = (goal.marks > CENTRE) & (goal.known > 0)
    right = (out[:, 0] > 0) & (out[:, 1:11].argmax(1) == goal.labels)
    return float(right[centres].float().mean())
