"""Datasets, and what is no digit, as ink tiles: what the network learns from, and what it is validated on.

Pictures pass the same `find_ink`, and trajectories the same `render`, as in use.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from inkdigits.errors import RunError
from inkdigits.ink import find_ink
from inkdigits.strokes import render
from inkdigits.training.clutter import TILE
from inkdigits.training.datasets import Pictures, Trajectories, load_mnist, load_pendigits, load_semeion
from inkdigits.training.hands import hands
from inkdigits.training.negatives import Digits, negatives
from inkdigits.training.networks import NO_DIGIT
from inkdigits.training.run import Data, Run
from inkdigits.training.semeion import HELD, shaped
from inkdigits.training.variants import FORMS, variants
from inkdigits.types import Raster, Stroke

#: Longest side of a digit in a TILE: the 20 of 28 that MNIST has.
LONGEST = TILE * 20 // 28
#: Added to the seed for validation, so that no shape is in both.
VALIDATION = 1_000_003


class Source(Protocol):
    """Ink with labels `[N]` (0 to 9, or NO_DIGIT), whose tiles may differ from epoch to epoch."""

    labels: Tensor

    def tiles(self, epoch: int) -> Tensor:
        """Ink as uint8 `[N, 1, S, S]`, 0 = paper … 255 = pen."""


class Drawn:
    """Pictures of digits as ink; the same in every epoch."""

    def __init__(self, pictures: Pictures) -> None:
        inks = [find_ink(Raster(image.astype(np.float32) / 255)).pixels for image in pictures.images]
        self._tiles = torch.from_numpy(np.round(np.stack(inks) * 255).astype(np.uint8))[:, None]
        self.labels = torch.from_numpy(pictures.labels)

    def tiles(self, epoch: int) -> Tensor:  # noqa: ARG002  (the same in every epoch)
        return self._tiles


class Written:
    """Trajectories, drawn with another pen width in every epoch."""

    def __init__(
        self, trajectories: Trajectories, pens: tuple[float, float], repeats: int, seed: int
    ) -> None:
        self._strokes = trajectories.strokes * repeats
        self._pens, self._seed = pens, seed
        self.labels = torch.from_numpy(trajectories.labels).repeat(repeats)

    def tiles(self, epoch: int) -> Tensor:
        return _rendered(self._strokes, self._pens, np.random.default_rng((self._seed, epoch)))


class Shaped:
    """Scans that were stretched, about as they were written, in other shapes in every epoch."""

    def __init__(self, scans: Pictures, repeats: int, seed: int) -> None:
        self._images, self._seed = np.repeat(scans.images, repeats, 0), seed
        self.labels = torch.from_numpy(scans.labels).repeat_interleave(repeats)

    def tiles(self, epoch: int) -> Tensor:
        random = np.random.default_rng((self._seed, epoch))
        return _tiles(shaped(image, random) for image in self._images)


class Formed:
    """What neither dataset has: `each` of the forms of `variants`, and `made` hands from those of `known`
    writers; drawn anew in every epoch, with other pens."""

    def __init__(
        self, known: Trajectories, each: int, made: int, pens: tuple[float, float], seed: int
    ) -> None:
        self._known, self._each, self._made, self._pens, self._seed = known, each, made, pens, seed
        self.labels = torch.tensor(self._drawn(np.random.default_rng(seed))[1])

    def tiles(self, epoch: int) -> Tensor:
        random = np.random.default_rng((self._seed, epoch))
        return _rendered(self._drawn(random)[0], self._pens, random)

    def _drawn(self, random: Generator) -> tuple[list[tuple[Stroke, ...]], list[int]]:
        forms, made = variants(random, self._each), hands(self._known, self._made, random)
        return forms[0] + made[0], forms[1] + made[1]


class Foreign:
    """What is not one digit, made anew in every epoch; some of it from other sources' digits."""

    def __init__(self, sources: Sequence[Source], count: int, seed: int) -> None:
        self._pools = [Digits(source.tiles(0)[:, 0].numpy(), source.labels.numpy()) for source in sources]
        self._seed = seed
        self.labels = torch.full((count,), NO_DIGIT)

    def tiles(self, epoch: int) -> Tensor:
        random = np.random.default_rng((self._seed, epoch, NO_DIGIT))
        return _tiles(negatives(random, self._pools, len(self.labels)))


def _rendered(digits: Sequence[Sequence[Stroke]], pens: tuple[float, float], random: Generator) -> Tensor:
    """Strokes of digits as tiles, each drawn with a pen of its own."""
    widths = random.uniform(*pens, size=len(digits))
    inks = (render(strokes, pen).pixels for strokes, pen in zip(digits, widths, strict=True))
    return _tiles(np.round(ink * 255).astype(np.uint8) for ink in inks)


