"""How one hand writes: the height, slant, spacing and pen that the digits of a line share."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image

from inkdigits.training.shapes import bent, pen
from inkdigits.types import FloatArray

#: A glyph wider than this many of its heights is as wide as one that high, and lower.
WIDEST = 1.4
#: Share of the glyphs that are bent as well.
BENT = 0.4
#: Ink that counts for the box.
EDGE = 0.2
#: Gaps between digits that overlap, are close and are wide, in heights.
GAPS = (-0.22, 0.02), (0.0, 0.2), (0.2, 1.0)
#: Share of the hands that join digits.
JOINED = 0.2
#: Digits with a tail, and whether it hangs; share of the hands that write tails longer, and by how much of
#: the digit's height; how high such a hand writes its zeros, as a share of the others.
TAILS = {1: True, 4: True, 6: False, 7: True, 9: True}
TAILED, LONGER, SMALL_ZERO = 0.25, (0.1, 0.9), (0.5, 1.0)

#: Share of the hands whose ones are high, and often bare strokes; how many of their digits are such strokes;
#: how high their ones are, in heights of the others, and how far off their middle, as a deviation.
BARE, STROKES, HIGH, OFF = 0.2, 0.25, (0.9, 1.9), 0.15
#: How far a bare stroke leans to the side and how far it bows, in its heights; how wide its pen is.
LEAN, BOW, NIB = (-0.1, 0.6), 0.04, (0.04, 0.14)


@dataclass(frozen=True)
class Hand:
    """`height` in pixels; `slant` and `drift` of the line as tangents; `gap` and its `spread` in
    heights (below 0: overlapping); `heavy` -1 to 1, how wide the pen is; `uneven`, the deviation
    of the heights' logarithm; `joined`, whether lines join its digits; `tail`, by how much tails are longer
    than usual, in heights; `bare`, whether its ones are high, and often bare strokes."""

    height: float
    slant: float
    drift: float
    gap: float
    spread: float
    heavy: float
    uneven: float
    joined: bool
    tail: float
    bare: bool

    @classmethod
    def any(
        cls,
        lowest: float,
        tallest: float,
        gaps: tuple[float, float, float],
        uneven: tuple[float, ...],
        random: Generator,
    ) -> Hand:
        """A random hand, digits `lowest` to `tallest` pixels high; `gaps` are the shares of GAPS, `uneven`
        the deviations of which it has one."""
        low, high = GAPS[random.choice(len(GAPS), p=gaps)]
        return cls(
            height=float(random.uniform(lowest, tallest)),
            slant=float(random.normal(0.12, 0.22)),
            drift=float(random.normal(0, 0.04)),
            gap=float(random.uniform(low, high)),
            spread=float(random.uniform(0.01, 0.15)),
            heavy=float(random.uniform(-0.5, 0.6)),
            uneven=float(random.choice(uneven)),
            joined=bool(random.random() < JOINED),
            tail=float(random.uniform(*LONGER)) if random.random() < TAILED else 0.0,
            bare=bool(random.random() < BARE),
        )

    def smaller(self, middle: float, random: Generator) -> tuple[Hand, float]:
        """The hand as it writes cents, and the middle of their line: level with the rest, above or below."""
        share = random.uniform(0.5, 0.85)
        lift = random.choice((-1, 0, 1), p=(0.5, 0.2, 0.3)) * (1 - share) / 2 * self.height
        return replace(self, height=self.height * share), middle + lift


def bare_one(random: Generator) -> NDArray[np.uint8]:
    """A one that is a single stroke, upright or leaning, nearly straight."""
    t = np.linspace(0, 1, 9)
    across = random.uniform(*LEAN) * (1 - t) + random.normal(0, BOW) * 4 * t * (1 - t)
    return pen([np.column_stack((across, t))], random.uniform(*NIB))


def lengthened(
    glyph: NDArray[np.uint8], label: int, hand: Hand, random: Generator
) -> tuple[NDArray[np.uint8], float, float]:
    """A digit as long as this hand writes it, or its tail, how many times as high it is then, and by how many
    of its former heights its middle is lower."""
    if label == 1 and hand.bare:
        return glyph, random.uniform(*HIGH), random.normal(0, OFF)
    if label == 0 and hand.tail:
        return glyph, random.uniform(*SMALL_ZERO), 0.0
    more = hand.tail * random.uniform(0.3, 1.0)
    rows = round(more * len(glyph))
    if label not in TAILS or rows == 0:
        return glyph, 1.0, 0.0
    half, hangs = len(glyph) // 2, TAILS[label]
    tail = Image.fromarray(glyph[half:] if hangs else glyph[:half])
    long = np.asarray(tail.resize((tail.width, tail.height + rows), Image.Resampling.BICUBIC))
    whole = np.concatenate((glyph[:half], long) if hangs else (long, glyph[half:]))
    return whole, 1 + more, more / 2 if hangs else -more / 2


def drawn(glyph: NDArray[np.uint8], tall: float, hand: Hand, random: Generator) -> FloatArray:
    """The glyph (255 = pen) as this hand writes it, `tall` pixels high, cut tightly, 0 to 1."""
    turn, slant = random.normal(0, 0.06), hand.slant + random.normal(0, 0.06)
    image = _turned(Image.fromarray(bent(glyph, random) if random.random() < BENT else glyph), slant, turn)
    scale = tall / max(image.height, image.width / WIDEST)
    wide = image.width * scale * float(np.exp(random.normal(0, 0.2)))
    size = max(2, round(wide)), max(2, round(image.height * scale))
    ink = np.asarray(image.resize(size, Image.Resampling.BICUBIC), np.float32) / np.float32(255)
    edge = random.uniform(1.0, 3.0)
    ink = np.clip((ink - 0.5) * edge + 0.5 + 0.3 * hand.heavy, 0, 1) * (ink > EDGE / 4)
    return _tight(_outline(ink) if random.random() < 0.03 else ink)


def _outline(ink: FloatArray) -> FloatArray:
    """The edge of the ink alone."""
    wide = np.pad(ink, 1)
    inner = np.minimum.reduce((wide[:-2, 1:-1], wide[2:, 1:-1], wide[1:-1, :-2], wide[1:-1, 2:]))
    edge: FloatArray = np.clip((ink - inner) * np.float32(1.5), 0, 1)
    return edge


def _turned(image: Image.Image, slant: float, turn: float) -> Image.Image:
    """Sheared to the right by `slant` and turned by `turn` radians, on a page wide enough."""
    cosine, sine = np.cos(turn), np.sin(turn)
    there = np.array(((cosine, -sine), (sine, cosine))) @ np.array(((1, -slant), (0, 1)))
    half = np.array(image.size) / 2
    corners = there @ (np.array(((-1, 1, -1, 1), (-1, -1, 1, 1))) * half[:, None])
    wide, high = (int(side) for side in np.ceil(np.ptp(corners, axis=1)) + 2)
    back = np.linalg.inv(there)
    offset = half - back @ (np.array((wide, high)) / 2)
    terms = (*back[0], offset[0], *back[1], offset[1])
    return image.transform((wide, high), Image.Transform.AFFINE, terms, Image.Resampling.BILINEAR)


def _tight(ink: FloatArray) -> FloatArray:
    rows, columns = np.flatnonzero(ink.max(1) > EDGE), np.flatnonzero(ink.max(0) > EDGE)
    if not len(rows):
        return ink
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
