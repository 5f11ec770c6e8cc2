"""A closer look at what the finder found: each box by itself, on the grey page, and beside the others.

Two stages, the second learnt on what the first one finds, as in Cascade R-CNN (Cai and Vasconcelos 2018,
https://arxiv.org/abs/1712.00726).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from inkdigits.boxes import shared
from inkdigits.find import Found
from inkdigits.model import Refiner
from inkdigits.types import FloatArray

#: Side of a tile (pixels), and of the square of page that it shows, in multiples of the digit's longest side.
TILE = 32
SHOWN = 1.35
#: What the finder is surer of than this needs no closer look; it would not be read better.
SURE = 0.95
TINY = 1e-5
#: Marks that share more than this of the smaller box are rivals for one digit, not neighbours.
RIVAL = 0.4
#: So many of the nearest neighbours tell how high a digit is here and where its line runs; a line's distance
#: counts that many times a column's. What is farther off than the last counts no more.
NEAREST, ACROSS, FARTHEST = 3, 3.0, 1.5


def refine(refiner: Refiner, page: FloatArray, found: Found) -> Found:
    """The same boxes; of those that were not SURE both networks' and the neighbours' word on whether they are
    digits, and both networks' on which."""
    unsure = unsure_of(found)
    if not len(unsure):
        return found
    exists, shares = found.exists.copy(), found.probabilities.copy()
    odds, logits = refiner.run(tiles(page, found.boxes[unsure]))
    weights = refiner.card["weights"]
    own = np.clip(exists[unsure], TINY, 1 - TINY)
    opinions = np.column_stack((np.log(own / (1 - own)), odds, beside(found, unsure), np.ones(len(unsure))))
    exists[unsure] = 1 / (1 + np.exp(-(opinions @ weights["odds"])))
    both = weights["classes"][0] * np.log(shares[unsure] + TINY) + weights["classes"][1] * logits
    powers = np.exp(both - both.max(1, keepdims=True))
    shares[unsure] = powers / powers.sum(1, keepdims=True)
    return replace(found, exists=exists, probabilities=shares)


def unsure_of(found: Found) -> NDArray[np.intp]:
    """The places of the marks that the finder is not SURE of."""
    return np.flatnonzero(found.exists * found.probabilities.max(1, initial=0) < SURE)


def beside(found: Found, places: NDArray[np.intp]) -> FloatArray:
    """What the other marks say of those at `places`, `[n, 4]`.

    How probable the likeliest rival is, times the share of the smaller box that both have; 1 if there are
    neighbours, else 0, as are the rest; by what factor it is higher or lower than they are (its logarithm);
    and how far from their line it stands, in their heights.
    """
    shares = shared(found.boxes[places], found.boxes)
    shares[np.arange(len(places)), places] = 0
    neighbours = (shares <= RIVAL) & (found.exists > 0.5)
    neighbours[np.arange(len(places)), places] = False
    return np.column_stack(
        ((shares * found.exists).max(1, initial=0), _in_line(found.boxes, places, neighbours))
    )


def _in_line(boxes: FloatArray, places: NDArray[np.intp], neighbours: NDArray[np.bool_]) -> FloatArray:
    """Whether there are neighbours `[n, m]`, and how those at `places` differ from the nearest, `[n, 3]`."""
    apart = np.abs(boxes[places, None, :2] - boxes[None, :, :2])
    far = np.where(neighbours, apart @ (1.0, ACROSS), np.inf)
    nearest = np.argsort(far, 1, kind="stable")[:, :NEAREST]
    there = np.isfinite(np.take_along_axis(far, nearest, 1))
    count, heights = np.maximum(there.sum(1), 1), np.log(boxes[:, 3])
    usual = (heights[nearest] * there).sum(1) / count
    line = (boxes[nearest, 1] * there).sum(1) / count
    taller, off = np.abs(heights[places] - usual), np.abs(boxes[places, 1] - line) / np.exp(usual)
    told = np.stack((np.ones(len(places)), taller, off), 1).clip(0, FARTHEST)
    where: FloatArray = (told * there.any(1)[:, None]).astype(np.float32)
    return where


def tiles(page: FloatArray, boxes: FloatArray) -> FloatArray:
    """Squares of a grey page `[H, W]` around boxes `[n, 4]` (middle, width, height), `[n, 1, TILE, TILE]`.

    Beyond the page's edge its outermost pixels go on.
    """
    made = np.empty((len(boxes), 1, TILE, TILE), np.float32)
    for tile, (x, y, width, height) in zip(made, boxes.astype(float), strict=True):
        reach = max(width, height, 1.0) * SHOWN / 2
        rows, columns = (
            np.arange(int(np.floor(at - reach)), int(np.ceil(at + reach)) + 1).clip(0, side - 1)
            for at, side in zip((y, x), page.shape, strict=True)
        )
        part = Image.fromarray(page[np.ix_(rows, columns)])
        left, top = x - reach - np.floor(x - reach), y - reach - np.floor(y - reach)
        box = (left, top, left + 2 * reach, top + 2 * reach)
        tile[0] = np.asarray(part.resize((TILE, TILE), Image.Resampling.BILINEAR, box))
    return made
