"""A line under a number, told from the digits that it touches: with it a 7 would be a 2."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from inkdigits.connected import extents, labelled
from inkdigits.straight import straightness
from inkdigits.types import FloatArray, Mask, Stroke

#: Connected ink with a line under it is so many times as wide as high at least, and so wide (pixels).
WIDE, SHORTEST = 1.5, 48
#: The line is no thicker than this share of its height (or so many pixels), and rises or falls by less than
#: this share of its width.
THICK, THIN, STEEP = 0.2, 3, 0.15
#: The line goes along this share of the foot, no farther off than it is thick (or so many pixels); over this
#: share of the width there is nothing else.
ALONG, OFF, BARE = 0.8, 1.5, 0.2
#: What is not the line is this share of the ink at least; below it is so much of what is above at most.
REST, BELOW = 0.35, 0.2
#: A straight stroke of a drawing is a line if it lies within so many degrees and is so many times as long as
#: the others usually are, or stands and is; or stands, crosses one that lies, and is as long as that.
SLANT, LYING, STANDING = 20.0, 1.5, 3.0
#: Only the longest that lie are held against those that stand.
LONGEST = 64
#: The others together are so many times as large as they usually are: more than one digit.
SEVERAL = 1.5
#: So many times a straight stroke's deviation across is that along.
STRAIGHT = 15.0


def without_lines(strokes: Sequence[Stroke]) -> list[Stroke]:
    """The strokes, none of them empty, but for lines under, over or between numbers, and around them."""
    if len(strokes) < 2:
        return list(strokes)
    slants = np.array([_slant(stroke) for stroke in strokes])
    low, high = (np.array([end(stroke, 0) for stroke in strokes]) for end in (np.min, np.max))
    sizes = (high - low).max(1)
    lying, standing = (np.abs(slants - way) <= SLANT for way in (0, 90))
    # Where there are no others, those that stand are ones.
    others = ~lying if (lying | standing).all() else ~(lying | standing)
    usual = float(np.median(sizes[others])) if others.any() else 0.0
    if not usual or (high[others].max(0) - low[others].min(0)).max() < SEVERAL * usual:
        return list(strokes)
    lying &= sizes >= LYING * usual
    longest = np.argsort(-sizes * lying, kind="stable")[: min(LONGEST, np.count_nonzero(lying))]
    before, behind = (one[:, None] < other[longest] for one, other in ((low, high), (-high, -low)))
    crossing = np.all(before & behind, axis=2).any(axis=1)
    standing &= (sizes >= STANDING * usual) | ((sizes >= LYING * usual) & crossing)
    return [stroke for stroke, line in zip(strokes, (lying | standing).tolist(), strict=True) if not line]


def _slant(stroke: Stroke) -> float:
    """How many degrees a straight stroke is off lying, 0 to 90; not a number for another."""
    times, lean = straightness(stroke)
    return 90 - abs(lean) if times >= STRAIGHT else np.nan


def underlines(ink: FloatArray) -> Mask:
    """Where in the ink `[H, W]` lines under something are, but for where strokes cross them."""
    found = np.zeros(ink.shape, bool)
    labels = labelled(ink > 0)
    for label, (top, bottom, left, right) in enumerate(extents(labels).tolist(), 1):
        if right - left + 1 >= max(SHORTEST, WIDE * (bottom - top + 1)):
            place = np.s_[top : bottom + 1, left : right + 1]
            found[place] |= _underline(labels[place] == label)
    return found


def _underline(part: Mask) -> Mask:
    """The line along the foot of connected ink, or nothing."""
    rows = np.arange(len(part))[:, None]
    foot, depths = _lowest(part)
    thick = int(np.median(depths))
    straight = _straight(foot)
    near = np.abs(foot - straight) <= max(OFF, thick)
    bare = near & (depths <= 1.5 * thick + 1) & (np.count_nonzero(part, 0) == depths)
    low = np.where(near, foot, np.round(straight))
    line = part & (rows >= low - thick) & (rows <= low + 1) & (foot <= low + max(2, thick))
    above, below = (np.count_nonzero(part & side) for side in (rows < low - thick, rows > low + 1))
    is_one = (
        thick <= max(THIN, THICK * len(part))
        and np.ptp(straight) <= STEEP * len(foot)
        and near.mean() >= ALONG
        and bare.mean() >= BARE
        and below <= BELOW * above
        and np.count_nonzero(line) <= (1 - REST) * np.count_nonzero(part)
    )
    return line if is_one else np.zeros_like(part)


def _lowest(part: Mask) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Of each column the lowest row with ink, and how many there are without a gap."""
    height, upwards = len(part), part[::-1]
    start = upwards.argmax(0)
    gaps = ~upwards & (np.arange(height)[:, None] > start)
    return height - 1 - start, np.where(gaps.any(0), gaps.argmax(0), height) - start


def _straight(foot: NDArray[np.intp]) -> NDArray[np.float64]:
    """The straight line along most of the foot: medians, as of slopes over half the width."""
    places, half = np.arange(len(foot)), len(foot) // 2
    level = foot - float(np.median(foot[half:] - foot[: len(foot) - half])) / half * places
    line: NDArray[np.float64] = foot - level + np.median(level)
    return line
