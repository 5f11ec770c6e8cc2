"""Digits to compose pages with, cut out tightly, from the training parts of the datasets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image

from inkdigits.strokes import render
from inkdigits.training.corpus import split_pictures, split_trajectories
from inkdigits.training.datasets import Pictures, Trajectories, load_mnist, load_pendigits
from inkdigits.training.run import Data, Run
from inkdigits.training.shapes import cut
from inkdigits.training.variants import variants
from inkdigits.types import Stroke

#: MNIST's pictures are enlarged this many times before they are bent, so that edges stay smooth.
ENLARGED = 3
#: Times each trajectory is drawn, each time with another pen.
PENS = 4
#: Ink (of 255) that counts for the box.
EDGE = 40


@dataclass(frozen=True)
class Pool:
    """Tightly cut ink (uint8, 255 = pen) and labels `[N]`.

    `parts` are the places where each dataset begins and ends; each is drawn from as often. What comes
    behind them are variants, with a share of their own.
    """

    glyphs: list[NDArray[np.uint8]]
    labels: NDArray[np.int64]
    parts: tuple[tuple[int, int], ...]
    variants: float = 0.0

    def draw(self, random: Generator) -> tuple[NDArray[np.uint8], int]:
        """A random digit's ink and label."""
        if self.variants and random.random() < self.variants:
            which = random.integers(self.parts[-1][1], len(self.glyphs))
        else:
            which = random.integers(*self.parts[random.integers(len(self.parts))])
        return self.glyphs[which], int(self.labels[which])


def load_pools(run: Run, folder: Path | None = None) -> tuple[Pool, Pool]:
    """Pools to train and to validate on: no digit, and no known writer, in both. Raises DataError."""
    pictures = split_pictures(load_mnist("train", folder), run.data)
    written = split_trajectories(load_pendigits("train", folder), run.data)
    random = np.random.default_rng(run.seed)
    training, validation = (
        pool_of(digits, paths, run.data, random) for digits, paths in zip(pictures, written, strict=True)
    )
    return training, validation


def pool_of(pictures: Pictures, written: Trajectories, data: Data, random: Generator) -> Pool:
    """A pool of the pictures and of the trajectories, each drawn PENS times."""
    drawn = [_enlarged(image) for image in pictures.images]
    drawn += [_drawn(strokes, data, random) for strokes in written.strokes for _ in range(PENS)]
    labels = [*pictures.labels, *np.repeat(written.labels, PENS)]
    parts = (0, len(pictures.labels)), (len(pictures.labels), len(labels))
    if data.variants:
        others, meant = variants(random)
        drawn += [_drawn(strokes, data, random) for strokes in others]
        labels += meant
    return Pool(drawn, np.array(labels, np.int64), parts, data.variants)


def _drawn(strokes: Sequence[Stroke], data: Data, random: Generator) -> NDArray[np.uint8]:
    pen = float(np.exp(random.uniform(*np.log(data.pens))))
    return cut(np.round(render(strokes, pen).pixels * 255).astype(np.uint8), EDGE)


def _enlarged(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    tight = cut(image, EDGE)
    size = tight.shape[1] * ENLARGED, tight.shape[0] * ENLARGED
    return np.asarray(Image.fromarray(tight).resize(size, Image.Resampling.BICUBIC))
