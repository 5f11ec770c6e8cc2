"""Boxes -> lines of writing, in reading order, and the wide gaps in a line."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from inkdigits.types import Box

#: A box goes on with a line if its middle is no farther from that of the line's last box than
#: this share of the higher of the two.
LEVEL = 0.55
#: A gap is wide if it is larger than so many usual heights and so many of the line's usual gaps.
WIDE_HEIGHTS = 1.0
WIDE_GAPS = 2.5


def in_lines(given: Sequence[Box], turned: int = 0) -> list[list[int]]:
    """The places of the boxes in reading order: lines from the top, each from left to right.

    Lines may slope: each box is held against the one before it. `turned` is by how many degrees
    clockwise (0, 90, 180, 270) the page was turned.
    """
    boxes = [_upright(box, turned) for box in given]
    lines: list[list[int]] = []
    for place in sorted(range(len(boxes)), key=lambda at: boxes[at].x + boxes[at].width / 2):
        nearest = min(lines, key=lambda line: _off(boxes[line[-1]], boxes[place]), default=None)
        if nearest is not None and _off(boxes[nearest[-1]], boxes[place]) <= LEVEL:
            nearest.append(place)
        else:
            lines.append([place])
    return sorted(lines, key=lambda line: sum(_middle(boxes[at]) for at in line) / len(line))


def wide_gaps(given: Sequence[Box], turned: int = 0) -> list[bool]:
    """Whether a wide gap stands before each box of one line, given in reading order."""
    boxes = [_upright(box, turned) for box in given]
    gaps = [max(0, after.x - before.x - before.width) for before, after in pairwise(boxes)]
    if not gaps:
        return [False] * len(boxes)
    limit = max(WIDE_HEIGHTS * median(box.height for box in boxes), WIDE_GAPS * median(gaps))
    return [False, *(gap > limit for gap in gaps)]


def _upright(box: Box, turned: int) -> Box:
    """The box once the page is turned back, about its top left corner."""
    for _ in range(turned // 90):
        box = Box(box.y, -(box.x + box.width), box.height, box.width)
    return box


def _middle(box: Box) -> float:
    return box.y + box.height / 2


def _off(one: Box, other: Box) -> float:
    """How far apart the middles' heights are, in heights."""
    return abs(_middle(one) - _middle(other)) / max(one.height, other.height, 1)
