"""Digits to compose pages with, cut out tightly, from the training parts of the datasets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image

from inkdigits.strokes import render
from inkdigits.training.corpus import split_pictures, split_scans, split_trajectories
from inkdigits.training.datasets import Pictures, Trajectories, load_mnist, load_pendigits, load_semeion
from inkdigits.training.hands import hands
from inkdigits.training.run import Data, Run
from inkdigits.training.semeion import shaped
from inkdigits.training.shapes import cut
from inkdigits.training.variants import variants
from inkdigits.types import FloatArray, Stroke

#: MNIST's pictures are enlarged this many times before they are bent, so that edges stay smooth.
ENLARGED = 3
#: Times each trajectory is drawn, each time with another pen.
PENS = 4
#: Times each of Semeion's pictures is drawn, each time with about its own width.
SHAPES = 6
#: Ink (of 255) that counts for the box, and what is inside the pen's edge.
EDGE, INSIDE = 40, 110
#: Share of the hands, and of their digits, that keep to one part; and how many digits a hand chooses from.
OWN, CHOICE = 0.7, 4


@dataclass(frozen=True)
class Pool:
    """Tightly cut ink (uint8, 255 = pen), labels `[N]`, and how wide the `pens` were, shares of the longest
    sides `[N]`.

    `parts` are the places where each dataset, and the `hands` made from them, begin and end; each is drawn
    from as often. What comes behind them are variants, with a share of their own.
    """

    glyphs: list[NDArray[np.uint8]]
    labels: NDArray[np.int64]
    pens: FloatArray
    parts: tuple[tuple[int, int], ...]
    variants: float = 0.0

    def draw(self, random: Generator) -> tuple[NDArray[np.uint8], int]:
        """A random digit's ink and label."""
        return self[int(random.integers(*self.part(random)))]

    def part(self, random: Generator) -> tuple[int, int]:
        """Where a random dataset, or what are variants, begins and ends."""
        if self.variants and random.random() < self.variants:
            return self.parts[-1][1], len(self.glyphs)
        return self.parts[random.integers(len(self.parts))]

    def __getitem__(self, place: int) -> tuple[NDArray[np.uint8], int]:
        """The ink and the label of one digit."""
        return self.glyphs[place], int(self.labels[place])


class Style:
    """A pool as one hand draws from it: mostly from one part, and always with about the same pen."""

    def __init__(self, pool: Pool, random: Generator) -> None:
        self._pool, self._pen = pool, random.choice(pool.pens)
        self._part = pool.part(random) if random.random() < OWN else None

    def draw(self, random: Generator) -> tuple[NDArray[np.uint8], int]:
        """Of some random digits the one whose pen is most alike."""
        own = self._part if random.random() < OWN else None
        places = random.integers(*(own or self._pool.part(random)), size=CHOICE)
        return self._pool[int(places[np.argmin(np.abs(self._pool.pens[places] - self._pen))])]


def load_pools(run: Run, folder: Path | None = None) -> tuple[Pool, Pool]:
    """Pools to train and to validate on: no digit, and no known writer, in both. Raises DataError."""
    data, random = run.data, np.random.default_rng(run.seed)
    pictures = split_pictures(load_mnist("train", folder), data)
    written = split_trajectories(load_pendigits("train", folder), data)
    scans = split_scans(load_semeion("train", folder), data) if data.semeion else (None, None)
    training, validation = (
        pool_of(drawn, paths, data, random, seen)
        for drawn, paths, seen in zip(pictures, written, scans, strict=True)
    )
    return training, validation


def pool_of(
    pictures: Pictures, written: Trajectories, data: Data, random: Generator, scans: Pictures | None = None
) -> Pool:
    """A pool of the pictures, the trajectories, each drawn PENS times, scans, each in SHAPES shapes,
    hands made from the trajectories, and variants."""
    parts = [
        ([_enlarged(image) for image in pictures.images], pictures.labels),
        _all_drawn(written.strokes * PENS, np.tile(written.labels, PENS), data, random),
    ]
    if scans:
        shapes = [shaped(image, random) for _ in range(SHAPES) for image in scans.images]
        parts.append((shapes, np.tile(scans.labels, SHAPES)))
    parts.append(_all_drawn(*hands(written, data.hands, random), data, random))
    ends = np.cumsum([len(labels) for _, labels in parts]).tolist()
    own = tuple((start, end) for start, end in pairwise([0, *ends]) if start < end)
    if data.variants:
        parts.append(_all_drawn(*variants(random), data, random))
    glyphs = [glyph for some, _ in parts for glyph in some]
    pens = np.array([_pen(glyph) for glyph in glyphs], np.float32)
    return Pool(glyphs, np.concatenate([labels for _, labels in parts]), pens, own, data.variants)


def _all_drawn(
    digits: Sequence[Sequence[Stroke]],
    labels: Sequence[int] | NDArray[np.int64],
    data: Data,
    random: Generator,
) -> tuple[list[NDArray[np.uint8]], NDArray[np.int64]]:
    """Trajectories, each with a pen of its own, and their labels."""
    return [_drawn(strokes, data, random) for strokes in digits], np.asarray(labels, np.int64)


def _drawn(strokes: Sequence[Stroke], data: Data, random: Generator) -> NDArray[np.uint8]:
    pen = float(np.exp(random.uniform(*np.log(data.pens))))
    return cut(np.round(render(strokes, pen).pixels * 255).astype(np.uint8), EDGE)


def _pen(glyph: NDArray[np.uint8]) -> float:
    """Twice the area by the outline's length, which on a grid of pixels comes out 4 / pi times too long."""
    ink = np.pad(glyph > INSIDE, 1)
    edges = np.count_nonzero(ink[1:] != ink[:-1]) + np.count_nonzero(ink[:, 1:] != ink[:, :-1])
    return float(2 * np.count_nonzero(ink) / max(edges * np.pi / 4, 1) / max(glyph.shape))


def _enlarged(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    tight = cut(image, EDGE)
    size = tight.shape[1] * ENLARGED, tight.shape[0] * ENLARGED
    return np.asarray(Image.fromarray(tight).resize(size, Image.Resampling.BICUBIC))
