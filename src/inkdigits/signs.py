"""Candidates in lines -> the same, but for signs: slashes, brackets and ticks are like ones, a $ like a 5.

What tells them apart is their shape, where they stand, and how the same hand writes its ones.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise, product

import numpy as np
from numpy.typing import NDArray

from inkdigits.straight import straightness
from inkdigits.types import Candidate, Mask

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
#: Of a bracket's height: how far at least its middle is off the straight line between its ends, with its
#: partner and without, how far at most it is off a parabola, and how wide its pen is; of so many rows.
BOWED, BOWED_ALONE = 0.08, 0.12
SMOOTH, NARROW = 0.03, 0.25
ROWS = 8
#: Its box is no wider than this share of its height.
SLENDER = 0.6
#: Share of a bracket's rows that the pen crosses just once.
ONCE = 0.85
#: A bracket that has a partner is so many times as high as the digits.
HIGH = 0.95
#: The stroke through a $ is inked over so much of its length; on either side, farther off than this share of
#: its height, is so much of all ink; it begins and ends in so much of the height.
THROUGH, ASIDE, OFF, ENDS = 0.95, 0.12, 0.06, 1 / 20
#: The two legs of a tick (a check mark) meet in so much of its height, by so many pixels a row, before its
#: foot; above them, in this share of it, there is but one.
LEGS, MEETING, ONE_LEG = 0.15, 0.3, 0.35
#: How probably a sign is a digit all the same, and what may be a 1 or a bracket.
STILL, EITHER = 0.05, 0.55

Line = Sequence[Candidate]


def without_signs(lines: list[list[Candidate]]) -> list[list[Candidate]]:
    """The candidates of a page in lines from left to right, the signs among them hardly digits any more; the
    very same lines where there are none."""
    if all(len(line) < 2 for line in lines):
        return lines
    told = {id(one): exists for line in lines for one, exists in _brackets(line)}
    likely = [[one for one in line if one.exists > 0.5 and id(one) not in told] for line in lines]
    told |= {id(one): STILL for one in (*_slashes(likely), *_ends(likely))}
    if not told:
        return lines
    return [
        [replace(one, exists=min(told[id(one)], one.exists)) if id(one) in told else one for one in line]
        for line in lines
    ]


def _ends(lines: Sequence[Line]) -> list[Candidate]:
    """The dollar signs and ticks before or behind the numbers of a page."""
    ends = [one for line in lines if len(line) > 1 for one in (line[0], line[-1])]
    return [one for one in ends if _is_end_sign(one)]


def _is_end_sign(candidate: Candidate) -> bool:
    """Whether it is a sign that stands before or behind numbers, and is read as a 1 or a 5."""
    value = candidate.probabilities.argmax()
    return bool(
        (value == 1 and _is_tick(_inked(candidate))) or (value == 5 and _is_crossed(_inked(candidate)))
    )


def _inked(candidate: Candidate) -> Mask:
    """Where its ink is, without empty rows."""
    inked: Mask = candidate.ink > INKED
    return inked[inked.any(1)]


def _is_tick(inked: Mask) -> bool:
    """Whether it has two legs below that meet, and one above."""
    height, legs = len(inked), (np.diff(inked, axis=1, prepend=False) & inked).sum(1)
    two = np.flatnonzero(legs == 2)
    if height < ROWS or len(two) < LEGS * height or two[0] < ONE_LEG * height:
        return False
    first, last = _sides(inked[two[[0, -1]]])
    apart, together = last - first
    meet = apart - together >= MEETING * (two[-1] - two[0])
    return bool(meet and (legs[[0, -1]] == 1).all())


def _sides(inked: Mask) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The first column of each row that is inked, and the one behind the last."""
    return inked.argmax(1), inked.shape[1] - inked[:, ::-1].argmax(1)


def _is_crossed(inked: Mask) -> bool:
    """Whether a straight stroke goes through all of the ink from top to foot, with ink on both sides."""
    if (height := len(inked)) < ROWS:
        return False
    ends = math.ceil(ENDS * height)
    top, foot = (float(np.argwhere(some)[:, 1].mean()) for some in (inked[:ends], inked[-ends:]))
    stroke = np.linspace(top, foot, height)
    off = np.arange(inked.shape[1]) - stroke[:, None]
    through = inked[np.arange(height), np.rint(stroke).astype(int)].mean()
    aside = min((inked & (side > OFF * height)).sum() for side in (off, -off))
    return bool(through >= THROUGH and aside >= ASIDE * inked.sum())


