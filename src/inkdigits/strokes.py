"""Pen strokes -> Ink: draws the pen's path as a line of even width with round ends."""

from __future__ import annotations

import math
from collections.abc import Sequence
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from inkdigits.errors import BadStrokes
from inkdigits.rings import without_rings
from inkdigits.types import Ink, Stroke
from inkdigits.underline import without_lines

#: Height in ink pixels that a line of writing is drawn at, if all of it has no more pixels than this.
HEIGHT = 64
MOST_PIXELS = 2**20
#: Drawn this many times larger and averaged down, for smooth edges.
OVERSAMPLE = 4
#: Pen width as a share of a line's height, about that of MNIST.
PEN = 0.12
#: Writing wider or higher than this many times a line's height is a lying stroke, or dots.
WIDE = 32
#: Strokes farther apart than these shares of the writing's height and of the highest stroke's, all along, are
#: of two lines.
APART, BETWEEN = 0.03, 0.1
#: A stroke takes far more time than another point in one.
MOST_STROKES, MOST_POINTS = 10_000, 100_000
FARTHEST = 1e6


def to_strokes(strokes: Sequence[Sequence[Sequence[Any]]]) -> list[Stroke]:
    """Check strokes given as lists of `[x, y]` (more numbers a point are passed over).

    Raises BadStrokes where they are not lists of finite points within a million of the origin, or too many.
    """
    if len(strokes) > MOST_STROKES:
        raise BadStrokes(f"There are over {MOST_STROKES:,} strokes", "Send fewer strokes.")
    try:
        checked = [_points(stroke) for stroke in strokes if len(stroke)]
    except (TypeError, ValueError, LookupError, OverflowError):
        raise BadStrokes("The strokes are not lists of [x, y] points") from None
    if sum(map(len, checked)) > MOST_POINTS:
        raise BadStrokes(f"The strokes hold over {MOST_POINTS:,} points", "Send fewer points.")
    if not all((np.abs(stroke) <= FARTHEST).all() for stroke in checked):
        raise BadStrokes("The strokes hold a number that is not finite or beyond a million")
    return [stroke.astype(np.float32) for stroke in checked]


def _points(stroke: Sequence[Sequence[Any]]) -> NDArray[np.float64]:
    """One stroke as `[n, 2]`; text, booleans and times are no numbers here."""
    flat = [value for point in stroke for value in (point[0], point[1])]
    kinds = {*map(type, flat)}
    if kinds & {bool, np.timedelta64} or not all(issubclass(kind, Real) for kind in kinds):
        raise TypeError
    return np.array(flat, np.float64).reshape(-1, 2)


def render(strokes: Sequence[Stroke], pen: float = PEN) -> Ink:
    """Draw strokes as ink whose highest line is about HEIGHT pixels high.

    `pen` is the pen's width as a share of that line's height. Rings around other strokes, and long
    lines beside them, are left out. No strokes give an ink of one blank pixel.
    """
    if not strokes:
        return Ink(np.zeros((1, 1), np.float32))
    strokes = without_lines(without_rings(strokes))
    points = np.concatenate(strokes)
    low, size = points.min(0), np.ptp(points, axis=0)
    height = max(_line_height(strokes), float(size.max()) / WIDE, TINY)
    scale = max(height / HEIGHT, math.sqrt(float(size[0]) * float(size[1]) / MOST_PIXELS))
    width = pen * height / scale
    margin = int(np.ceil(width / 2)) + 1
    across, down = (int(side / scale) + 1 + 2 * margin for side in size)
    canvas = Image.new("L", (across * OVERSAMPLE, down * OVERSAMPLE))
    draw = ImageDraw.Draw(canvas)
    for stroke in strokes:
        path = ((stroke - low) / scale + margin) * OVERSAMPLE
        _line(draw, path, width * OVERSAMPLE)
    pixels = np.asarray(canvas.reduce(OVERSAMPLE), np.float32) / np.float32(255)
    left, top = (float(corner - margin * scale) for corner in low)
    return Ink(pixels, scale, left, top)


TINY = 1e-6


def _line_height(strokes: Sequence[Stroke]) -> float:
    """The height of the highest line: of strokes with hardly a gap from side to side between them."""
    spans = sorted((float(stroke[:, 1].min()), float(stroke[:, 1].max())) for stroke in strokes)
    whole, highest = max(end for _, end in spans) - spans[0][0], max(end - start for start, end in spans)
    apart = min(APART * whole, BETWEEN * highest)
    tallest, top, bottom = 0.0, 0.0, -math.inf
    for start, end in spans:
        top, bottom = (start, end) if start > bottom + apart else (top, max(bottom, end))
        tallest = max(tallest, bottom - top)
    return tallest


def _line(draw: ImageDraw.ImageDraw, path: Stroke, width: float) -> None:
    """One stroke: segments, and a disc at every point for round joints and ends."""
    corners = [(float(x), float(y)) for x, y in path]
    draw.line(corners, fill=255, width=max(1, round(width)))
    radius = width / 2
    for x, y in corners:
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
