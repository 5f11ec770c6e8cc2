"""Forms of digits that MNIST and pendigits hardly have, drawn: ones with a long upstroke and sevens with
a bar, as much of Europe and Latin America writes them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.random import Generator

from inkdigits.types import Stroke

#: How many of each are drawn.
EACH = 1500
#: Points to which a pen's path is refined, to be bent smoothly.
POINTS = 24


def variants(random: Generator) -> tuple[list[tuple[Stroke, ...]], list[int]]:
    """Trajectories, y down, with their labels."""
    ones = [_one(random) for _ in range(EACH)]
    sevens = [_seven(random) for _ in range(EACH)]
    return ones + sevens, [1] * EACH + [7] * EACH


def _one(random: Generator) -> tuple[Stroke, ...]:
    """Up from the left, down to the foot, and at times a serif."""
    start = (-random.uniform(0.15, 0.7), random.uniform(0.25, 0.95))
    foot = random.normal(0, 0.06)
    strokes = [_path([start, (random.normal(0, 0.03), 0.0), (foot, 1.0)], random)]
    if random.random() < 0.2:
        strokes.append(
            _path([(foot - random.uniform(0.1, 0.3), 1.0), (foot + random.uniform(0.1, 0.3), 1.0)], random)
        )
    return tuple(strokes)


def _seven(random: Generator) -> tuple[Stroke, ...]:
    """Across, down to the left, and a bar."""
    wide, foot = random.uniform(0.45, 0.8), random.uniform(0.0, 0.4)
    start = [(0.0, random.uniform(0.08, 0.25))] if random.random() < 0.3 else []
    body = _path(
        [*start, (0.0, random.normal(0.03, 0.03)), (wide, random.normal(0, 0.04)), (foot, 1.0)], random
    )
    middle, reach = random.uniform(0.4, 0.62), random.uniform(0.12, 0.35)
    across = wide + (foot - wide) * middle
    tilt = random.normal(0, 0.06)
    bar = _path([(across - reach, middle + tilt), (across + reach, middle - tilt)], random)
    return body, bar


def _path(corners: Sequence[tuple[float, float]], random: Generator) -> Stroke:
    """A pen's path through the corners, a little bent, 100 units high."""
    places = np.linspace(0, len(corners) - 1, POINTS)
    path = np.stack([np.interp(places, np.arange(len(corners)), axis) for axis in np.transpose(corners)], 1)
    bend = random.normal(0, 0.03, 2) * np.sin(np.pi * (places / places[-1]))[:, None]
    whole: Stroke = ((path + bend) * 100).astype(np.float32)
    return whole
