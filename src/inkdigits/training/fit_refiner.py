"""What the refiner learns: tiles of composed pages, where the finder is unsure."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.utils.data import Dataset

from inkdigits.model import Finder
from inkdigits.training.fit_finder import batch_of, held_pages, size_of
from inkdigits.training.pool import Pool
from inkdigits.training.refiner import unsure_at_once
from inkdigits.training.run import Run

#: Batches in an epoch, and pages of each size that it is validated on.
STEPS = 100
HELD = 40
SMOOTHING = 0.03


@dataclass(frozen=True)
class _Batches(Dataset[tuple[Tensor, Tensor]]):
    """The batches of one epoch, composed and looked at when asked for."""

    pool: Pool
    run: Run
    epoch: int
    steps: int
    finder: Path

    def __len__(self) -> int:
        return self.steps

    def __getitem__(self, step: int) -> tuple[Tensor, Tensor]:
        seed = (self.run.seed, self.epoch, step)
        size, count = size_of(self.run, seed)
        seen = unsure_at_once(_finder(self.finder), batch_of(self.pool, size, count, seed))
        return torch.from_numpy(seen.tiles), torch.from_numpy(seen.labels)


@cache
def _finder(path: Path) -> Finder:
    """Loaded once in each process that composes."""
    return Finder(path)


class RefinerLesson:
    """Tiles of which the finder (an ONNX file) is unsure on pages of one pool; validated on another."""

    def __init__(self, run: Run, pools: tuple[Pool, Pool], finder: Path, steps: int = STEPS) -> None:
        self._run, self._pool, self._finder, self.steps = run, pools[0], finder, steps
        pages = [page for some in held_pages(pools[1], HELD) for page in some]
        seen = unsure_at_once(Finder(finder), pages)
        self._seen, self._labels = torch.from_numpy(seen.tiles), torch.from_numpy(seen.labels)

    def batches(self, epoch: int) -> Dataset[tuple[Tensor, Tensor]]:
        return _Batches(self._pool, self._run, epoch, self.steps, self._finder)

    def loss(self, out: Tensor, goal: Tensor) -> Tensor:
        return nn.functional.cross_entropy(out, goal.to(out.device), label_smoothing=SMOOTHING)

    @torch.inference_mode()
    def score(self, network: nn.Module) -> dict[str, float]:
        """The share of tiles that get the right one of eleven answers."""
        device = next(network.parameters()).device
        out = network(self._seen.to(device)).cpu()
        return {"tiles": float((out.argmax(1) == self._labels).float().mean())}
