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
TINY = 1e-5


def refine(refiner: Refiner, page: FloatArray, found: Found) -> Found:
    """The same boxes, with both networks' word on whether and which digit each is."""
    if not len(found.exists):
        return found
    odds, logits = refiner.run(tiles(page, found.boxes))
    weights = refiner.card["weights"]
    own = np.log(np.clip(found.exists, TINY, 1 - TINY) / np.clip(1 - found.exists, TINY, 1))
    exists = 1 / (1 + np.exp(-(weights["odds"][0] * own + weights["odds"][1] * odds + weights["odds"][2])))
    both = weights["classes"][0] * np.log(found.probabilities + TINY) + weights["classes"][1] * logits
    shares = np.exp(both - both.max(1, keepdims=True))
    return replace(
        found,
        exists=exists.astype(np.float32),
        probabilities=(shares / shares.sum(1, keepdims=True)).astype(np.float32),
    )


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
