"""What the network learns is not one digit: shapes, and what can befall digits.

Every kind takes a random generator and known digits (uint8 `[N, h, w]` with labels `[N]`), and
gives ink as in `shapes`. A kind uses only such digits as no reader could take for another
afterwards: the upper half of an 8 is a 0, and a 6 upside down a 9.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image

from inkdigits.training import shapes
from inkdigits.training.shapes import Picture, cut


@dataclass(frozen=True)
class Digits:
    """Ink of known digits: `tiles` uint8 `[N, h, w]`, `labels` `[N]`."""

    tiles: NDArray[np.uint8]
    labels: NDArray[np.int64]

    def one_of(self, among: str, random: Generator) -> tuple[Picture, int]:
        """Any digit whose label is `among`, of which there must be one, cut to its edges, and the label."""
        while True:
            place = random.integers(len(self.labels))
            if str(label := int(self.labels[place])) in among:
                return cut(self.tiles[place]), label


ANY = "0123456789"
#: Digits of which neither the upper nor the lower half is a digit, such as are none on their side,
#: and such as have two sides.
HALVED, TURNED, SIDED = "05", "3", "0235689"


def standing(random: Generator) -> Picture:
    """A symbol that is none even where it stands alone."""
    return shapes.symbol(random, shapes.STANDING)


def pair(random: Generator, digits: Digits) -> Picture:
    """Two digits side by side, apart, touching or overlapping, perhaps squeezed; seldom three."""
    page, before = digits.one_of(ANY, random)
    for _ in range(1 if random.random() < 0.85 else 2):
        one, label = digits.one_of(ANY, random)
        closest = 0.15 if 1 in (before, label) else -0.22  # a 1 that touches a 3 makes an 8
        page, before = _beside(page, one, random.uniform(closest, 0.3), random), label
    squeezed = random.uniform(0.5, 1) if random.random() < 0.6 else 1
    size = (max(4, round(page.shape[1] * squeezed)), page.shape[0])
    return np.asarray(Image.fromarray(page).resize(size, Image.Resampling.BOX))


def _beside(left: Picture, right: Picture, gap: float, random: Generator) -> Picture:
    """Two inks on one page, `gap` of a digit's width apart, at about the same height."""
    start = max(0, left.shape[1] + round(gap * max(right.shape) * 0.7))
    drop = int(random.integers(0, 6))
    height = max(left.shape[0], right.shape[0] + drop)
    page = np.zeros((height, max(left.shape[1], start + right.shape[1])), np.uint8)
    page[: left.shape[0], : left.shape[1]] = left
    place = page[drop : drop + right.shape[0], start : start + right.shape[1]]
    np.maximum(place, right, out=place)
    return cut(page)


def part(random: Generator, digits: Digits) -> Picture:
    """The upper or the lower half of a digit, about, cut off straight."""
    one = digits.one_of(HALVED, random)[0]
    rows = round(random.uniform(0.4, 0.5) * one.shape[0]) + 1
    return cut(one[:rows] if random.random() < 0.5 else one[-rows:])


def between(random: Generator, digits: Digits) -> Picture:
    """What lies between the middles of two neighbours."""
    left, right = (digits.one_of(SIDED, random)[0] for _ in range(2))
    near = left[:, left.shape[1] // 2 :], right[:, : (right.shape[1] + 1) // 2]
    return _beside(cut(near[0]), cut(near[1]), random.uniform(0.15, 0.5), random)


def turned(random: Generator, digits: Digits) -> Picture:
    """A digit on its side."""
    return np.rot90(digits.one_of(TURNED, random)[0], random.choice((1, 3)))


def struck(random: Generator, digits: Digits) -> Picture:
    """A digit crossed out with as broad a pen: several lines, or a scribble over all of it."""
    one = digits.one_of(ANY, random)[0]
    width, height = (round(max(one.shape) * random.uniform(0.8, 1.3)) for _ in range(2))
    scribble = Image.fromarray(shapes.scribble(random, broadest=True))
    lines = np.asarray(scribble.resize((width, height), Image.Resampling.BOX))
    page = np.zeros(np.maximum(one.shape, lines.shape), np.uint8)
    for ink in (one, lines):
        top, left = (np.array(page.shape) - ink.shape) // 2
        place = page[top : top + ink.shape[0], left : left + ink.shape[1]]
        np.maximum(place, ink, out=place)
    return page


#: Every kind and its share: those made from nothing, and those made from digits.
SHAPES: dict[Callable[[Generator], Picture], float] = {
    shapes.letter: 0.29,
    standing: 0.1,
    shapes.scribble: 0.14,
    shapes.texture: 0.13,
}
OF_DIGITS: dict[Callable[[Generator, Digits], Picture], float] = {
    pair: 0.2,
    part: 0.04,
    between: 0.03,
    turned: 0.02,
    struck: 0.05,
}


def negatives(random: Generator, pools: Sequence[Digits], count: int) -> list[Picture]:
    """`count` inks that are not one digit, of all kinds; each is made from the digits of one pool.

    Pools that do not hold all ten digits are passed over, and without pools there are only shapes.
    """
    whole = [pool for pool in pools if len(np.unique(pool.labels)) == len(ANY)]
    kinds: list[Callable[[], Picture]] = [partial(kind, random) for kind in SHAPES]
    shares = list(SHAPES.values())
    if whole:
        kinds += [partial(_any_of, kind, random, whole) for kind in OF_DIGITS]
        shares += OF_DIGITS.values()
    chosen = random.choice(len(kinds), count, p=np.array(shares) / sum(shares))
    return [kinds[place]() for place in chosen]


def _any_of(
    kind: Callable[[Generator, Digits], Picture], random: Generator, pools: Sequence[Digits]
) -> Picture:
    return kind(random, pools[int(random.integers(len(pools)))])
