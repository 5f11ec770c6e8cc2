"""The refiner: a network that looks at one box of a page, and the tiles that it learns from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from inkdigits.find import HEIGHT, Found, find, look, look_closer
from inkdigits.model import Finder
from inkdigits.refine import beside, tiles, unsure_of
from inkdigits.training.judge import WHOLE, judged
from inkdigits.training.networks import CLASSES, NO_DIGIT, Residual, conv
from inkdigits.training.page import Page
from inkdigits.types import FloatArray

WIDTHS = (24, 56, 128)
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


class Seen(NamedTuple):
    """Marks as the refiner sees them: `tiles` `[n, 1, 32, 32]` and `labels` `[n]`, 0 to 9 or NO_DIGIT; the
    finder's own log odds `[n]` and log shares `[n, 10]`; and what the marks beside say, `[n, 4]`."""

    tiles: FloatArray
    labels: NDArray[np.int64]
    odds: FloatArray
    shares: FloatArray
    beside: FloatArray


def unsure_at_once(finder: Finder, pages: Iterable[Page]) -> Seen:
    """What the finder is unsure of at one look at composed pages: what the refiner learns from."""
    return _joined(_seen(page, look(finder, page.pixels, WHOLE, 1.0)) for page in pages)


def unsure_in_use(finder: Finder, pages: Iterable[Page]) -> Seen:
    """What the refiner is asked of in use: what the finder is unsure of after a closer look."""
    return _joined(_seen(page, _closely(finder, page)) for page in pages)


def _closely(finder: Finder, page: Page) -> Found:
    return look_closer(finder, page.pixels, WHOLE, find(finder, page.pixels, WHOLE, HEIGHT))


def _seen(page: Page, found: Found) -> Seen:
    """The unsure marks of a composed page; those on digits that are themselves unsure are left out."""
    verdicts = list(judged(found, page))
    kept = np.array([place for place in unsure_of(found) if verdicts[place]], np.intp)
    told = [verdict for place in kept if (verdict := verdicts[place])]
    labels = [NO_DIGIT if verdict.label is None else verdict.label for verdict in told]
    return Seen(
        tiles(page.pixels, found.boxes[kept]),
        np.array(labels, np.int64),
        np.array([verdict.odds for verdict in told], np.float32),
        np.array([verdict.classes for verdict in told], np.float32).reshape(-1, 10),
        beside(found, kept),
    )


def _joined(parts: Iterable[Seen]) -> Seen:
    return Seen(*map(np.concatenate, zip(*parts, strict=True)))
