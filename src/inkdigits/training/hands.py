"""Hands that nobody has: known trajectories of a digit mixed or exaggerated, and some of them hurried.

Samples of one class are interpolated and extrapolated (DeVries and Taylor 2017,
https://arxiv.org/abs/1702.05538), here as points along the pen's path. Who hurries begins a stroke before
the one before has ended (Plamondon 1995, https://doi.org/10.1007/BF00202785): corners and loops are cut.
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
#: Share of the hands that hurry, over how many points they smooth at most, and how often they do not lift
#: the pen.
HURRIED, SMOOTHED, ON_PAPER = 0.4, 2.5, 0.3

Paths = NDArray[np.float64]


def hands(known: Trajectories, count: int, random: Generator) -> tuple[list[tuple[Stroke, ...]], list[int]]:
    """`count` trajectories, y down, about 100 units high, with their labels, as many of each digit."""
    ways = [list(_ways(known, digit)) for digit in range(10)]
    labels = [place % 10 for place in range(count) if ways[place % 10]]
    made = [_made(ways[label], random) for label in labels]
    return [hurried(one, random) if random.random() < HURRIED else one for one in made], labels


def hurried(strokes: Sequence[Stroke], random: Generator) -> tuple[Stroke, ...]:
    """The strokes as written in a hurry, as high as before."""
    high = np.ptp(np.concatenate(strokes)[:, 1])
    joined = [np.concatenate(strokes)] if random.random() < ON_PAPER else strokes
    smooth = [_smoothed(stroke.astype(float), random.uniform(0, SMOOTHED)) for stroke in joined]
    times = high / max(np.ptp(np.concatenate(smooth)[:, 1]), 1e-6)
    return tuple((stroke * times).astype(np.float32) for stroke in smooth)


def _smoothed(stroke: Paths, deviation: float) -> Paths:
    """Each point the mean of those around it, weighed by a bell curve of this deviation in points."""
    reach = int(3 * SMOOTHED)
    weights = np.exp(-((np.arange(-reach, reach + 1) / max(deviation, 1e-3)) ** 2) / 2)
    padded = np.pad(stroke, ((reach, reach), (0, 0)), "edge")
    around = np.lib.stride_tricks.sliding_window_view(padded, len(weights), 0)
    smooth: Paths = around @ (weights / weights.sum())
    return smooth


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
