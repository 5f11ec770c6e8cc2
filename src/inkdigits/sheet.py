"""Picture -> the sheet that is written on: paper on a table, a note on a desk, a canvas in a window."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from inkdigits.connected import labelled
from inkdigits.types import FloatArray, Mask, Raster
from inkdigits.windows import eroded, mean_nearby, opened

#: Sheets are sought on the picture at this size (pixels, the longest side), if it is not too small.
SEEN = 128
SHORTEST = 64
#: Grey levels told apart, and how far (of black to white) a sheet's tone is from what is around it.
LEVELS = 64
DIFFERENT = 0.1
#: A sheet is at least this share of the picture, and as much is around it.
LEAST = 0.03
#: So much of a sheet is not written on, so much of its rectangle it fills, and so much around it is of
#: the other tone.
BARE = 0.75
STRAIGHT = 0.88
OTHER = 0.85
#: So much of what is around it lies in squares with such a side (pixels at that size, odd): a desk is broad,
#: a digit that is cut off with the sheet's edge is not.
BROAD, SQUARE = 0.9, 5
#: On a sheet so many things are written at most (at that size many are one); more are grain.
MOST = 100
#: So much of a sheet's rim (pixels at that size) is left out: there both tones are mixed.
RIM = 3
#: Angles (degrees) at which a sheet may lie.
ANGLES = np.deg2rad(np.arange(90))
#: The rim's tone goes on outwards, meant over this share of the picture's shorter side; farther off it is
#: the whole sheet's, which counts so little nearby.
NEAR = 0.05
FARTHER = 1e-6


def on_sheet(picture: Raster) -> Raster | None:
    """The picture as if the paper of its sheets went on around them; None if it shows no sheet.

    A sheet is a rectangle, at any angle, whole or cut off by the picture's edge, of another tone than
    nearly all that is around it.
    """
    pixels = picture.pixels
    if min(pixels.shape) < SHORTEST:
        return None
    factor = -(-max(pixels.shape) // SEEN)
    small = np.asarray(Image.fromarray(pixels).reduce(factor))
    for level in _levels(small):
        for light in (True, False):
            own = (small > level) == light
            sheets = np.logical_or.reduce([np.zeros_like(own), *_sheets(own)])
            if _stands_out(small, own, sheets):
                inside = _inner(sheets, factor, pixels.shape)
                bare = inside & ((pixels > level) == light)
                if bare.any():
                    return replace(picture, pixels=_gone_on(pixels, inside, bare))
    return None


def _levels(pixels: FloatArray) -> list[float]:
    """The level that parts the pixels best in two tones, and those that part them best in three
    (Otsu 1979, doi 10.1109/TSMC.1979.4310076)."""
    counts, edges = np.histogram(pixels, LEVELS, (0, 1))
    number, total = (
        np.concatenate(([0], np.cumsum(some))) for some in (counts, counts * (edges[1:] + edges[:-1]))
    )
    first, second = np.triu_indices(LEVELS + 1)

    def between(start: NDArray[np.intp] | int, end: NDArray[np.intp] | int) -> FloatArray:
        some: FloatArray = (total[end] - total[start]) ** 2 / np.maximum(number[end] - number[start], 1)
        return some

    two = between(0, np.arange(LEVELS + 1)) + between(np.arange(LEVELS + 1), LEVELS)
    three = int(np.argmax(between(0, first) + between(first, second) + between(second, LEVELS)))
    return [float(edges[place]) for place in (int(np.argmax(two)), int(first[three]), int(second[three]))]


def _stands_out(small: FloatArray, own: Mask, sheets: Mask) -> bool:
    """Whether the sheets are a part of the picture, and nearly all around them is of another tone."""
    if not LEAST <= sheets.mean() <= 1 - LEAST or own[~sheets].mean() > 1 - OTHER:
        return False
    if np.count_nonzero(opened(~sheets, SQUARE)) < BROAD * np.count_nonzero(~sheets):
        return False
    return abs(float(small[sheets & own].mean()) - float(small[~sheets].mean())) >= DIFFERENT


def _sheets(own: Mask) -> Iterator[Mask]:
    """Connected parts of one tone that are sheets, with what is written on them."""
    labels = labelled(own, 4)
    sizes = np.bincount(labels.ravel())
    for label in np.flatnonzero(sizes[1:] >= LEAST * own.size) + 1:
        bare = labels == label
        whole = _filled(bare)
        area = np.count_nonzero(whole)
        if sizes[label] >= BARE * area and area >= STRAIGHT * _rectangle(whole) and _written(whole & ~bare):
            yield whole


def _written(holes: Mask) -> bool:
    """Whether what is not bare may be writing, and not grain."""
    return int(labelled(holes).max()) <= MOST


def _filled(part: Mask) -> Mask:
    """The part with its holes."""
    around = labelled(~np.pad(part, 1))
    filled: Mask = around[1:-1, 1:-1] != around[0, 0]
    return filled


def _rectangle(part: Mask) -> float:
    """The area of the least rectangle, at any angle, around the part."""
    rows = np.flatnonzero(part.any(1))
    first, last = part[rows].argmax(1), part.shape[1] - part[rows, ::-1].argmax(1)
    across, down = (
        np.concatenate((first, last, first, last)),
        np.concatenate((rows, rows, rows + 1, rows + 1)),
    )
    along, athwart = (
        np.ptp(np.outer(across, one) + np.outer(down, other), 0)
        for one, other in ((np.cos(ANGLES), np.sin(ANGLES)), (-np.sin(ANGLES), np.cos(ANGLES)))
    )
    return float((along * athwart).min())


def _inner(sheets: Mask, factor: int, shape: tuple[int, ...]) -> Mask:
    """The sheets at the picture's size, without their rims."""
    inner = eroded(sheets, RIM)
    return np.repeat(np.repeat(inner, factor, 0), factor, 1)[: shape[0], : shape[1]]


def _gone_on(pixels: FloatArray, inside: Mask, bare: Mask) -> FloatArray:
    """The picture with the tone of what is inside and bare going on outside."""
    tone = np.median(pixels[bare])
    weights = np.where(bare, 1, FARTHER).astype(np.float32)
    outside = mean_nearby(np.where(bare, pixels, tone), weights, NEAR * min(pixels.shape))
    return np.where(inside, pixels, outside)
