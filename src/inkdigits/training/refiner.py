"""The refiner: a network that looks at one box of a page, and the tiles that it learns from."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from inkdigits.find import look
from inkdigits.model import Finder
from inkdigits.refine import tiles
from inkdigits.training.compose import Page
from inkdigits.training.judge import WHOLE, judged
from inkdigits.training.networks import CLASSES, NO_DIGIT, Residual, conv
from inkdigits.types import FloatArray

WIDTHS = (16, 40, 88)
FAINTEST = 0.02


class Evened(nn.Module):
    """A grey tile `[N, 1, S, S]` less its mean, divided by its deviation."""

    def forward(self, tile: Tensor) -> Tensor:
        """Any contrast and light to about the same."""
        depth = tile - tile.mean((2, 3), keepdim=True)
        return depth / ((depth * depth).mean((2, 3), keepdim=True).sqrt() + FAINTEST)


def refiner() -> nn.Sequential:
    """Three residual stages; a depthwise 8x8 weighs where things stand. Grey tiles to eleven logits."""
    first, second, third = WIDTHS
    return nn.Sequential(
        Evened(),
        conv(1, first),
        nn.ReLU(),
        Residual(first, first, 1),
        Residual(first, second, 2),
        Residual(second, third, 2),
        nn.Conv2d(third, third, 8, groups=third, bias=False),
        nn.BatchNorm2d(third),
        nn.ReLU(),
        nn.Flatten(),
        nn.Dropout(0.1),
        nn.Linear(third, CLASSES),
    )


class Refined(nn.Module):
    """The refiner as it is exported."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, tile: Tensor) -> tuple[Tensor, Tensor]:
        """Grey tiles `[N, 1, 32, 32]` to log odds of a digit `[N]` and log shares of the ten `[N, 10]`."""
        logits = self.network(tile)
        odds = torch.logsumexp(logits[:, :NO_DIGIT], 1) - logits[:, NO_DIGIT]
        return odds, torch.log_softmax(logits[:, :NO_DIGIT], 1)


Seen = tuple[FloatArray, NDArray[np.int64], FloatArray, FloatArray]


def found_on(finder: Finder, pages: Sequence[Page]) -> Seen:
    """What the finder finds on composed pages, as the refiner will see it.

    Tiles `[n, 1, 32, 32]`, labels `[n]` (0 to 9, or NO_DIGIT), and the finder's own log odds `[n]` and log
    shares `[n, 10]`; marks on unsure digits are left out.
    """
    seen, labels, odds, shares = [], [], [], []
    for page in pages:
        found = look(finder, page.pixels, WHOLE, 1.0)
        if not len(found.exists):
            continue
        made = tiles(page.pixels, found.boxes)
        for tile, verdict in zip(made, judged(found, page), strict=True):
            if verdict is not None:
                seen.append(tile)
                labels.append(NO_DIGIT if verdict.label is None else verdict.label)
                odds.append(verdict.odds)
                shares.append(verdict.classes)
    return (
        np.stack(seen),
        np.array(labels, np.int64),
        np.array(odds, np.float32),
        np.stack(shares),
    )
