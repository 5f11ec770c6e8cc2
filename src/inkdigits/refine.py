"""A closer look at what the finder found: each box by itself, on the grey page.

Two stages, the second learnt on what the first one finds, as in Cascade R-CNN (Cai and Vasconcelos 2018,
https://arxiv.org/abs/1712.00726).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PIL import Image

from inkdigits.find import Found
from inkdigits.model import Refiner
from inkdigits.types import FloatArray

#: Side of a tile (pixels), and of the square of page that it shows, in multiples of the digit's longest side.
TILE = 32
SHOWN = 1.35
#: What the finder is surer of than this needs no closer look; it would not be read better.
SURE = 0.95
TINY = 1e-5


def refine(refiner: Refiner, page: FloatArray, found: Found) -> Found:
    """The same boxes, with both networks' word on whether and which digit each is that was not SURE."""
    unsure = np.flatnonzero(found.exists * found.probabilities.max(1, initial=0) < SURE)
    if not len(unsure):
        return found
    exists, shares = found.exists.copy(), found.probabilities.copy()
    odds, logits = refiner.run(tiles(page, found.boxes[unsure]))
    weights = refiner.card["weights"]
    own = np.clip(exists[unsure], TINY, 1 - TINY)
    slopes = weights["odds"]
    exists[unsure] = 1 / (1 + np.exp(-(slopes[0] * np.log(own / (1 - own)) + slopes[1] * odds + slopes[2])))
    both = weights["classes"][0] * np.log(shares[unsure] + TINY) + weights["classes"][1] * logits
    powers = np.exp(both - both.max(1, keepdims=True))
    shares[unsure] = powers / powers.sum(1, keepdims=True)
    return replace(found, exists=exists, probabilities=shares)


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
