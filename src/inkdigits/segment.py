"""Ink -> Glyphs: connected ink, with the pieces of one digit put together, from left to right."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import compress
from operator import not_
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inkdigits.connected import Labels, extents, labelled, occupied
from inkdigits.rings import WITHIN
from inkdigits.types import Box, FloatArray, Glyph, Ink

#: All lengths below are shares of the tallest part's height.
#: A part at least this high, with this share of the heaviest part's ink, can be a digit by
#: itself; a lesser one is a piece of a digit, or dirt.
WHOLE = 0.5
SLIGHT = 0.12
#: A piece belongs to the nearest digit within this distance; farther ones are dirt.
NEAR = 0.25
#: Parts one above the other are one broken digit if no farther apart and together no higher than this (what
#: is, is lines of writing), and if this much (of the narrower one's width) stands in the same columns, or
#: hardly any stands in the same rows.
STACKED, HIGH = 0.3, 2.5
ABREAST = 0.5
APART = 0.15
#: Parts side by side are one broken digit if no farther apart and together no wider than this.
BROKEN = 0.04
NARROW = 0.9
#: Only so many parts are looked at, the heaviest first.
MOST_PARTS = 256


@dataclass(frozen=True)
class Part:
    """Connected ink, or several pieces put together: their labels, the sum of their ink,
    their common box (ends excluded), and whether one was `nested` in the box of another."""

    labels: tuple[int, ...]
    mass: float
    left: int
    top: int
    right: int
    bottom: int
    nested: bool = False

    @property
    def height(self) -> int:
        return self.bottom - self.top

    @property
    def width(self) -> int:
        return self.right - self.left

    def __add__(self, other: Part) -> Part:
        nested = self.nested or other.nested or other in self or self in other
        return Part(
            self.labels + other.labels,
            self.mass + other.mass,
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
            nested,
        )

    def __contains__(self, other: Part) -> bool:
        across = self.left < other.left and other.right < self.right
        down = self.top < other.top and other.bottom < self.bottom
        return across and down and other.height >= WITHIN * self.height


def segment(ink: Ink) -> list[Glyph]:
    """The digits of one line, each with its Box in the picture's pixels; none for blank ink."""
    ink = _cut(ink)
    if not ink.pixels.size:
        return []
    labels = labelled(ink.pixels > 0)
    parts = _parts(ink, labels)
    tall = max(part.height for part in parts)
    heavy = max(part.mass for part in parts)
    able = [part.height >= WHOLE * tall and part.mass >= SLIGHT * heavy for part in parts]
    if not any(able):
        able = [part.height >= WHOLE * tall for part in parts]
    wholes = _joined(compress(parts, able), labels, tall)
    digits = _with_pieces(wholes, compress(parts, map(not_, able)), tall)
    in_order = sorted(digits, key=lambda part: part.left)
    return [_glyph(ink, labels, digit, alone=len(parts) == 1) for digit in in_order]


def _cut(ink: Ink) -> Ink:
    """What holds all of the ink: it is gone through several times."""
    rows, columns = part = occupied(ink.pixels > 0)
    left, top = ink.left + columns.start * ink.scale, ink.top + rows.start * ink.scale
    return Ink(ink.pixels[part], ink.scale, left, top)


def part_heights(ink: Ink, least: int) -> NDArray[np.integer]:
    """Heights of all connected ink that is at least so high, in ink pixels."""
    top, bottom, _, _ = extents(labelled(ink.pixels > 0)).T
    heights: NDArray[np.integer] = bottom - top + 1
    return heights[heights >= least]


def _parts(ink: Ink, labels: Labels) -> list[Part]:
    """One Part for each label, the heaviest MOST_PARTS."""
    if labels.max() == 1:  # as on most small pictures: it is all that was cut out
        height, width = labels.shape
        return [Part((1,), 1.0, 0, 0, width, height)]
    boxes, masses = extents(labels), _masses(ink, labels)
    heaviest = np.argsort(masses)[::-1][:MOST_PARTS]
    return [
        Part((place + 1,), float(masses[place]), left, top, right + 1, bottom + 1)
        for place, (top, bottom, left, right) in zip(heaviest.tolist(), boxes[heaviest].tolist(), strict=True)
    ]


