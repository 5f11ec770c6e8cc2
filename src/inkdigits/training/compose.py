"""Pages composed of known digits: what the finder learns from and is validated on.

A `Writer` writes on them, over the papers of `pages`. Every digit's box is known.
"""

from __future__ import annotations

import numpy as np
from numpy.random import Generator
from PIL import Image

from inkdigits.training.manner import CALM, WILD
from inkdigits.training.page import UNSURE, Page
from inkdigits.training.pages import Size, blur, paper, spoil
from inkdigits.training.pool import Pool, Style
from inkdigits.training.writer import Writer
from inkdigits.types import FloatArray

#: A page up to this large (pixels) holds one digit, or something that is none.
TILE = 48
#: Shares of the pages that are written as people mostly do, and that one hand writes.
CALMLY, STYLED = 0.6, 0.6
#: On a page turned by a quarter, digits that could be read nevertheless are not to be missed either;
#: the others are none. The same for a page turned by a half.
QUARTER, HALF = frozenset((0, 1, 8)), frozenset((0, 1, 2, 5, 6, 8, 9))
TURNED = 0.08


def compose(pool: Pool, size: Size, random: Generator) -> Page:
    """A page `[H, W]` with writing on it, as it would be photographed; some were small and are enlarged."""
    tile = max(size) <= TILE
    manner = CALM if not tile and random.random() < CALMLY else WILD
    turns = int(random.integers(1, 4)) if random.random() < TURNED else 0
    zoom = random.uniform(1.0, 1.9) if random.random() < (0.8 if tile else 0.25) else 1.0
    small = round(size[0] / zoom), round(size[1] / zoom)
    page = Page(np.zeros(small[::-1] if turns % 2 else small, np.float32))
    writer = Writer(page, Style(pool, random) if random.random() < STYLED else pool, manner, random, zoom)
    if tile:
        writer.one()
    elif random.random() < 0.97:
        writer.lines()
    page.pixels = spoil(_on_paper(page.pixels, random), 0.4 if tile else manner.faults, random)
    return _enlarged(_turned(page, turns), size)


def _on_paper(ink: FloatArray, random: Generator) -> FloatArray:
    ground = paper(ink.shape, random)
    pen = random.uniform(0.0, 0.7) * float(np.median(ground))
    if random.random() < 0.4:
        uneven = blur(random.random(ink.shape, np.float32), random.uniform(0.5, 2)) * 2 - 0.5
        ink = ink * (1 - np.float32(random.uniform(0, 0.5)) * np.clip(uneven, 0, 1)).astype(np.float32)
    page = ground * (1 - ink) + np.minimum(pen, ground) * ink
    return page.astype(np.float32)


def _turned(page: Page, turns: int) -> Page:
    """The page turned by quarters, anticlockwise: hardly anything on it is a digit then."""
    if not turns:
        return page
    legible = HALF if turns == 2 else QUARTER
    kept = [place for place, label in enumerate(page.labels) if label in legible or label == UNSURE]
    boxes = [page.boxes[place] for place in kept]
    for turn in range(turns):
        width = page.pixels.shape[(turn + 1) % 2]
        boxes = [(top, width - right, bottom, width - left) for left, top, right, bottom in boxes]
    return Page(np.rot90(page.pixels, turns), boxes, [UNSURE] * len(boxes))


def _enlarged(page: Page, size: Size) -> Page:
    if page.pixels.shape == size:
        return page
    down, across = (new / old for new, old in zip(size, page.pixels.shape, strict=True))
    image = Image.fromarray(page.pixels).resize(size[::-1], Image.Resampling.BICUBIC)
    boxes = [
        (left * across, top * down, right * across, bottom * down) for left, top, right, bottom in page.boxes
    ]
    return Page(np.clip(np.asarray(image), 0, 1), boxes, page.labels)
