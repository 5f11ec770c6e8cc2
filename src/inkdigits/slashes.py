"""Candidates of a line -> the same, but for the slashes of a date: each alone is a leaning 1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import product

import numpy as np

from inkdigits.types import Candidate, FloatArray

#: How many digits stand before, between and after the slashes of a date.
DATE = tuple(product((1, 2), (1, 2), (2, 4))) + tuple(product((4,), (1, 2), (1, 2)))
#: A slash is so many times as high as the other digits, and reaches below those on either side.
HIGHER = 1.03
SIDE = 2
#: Its ink lies on a line that leans to the right, by the correlation of rows and columns.
ALIGNED = -0.7
INKED = 0.5
#: How probably it is a digit all the same.
STILL = 0.05


def without_slashes(line: Sequence[Candidate]) -> list[Candidate]:
    """The candidates of a line from left to right, the slashes of a date hardly digits any more."""
    probable = [one for one in line if one.exists > 0.5]
    places = [place for place in range(1, len(probable) - 1) if _may_be_slash(place, probable)]
    if len(places) != 2:
        return list(line)
    first, second = places
    if (first, second - first - 1, len(probable) - second - 1) not in DATE:
        return list(line)
    slashes = id(probable[first]), id(probable[second])
    return [replace(one, exists=STILL) if id(one) in slashes else one for one in line]


def _may_be_slash(place: int, line: Sequence[Candidate]) -> bool:
    """Whether the candidate at a place within a line is shaped and stands like a slash."""
    before, own, after = line[:place], line[place], line[place + 1 :]
    if own.probabilities.argmax() != 1:
        return False
    high = np.median([one.box.height for one in (*before, *after)])
    foot = np.median([one.box.y + one.box.height for one in (*before[-SIDE:], *after[:SIDE])])
    beyond = own.box.height >= HIGHER * high and own.box.y + own.box.height >= foot
    return bool(beyond and _lean(own.ink) <= ALIGNED)


def _lean(ink: FloatArray) -> float:
    """The correlation of the ink's rows and columns, `[h, w]`; 0 where there is no more than a point."""
    places = np.argwhere(ink > INKED)
    if not len(places):
        return 0.0
    off = places - places.mean(0)
    (high, both), (_, wide) = off.T @ off
    return float(both / max(np.sqrt(high * wide), 1.0))
