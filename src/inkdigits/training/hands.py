"""Hands that nobody has: known trajectories of a digit mixed, or their peculiarities exaggerated.

Samples of one class are interpolated and extrapolated (DeVries and Taylor 2017,
https://arxiv.org/abs/1702.05538), here as points along the pen's path.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from inkdigits.training.datasets import Trajectories
from inkdigits.types import Stroke

#: Points of each stroke, evenly along it.
POINTS = 28
#: Ways of writing a digit (with so many strokes) that fewer trajectories have are left out; a rarer one is
#: drawn more often than it is found, by this power.
FEWEST, RARE = 25, 0.7
#: So many others are looked at; the usual is the nearest ones' mean, a partner is a little farther off.
OTHERS, USUAL, PARTNERS = 200, 40, (3, 60)
#: How many times as far from the usual, and where between a hand (0) and its partner (1), or beyond.
FARTHER, BETWEEN = (1.2, 2.0), (-0.7, 0.6)
#: The deviation of the width's logarithm.
WIDER = 0.12

Paths = NDArray[np.float64]


def hands(known: Trajectories, count: int, random: Generator) -> tuple[list[tuple[Stroke, ...]], list[int]]:
    """`count` trajectories, y down, about 100 units high, with their labels, as many of each digit."""
    ways = [list(_ways(known, digit)) for digit in range(10)]
    labels = [place % 10 for place in range(count) if ways[place % 10]]
    return [_made(ways[label], random) for label in labels], labels


def _ways(known: Trajectories, digit: int) -> Iterator[Paths]:
    """The trajectories of a digit with as many strokes each, `[N, strokes, POINTS, 2]`, one unit high."""
    own = [known.strokes[place] for place in np.flatnonzero(known.labels == digit)]
    for strokes in sorted({len(one) for one in own}):
        alike = [_normal(one) for one in own if len(one) == strokes]
        if len(alike) >= FEWEST:
            yield np.array(alike)


def _normal(strokes: Sequence[Stroke]) -> Paths:
    """The strokes with POINTS each, about their middle, one unit high, or two wide."""
    points = np.concatenate(strokes).astype(float)
    low, high = points.min(0), points.max(0)
    size = max(high[1] - low[1], (high[0] - low[0]) / 2, 1e-6)
    even: Paths = np.array([_even(stroke.astype(float)) for stroke in strokes])
    normal: Paths = (even - (low + high) / 2) / size
    return normal


def _even(stroke: Paths) -> Paths:
    """POINTS along a stroke, equally far apart."""
    way = np.append(0, np.hypot(*np.diff(stroke, axis=0).T).cumsum())
    places = np.linspace(0, way[-1], POINTS)
    return np.column_stack([np.interp(places, way, stroke[:, axis]) for axis in (0, 1)])


def _made(ways: Sequence[Paths], random: Generator) -> tuple[Stroke, ...]:
    """One new trajectory."""
    sizes = np.array([len(paths) for paths in ways]) ** RARE
    paths = ways[random.choice(len(ways), p=sizes / sizes.sum())]
    own = paths[random.integers(len(paths))]
    others = paths[random.integers(len(paths), size=OTHERS)]
    others = others[np.argsort(((others - own) ** 2).sum((1, 2, 3)), kind="stable")]
    if random.random() < 0.5:
        usual = others[:USUAL].mean(0)
        new = usual + random.uniform(*FARTHER) * (own - usual)
    else:
        new = own + random.uniform(*BETWEEN) * (others[random.integers(*PARTNERS)] - own)
    wide = np.exp(random.normal(0, WIDER))
    return tuple((stroke * (100 * wide, 100)).astype(np.float32) for stroke in new)
