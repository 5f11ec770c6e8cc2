"""Printed rules, squares and boxes told from handwriting, and taken out of ink."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inkdigits.connected import Labels, extents, labelled, occupied
from inkdigits.types import FloatArray, Mask
from inkdigits.windows import opened, running

#: A rule goes over this share of the inked part of the page, in straight pieces of at least that
#: share, and is no wider than this; what is shorter or wider may be a digit's stroke.
WHOLE = 0.9
PIECE = 1 / 16
WIDTH = 0.015
#: One that leaves the page above or below may be as short as this.
CUT = 0.1
#: Fewer are no pattern: one may be the bar of a 7 or a 2 that fills the picture.
FEWEST = 2
#: Pictures with a shorter side (pixels) are not searched.
SHORTEST = 64

#: Strips along the sides are so wide, and cleared if so much of them has ink: no digit goes so far.
EDGE = 0.02
EDGED = 0.4


def without_edges(ink: FloatArray) -> FloatArray:
    """The ink without strips along the picture's sides, where the page ends and the table shows."""
    clean = ink.copy()
    for side in (clean, clean[::-1], clean.T, clean.T[::-1]):
        strip = side[: int(len(side) * EDGE)]
        if strip.any(0).mean() >= EDGED:
            strip[:] = 0
    return clean


def without_rules(ink: FloatArray) -> FloatArray:
    """The ink without the long thin straight lines across it, if there are FEWEST; strokes stay whole."""
    if min(ink.shape) < SHORTEST:
        return ink
    part = occupied(ink > 0)
    inked = ink[part] > 0
    if not inked.size:
        return ink
    pieces = _pieces(inked), _pieces(inked.T)
    if sum(some.likely for some in pieces) < FEWEST:
        return ink
    across, down = (_rules(some) for some in pieces)
    if across.number + down.number < FEWEST:
        return ink
    # Where there is room for a square are strokes, not two rules that meet.
    solid = opened(inked, max(across.crossing, down.crossing))
    clean = ink.copy()
    alone = across.alone(inked & ~down.where.T) | down.alone((inked & ~across.where).T).T
    clean[part][alone & ~solid] = 0
    return clean


@dataclass(frozen=True)
class Rules:
    """Lines from left to right: where they are, how many, and how wide (pixels) in the mean."""

    where: Mask
    number: int
    width: float

    @property
    def crossing(self) -> int:
        """What reaches so far across a rule (pixels, odd) is a stroke."""
        return (round(1.5 * self.width) + 2) | 1

    def alone(self, inked: Mask) -> Mask:
        """The lines but for where a stroke crosses them: where ink goes on above and below."""
        strokes = running(running(inked, self.crossing, 0, np.minimum), self.crossing, 0, np.maximum)
        return self.where & ~strokes


@dataclass(frozen=True)
class _Pieces:
    """Straight pieces from left to right in `inked`, those that touch under one of the `labels` `[H, W]`,
    0 = none. `own` are those of the ink's pixels, and `areas` is how much ink each label has (pixels)."""

    inked: Mask
    labels: Labels
    own: NDArray[np.integer]
    areas: NDArray[np.intp]

    @property
    def widest(self) -> float:
        """How wide a line may be in the mean (pixels)."""
        return max(2.0, WIDTH * float(self.inked.shape[1]))

    @property
    def likely(self) -> int:
        """How many may be whole lines: they reach far to both sides, and have little ink."""
        width = self.inked.shape[1]
        reach = math.ceil(WHOLE * width)
        both = np.intersect1d(self.labels[:, width - reach], self.labels[:, reach - 1])
        return int(np.count_nonzero(self.areas[both[both > 0]] <= self.widest * width))


def _pieces(inked: Mask) -> _Pieces:
    """What is straight for a while, and may be a little aslant."""
    piece = max(3, int(inked.shape[1] * PIECE) | 1)
    thick = running(inked, 3, 0, np.maximum)
    straight = running(running(thick, piece, 1, np.minimum), piece, 1, np.maximum)
    labels = labelled(straight & thick)
    own = labels[inked]
    return _Pieces(inked, labels, own, np.bincount(own, minlength=int(labels.max()) + 1))


def _rules(pieces: _Pieces) -> Rules:
    """The thin lines among the pieces."""
    inked, labels, areas = pieces.inked, pieces.labels, pieces.areas
    top, bottom, left, right = extents(labels).T
    lengths = right - left + 1
    thin = areas[1:] <= pieces.widest * lengths
    whole = thin & (lengths >= WHOLE * inked.shape[1])
    cut = thin & ((top <= 1) | (bottom >= inked.shape[0] - 2)) & (lengths >= CUT * inked.shape[1])
    width = float(areas[1:][whole].sum() / max(1, lengths[whole].sum()))
    where = np.zeros_like(inked)
    where[inked] = np.append(False, whole | cut)[pieces.own]
    return Rules(where, int(np.count_nonzero(whole)), width)
