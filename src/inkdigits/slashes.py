"""Candidates in lines -> the same, but for slashes: each alone is a leaning 1.

What tells them apart is where they stand, and how the same hand writes its ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise, product

import numpy as np

from inkdigits.types import Candidate

#: How many digits stand before, between and after the slashes of a date.
DATE = tuple(product((1, 2), (1, 2), (2, 4))) + tuple(product((4,), (1, 2), (1, 2)))
#: A bar is so many times as long as wide (by its ink's deviations); a slash leans so many degrees.
SLIM, LEANING = 5.0, 6.0
INKED = 0.5
#: How many of the digits on either side count for where the others stand.
SIDE = 2
#: A slash of a date is so many times as high as the others, and reaches as low; one by itself reaches above
#: and below them by so many of their heights, and no 1 on the page is a bar so many times as high.
HIGHER, BEYOND, ALIKE = 1.03, 0.06, 0.9
#: How probably it is a digit all the same.
STILL = 0.05

Line = Sequence[Candidate]


def without_slashes(lines: list[list[Candidate]]) -> list[list[Candidate]]:
    """The candidates of a page in lines from left to right, the slashes among them hardly digits any more;
    the very same lines where there are none."""
    likely = [[one for one in line if one.exists > 0.5] for line in lines]
    if all(len(line) < 3 for line in likely):
        return lines
    told = [_slashes_and_ones(line) for line in likely]
    highest = max((one.box.height for _, ones in told for one in ones), default=0)
    taken = {
        id(one) for slashes, _ in told for one in slashes
        if len(slashes) == 2 or one.box.height * ALIKE > highest
    }  # fmt: skip
    if not taken:
        return lines
    return [[replace(one, exists=STILL) if id(one) in taken else one for one in line] for line in lines]


def _slashes_and_ones(line: Line) -> tuple[list[Candidate], list[Candidate]]:
    """The bars of a line that may be slashes, and those that are ones."""
    leans = [_lean(one) for one in line]
    slashes = _slashes(leans, line)
    ones = [place for place, lean in enumerate(leans) if lean is not None and place not in slashes]
    return [line[place] for place in slashes], [line[place] for place in ones]


def _slashes(leans: Sequence[float | None], line: Line) -> list[int]:
    """The places in a line of bars that stand as the two slashes of a date do, or as a single one."""
    inner = [place for place in range(1, len(line) - 1) if (leans[place] or 0) >= LEANING]
    stands = [(place, *_stand(line, place)) for place in inner]
    dated = [place for place, high, _, below in stands if high >= HIGHER and below >= 0]
    digits = tuple(after - before - 1 for before, after in pairwise([-1, *dated, len(line)]))
    if digits in DATE:
        return dated
    alone = [place for place, _, above, below in stands if min(above, below) > BEYOND]
    return alone if len(alone) == 1 else []


def _lean(candidate: Candidate) -> float | None:
    """By how many degrees to the right a candidate leans; None where it is not read as a 1, or is no bar."""
    if candidate.probabilities.argmax() != 1:
        return None
    places = np.argwhere(candidate.ink > INKED)
    if len(places) < 2:
        return None
    (down, both), (_, across) = np.cov(places.T)
    middle, apart = (down + across) / 2, np.hypot((down - across) / 2, both)
    if middle + apart < SLIM**2 * (middle - apart):
        return None
    return float(np.degrees(np.arctan2(-2 * both, down - across) / 2))


def _stand(line: Line, place: int) -> tuple[float, float, float]:
    """How high the candidate at a place is, and how far it reaches above and below those on either side, in
    heights of the others."""
    high = float(np.median([one.box.height for one in (*line[:place], *line[place + 1 :])]))
    beside = [*line[max(0, place - SIDE) : place], *line[place + 1 : place + 1 + SIDE]]
    box = line[place].box
    top = float(np.median([one.box.y for one in beside]))
    foot = float(np.median([one.box.y + one.box.height for one in beside]))
    return box.height / high, (top - box.y) / high, (box.y + box.height - foot) / high