def _masses(ink: Ink, labels: Labels) -> NDArray[Any]:
    """How much ink each label has."""
    inked = np.flatnonzero(labels > 0)
    return np.bincount(labels.ravel()[inked], ink.pixels.ravel()[inked].astype(float))[1:]


def _joined(parts: Iterable[Part], labels: Labels, tall: int) -> list[Part]:
    """Parts that can stand alone, those of one broken digit put together."""
    joined: list[Part] = []
    for part in sorted(parts, key=lambda part: part.left):
        near = (other for other in joined if part.left - other.right <= APART * tall)
        for other in [other for other in near if _broken(part, other, labels, tall)]:
            joined.remove(other)
            part = part + other
        joined.append(part)
    return joined


def _broken(one: Part, other: Part, labels: Labels, tall: int) -> bool:
    """Whether two parts are more likely one broken digit than two digits."""
    (across, down), both, most = _gaps(one, other), one + other, int(BROKEN * tall)
    abreast = -across >= ABREAST * min(one.width, other.width)
    if abreast or (down >= -APART * tall and across <= APART * tall):
        return down <= STACKED * tall and both.height <= HIGH * tall
    return across <= most and both.width <= NARROW * both.height and _meet(one, other, labels, most)


def _meet(one: Part, other: Part, labels: Labels, most: int) -> bool:
    """Whether in some row no more than `most` empty columns are between the ink of two parts side by side.

    What lies farther from the other part's box cannot be so near, and is not looked at.
    """
    left, right = sorted((one, other), key=lambda part: part.left)
    near = slice(max(left.left, right.left - most - 1), min(right.right, left.right + most + 1))
    window = labels[max(left.top, right.top) : min(left.bottom, right.bottom), near]
    first, second = (_of(window, part) for part in (left, right))
    shared = first.any(1) & second.any(1)
    ends = first.shape[1] - first[shared, ::-1].argmax(1)
    return bool((second[shared].argmax(1) - ends <= most).any())


def _gaps(one: Part, other: Part) -> tuple[int, int]:
    """Empty columns and rows between two boxes; below zero where they overlap."""
    return (
        max(one.left, other.left) - min(one.right, other.right),
        max(one.top, other.top) - min(one.bottom, other.bottom),
    )


def _with_pieces(wholes: list[Part], pieces: Iterable[Part], tall: int) -> list[Part]:
    """Each piece put to the nearest digit, or left out if none is near."""
    grown = list(wholes)
    for piece in pieces:
        distances = [math.hypot(*(max(gap, 0) for gap in _gaps(piece, whole))) for whole in wholes]
        nearest = distances.index(min(distances))
        if distances[nearest] <= NEAR * tall:
            grown[nearest] = grown[nearest] + piece
    return grown


def _of(labels: Labels, part: Part) -> NDArray[np.bool_]:
    """Where the part is; most are of one piece, and found so in a tenth of the time."""
    one: NDArray[np.bool_] = labels == part.labels[0]
    return one if len(part.labels) == 1 else np.isin(labels, part.labels)


def _glyph(ink: Ink, labels: Labels, part: Part, *, alone: bool) -> Glyph:
    """The part's own ink, and its place in the picture."""
    window = np.s_[part.top : part.bottom, part.left : part.right]
    own: FloatArray = ink.pixels[window]
    if not alone:
        own = own * _of(labels[window], part)
    left, top = (
        round(start + place * ink.scale) for start, place in ((ink.left, part.left), (ink.top, part.top))
    )
    box = Box(left, top, max(1, round(part.width * ink.scale)), max(1, round(part.height * ink.scale)))
    return Glyph(own, box, part.nested)
