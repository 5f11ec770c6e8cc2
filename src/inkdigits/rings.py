"""Circles and boxes drawn around digits, told from the digits: with a circle around it a 1 would be a 0."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inkdigits.connected import extents, labelled
from inkdigits.straight import straightness
from inkdigits.types import FloatArray, Mask, Stroke
from inkdigits.windows import eroded

#: What stands within a ring is at least so many times as high, and so many of its heights off its sides.
WITHIN, AWAY = 0.2, 0.13
#: One straight stroke within that leans by so many degrees is that of a 0 struck through; so many times its
#: deviation across is that along.
LEANING, STRAIGHT = 20.0, 5.0
#: A ring's stroke goes at least so far around what is within, in turns.
AROUND = 5 / 6
#: So much of a ring's ink is its outermost stroke, which trembles and overlaps within so many of its widths.
OUTERMOST, WIDTHS = 0.97, 2
#: So much of its box a ring encloses.
ENCLOSED = 0.6
#: Only so many strokes or parts are looked at, the largest first.
MOST = 16


def without_rings(strokes: Sequence[Stroke]) -> list[Stroke]:
    """The strokes, none of them empty, but for those that go around others."""
    if len(strokes) < 2:
        return list(strokes)
    low, high = (np.array([end(stroke, 0) for stroke in strokes]) for end in (np.min, np.max))
    boxes = np.column_stack((low[:, 1], high[:, 1], low[:, 0], high[:, 0])).astype(float)
    left_out = {
        place for place, inner in _around(boxes, strokes.__getitem__)
        if _turns(strokes[place], (low[inner] + high[inner]) / 2) >= AROUND
    }  # fmt: skip
    return [stroke for place, stroke in enumerate(strokes) if place not in left_out]


def rings(ink: FloatArray) -> Mask:
    """Where in the ink `[H, W]` closed or nearly closed strokes are that stand around other ink."""
    found = np.zeros(ink.shape, bool)
    labels = labelled(ink > 0)
    boxes = extents(labels) + np.array((0, 1, 0, 1))
    for place, _ in _around(boxes, lambda inner: np.argwhere(labels == inner + 1)[:, ::-1]):
        top, bottom, left, right = boxes[place]
        if _is_ring(own := labels[top:bottom, left:right] == place + 1):
            found[top:bottom, left:right] |= own
    return found


def _around(boxes: NDArray[Any], points: Callable[[int], NDArray[Any]]) -> Iterator[tuple[int, int]]:
    """The places of the largest boxes that hold others, and of the highest in each; not if that is all, and
    its `points` are a slash. Boxes are given as top, bottom, left and right, `[n, 4]`."""
    sizes = (boxes[:, 1] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 2])
    for place in np.argsort(-sizes, kind="stable")[:MOST].tolist():
        inner = _within(boxes, place).tolist()
        if inner and not (len(inner) == 1 and _is_slash(points(inner[0]))):
            yield place, inner[0]


def _within(boxes: NDArray[Any], place: int) -> NDArray[np.intp]:
    """The places of boxes of some height that lie within one, the highest first."""
    top, bottom, left, right = boxes.T
    heights = bottom - top
    away = AWAY * heights[place]
    inner = (top > top[place] + away) & (bottom < bottom[place] - away)
    inner &= (left > left[place] + away) & (right < right[place] - away)
    places = np.flatnonzero(inner & (heights >= WITHIN * heights[place]))
    return places[np.argsort(-heights[places], kind="stable")]


def _is_slash(points: NDArray[Any]) -> bool:
    """Whether points `[n, 2]` (x, y) are those of a straight stroke that leans far."""
    times, lean = straightness(points)
    return times >= STRAIGHT and abs(lean) >= LEANING


def _turns(stroke: Stroke, middle: FloatArray) -> float:
    """How often a stroke goes around a point."""
    across, down = (stroke - middle).T
    angles = np.unwrap(np.arctan2(down, across))
    return float(abs(angles[-1] - angles[0]) / (2 * np.pi))


def _is_ring(part: Mask) -> bool:
    """Whether nearly all of connected ink is one stroke around what it encloses."""
    filled = np.pad(_between(part, 0) | _between(part, 1), 1)
    rim = filled & ~eroded(filled, 3)
    width = max(1, round(np.count_nonzero(part) / np.count_nonzero(rim)))
    outermost = part & ~eroded(filled, 2 * WIDTHS * width + 1)[1:-1, 1:-1]
    return bool(
        np.count_nonzero(outermost) >= OUTERMOST * np.count_nonzero(part)
        and np.count_nonzero(filled) >= ENCLOSED * part.size
    )


def _between(part: Mask, axis: int) -> Mask:
    """What has ink before and behind it along an axis, and the ink."""
    before = np.logical_or.accumulate(part, axis)
    behind = np.flip(np.logical_or.accumulate(np.flip(part, axis), axis), axis)
    between: Mask = before & behind
    return between