def _tiles(inks: Iterable[NDArray[np.uint8]]) -> Tensor:
    """Each ink in a tile of its own `[N, 1, TILE, TILE]`; a small share of few digits may be none."""
    tiles = np.array([_tile(ink) for ink in inks], np.uint8)
    return torch.from_numpy(tiles.reshape(-1, 1, TILE, TILE))


def _tile(ink: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The ink scaled into the middle of a TILE."""
    picture = Image.fromarray(ink)
    shrink = LONGEST / max(picture.size)
    width, height = (max(1, round(side * shrink)) for side in picture.size)
    tile = np.zeros((TILE, TILE), np.uint8)
    top, left = (TILE - height) // 2, (TILE - width) // 2
    tile[top : top + height, left : left + width] = np.asarray(
        picture.resize((width, height), Image.Resampling.BOX)
    )
    return tile


@dataclass(frozen=True)
class Corpus:
    """Sources to train on, and by name those to validate on: no digit, and no known writer, in both.

    Raises RunError where there are fewer than two to train on: of one there is nothing to normalise.
    """

    training: tuple[Source, ...]
    validation: dict[str, Source]

    def __post_init__(self) -> None:
        if sum(len(source.labels) for source in self.training) < 2:
            raise RunError(
                "There are fewer than two digits to learn from",
                "Raise `limit`, or hold back fewer to validate on.",
            )


def load_corpus(run: Run, folder: Path | None = None) -> Corpus:
    """The run's training sets, split. Raises DataError if one is missing or changed, RunError where the run
    leaves too little of them."""
    data = run.data
    training: list[Source] = []
    validation: dict[str, Source] = {}
    known = Trajectories((), np.zeros(0, np.int64), np.zeros(0, np.int64))
    if data.mnist:
        learnt, held_back = split_pictures(load_mnist("train", folder), data)
        training.append(Drawn(learnt))
        validation["mnist"] = Drawn(held_back)
    if data.pendigits:
        known, kept = split_trajectories(load_pendigits("train", folder), data)
        training.append(Written(known, data.pens, data.pendigits_repeats, run.seed))
        validation["pendigits"] = Written(kept, data.pens, 1, run.seed)
    if data.semeion:
        learnt, held_back = split_scans(load_semeion("train", folder), data)
        training.append(Shaped(learnt, data.semeion, run.seed))
        validation["semeion"] = Shaped(held_back, 1, run.seed)
    if data.variants or data.hands:
        count = data.variants / (1 - data.variants) * sum(len(source.labels) for source in training)
        training.append(Formed(known, round(count / len(FORMS)), data.hands, data.pens, run.seed))
    if data.foreign:
        count = round(data.foreign * sum(len(source.labels) for source in training))
        held = sum(len(source.labels) for source in validation.values())
        sources = tuple(validation.values())
        training.append(Foreign(training, count, run.seed))
        validation["foreign"] = Foreign(sources, max(1, held // 2), run.seed + VALIDATION)
    return Corpus(tuple(training), validation)


def split_pictures(pictures: Pictures, data: Data) -> tuple[Pictures, Pictures]:
    """All but the last `mnist_validation` pictures, and those; writers are not known. Raises RunError."""
    cut = max(0, len(pictures.labels) - data.mnist_validation)
    learnt, held = _part(pictures, slice(cut), data), _part(pictures, slice(cut, None), data)
    _check_both(learnt.labels, held.labels, "mnist_validation", data.mnist_validation)
    return learnt, held


def split_scans(scans: Pictures, data: Data) -> tuple[Pictures, Pictures]:
    """Semeion's pictures of all but its first 20 writers, and of these."""
    return _part(scans, slice(HELD, None), data), _part(scans, slice(HELD), data)


def _part(pictures: Pictures, part: slice, data: Data) -> Pictures:
    most = data.limit or None
    return Pictures(pictures.images[part][:most], pictures.labels[part][:most])


def split_trajectories(all_of: Trajectories, data: Data) -> tuple[Trajectories, Trajectories]:
    """The digits of all but the last `pendigits_validation` writers, and those of these. Raises RunError."""
    last = np.flip(np.unique(all_of.writers))[: data.pendigits_validation]
    held = np.isin(all_of.writers, last)

    def part(chosen: NDArray[np.bool_]) -> Trajectories:
        places = np.flatnonzero(chosen)[: data.limit or None]
        return Trajectories(
            tuple(all_of.strokes[i] for i in places), all_of.labels[places], all_of.writers[places]
        )

    learnt, kept = part(~held), part(held)
    _check_both(learnt.labels, kept.labels, "pendigits_validation", data.pendigits_validation)
    return learnt, kept


def _check_both(learnt: NDArray[np.int64], held: NDArray[np.int64], name: str, value: int) -> None:
    """Raises RunError where there is nothing to learn from, or nothing to validate on."""
    for labels, use in (learnt, "learn from"), (held, "validate on"):
        if not len(labels):
            raise RunError(f"{name} is {value}, which leaves nothing to {use}")