def _slashes(lines: Sequence[Line]) -> list[Candidate]:
    """The slashes of a page: in twos as in a date, or one by itself that is higher than all ones."""
    told = [_slashes_and_ones(line) for line in lines]
    highest = max((one.box.height for _, ones in told for one in ones), default=0)
    return [
        one for slashes, _ in told for one in slashes
        if len(slashes) == 2 or one.box.height * ALIKE > highest
    ]  # fmt: skip


def _slashes_and_ones(line: Line) -> tuple[list[Candidate], list[Candidate]]:
    """The bars of a line that may be slashes, and those that are ones."""
    leans = [_lean(one) for one in line]
    slashes = _leaning(leans, line)
    ones = [place for place, lean in enumerate(leans) if lean is not None and place not in slashes]
    return [line[place] for place in slashes], [line[place] for place in ones]


def _leaning(leans: Sequence[float | None], line: Line) -> list[int]:
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
    times, lean = straightness(np.argwhere(candidate.ink > INKED)[:, ::-1])
    return lean if times >= SLIM else None


def _brackets(line: Line) -> list[tuple[Candidate, float]]:
    """The brackets of a line, each with how probably it is a digit: those that open and close around digits,
    or a single one that closes, as behind the number of a question; one that opens may as well be a 1."""
    bows = [_bow(one) for one in line]
    bowed = [place for place, bow in enumerate(bows) if abs(bow) >= BOWED]
    digits = [one.box.height for place, one in enumerate(line) if place not in bowed and one.exists > 0.5]
    if not bowed or not digits:
        return []
    high = HIGH * float(np.median(digits))
    if pairs := list(_pairs([bow * (one.box.height >= high) for one, bow in zip(line, bows, strict=True)])):
        return [(line[place], STILL) for pair in pairs for place in pair]
    alone = [
        (line[place], STILL if place and bows[place] < 0 and reach > BEYOND else EITHER) for place in bowed
        if abs(bows[place]) >= BOWED_ALONE and (reach := _reach(line, place)) > 0
    ]  # fmt: skip
    return alone if len(alone) == 1 else []


def _pairs(bows: Sequence[float]) -> Iterator[tuple[int, int]]:
    """The places of brackets that open, and of those that close next, with something between."""
    opened = None
    for place, bow in enumerate(bows):
        if bow >= BOWED:
            opened = place
        elif bow <= -BOWED and opened is not None:
            if place - opened > 1:
                yield opened, place
            opened = None


def _reach(line: Line, place: int) -> float:
    """How far what is read as a 1 reaches above as well as below those on either side, in heights."""
    return min(_stand(line, place)[1:]) if line[place].probabilities.argmax() == 1 else 0.0


def _bow(candidate: Candidate) -> float:
    """How far the middle of a smooth bar is to the left of the line between its ends, in its heights; 0 where
    it is none."""
    height, width = candidate.ink.shape
    if width > SLENDER * height or len(inked := _inked(candidate)) < ROWS:
        return 0.0
    widths, (first, last) = inked.sum(1), _sides(inked)
    if np.median(widths) > NARROW * len(inked) or (last - first == widths).mean() < ONCE:
        return 0.0
    down = np.linspace(-1, 1, len(inked))
    square = down**2 - (down**2).mean()
    middles = (first + last) / 2 - ((first + last) / 2).mean()
    lean, bow = (float(middles @ form / (form @ form)) for form in (down, square))
    off = middles - lean * down - bow * square
    return bow / len(inked) if np.sqrt((off**2).mean()) <= SMOOTH * len(inked) else 0.0


def _stand(line: Line, place: int) -> tuple[float, float, float]:
    """How high the candidate at a place is, and how far it reaches above and below those on either side, in
    heights of the others."""
    high = float(np.median([one.box.height for one in (*line[:place], *line[place + 1 :])]))
    beside = [*line[max(0, place - SIDE) : place], *line[place + 1 : place + 1 + SIDE]]
    box = line[place].box
    top = float(np.median([one.box.y for one in beside]))
    foot = float(np.median([one.box.y + one.box.height for one in beside]))
    return box.height / high, (top - box.y) / high, (box.y + box.height - foot) / high
