"""What a quick hand joins: zeros in one stroke, as round amounts end, and digits by a thin line."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from inkdigits.strokes import render
from inkdigits.types import FloatArray, Stroke

#: Points of one zero, and the pen's width as a share of its height.
POINTS = 24
PENS = (0.05, 0.24)
#: The pen is lifted between two zeros that often.
LIFTED = 0.3
#: Links are drawn this many times larger and averaged down, for smooth edges.
OVERSAMPLE = 4


def zeros(tall: float, slant: float, random: Generator) -> tuple[FloatArray, NDArray[np.float64]]:
    """Ink `[h, w]`, 0 to 1, of two to four zeros, and in it their boxes `[n, 4]` (left, top, right, bottom).

    The pen's path is about `tall` pixels high; its width comes on top.
    """
    loops = _loops(int(random.choice((2, 3, 3, 4))), slant, random)
    pen = float(np.exp(random.uniform(*np.log(PENS))))
    ink = render(_strokes(loops, random), pen)
    high = np.mean([np.ptp(loop[:, 1]) for loop in loops]) / ink.scale
    size = [max(2, round(side * tall / high)) for side in reversed(ink.pixels.shape)]
    made = np.asarray(Image.fromarray(ink.pixels).resize(size, Image.Resampling.BICUBIC)).clip(0, 1)
    edges = np.array([(*(loop.min(0) - pen / 2), *(loop.max(0) + pen / 2)) for loop in loops])
    corner, shrunk = (ink.left, ink.top) * 2, np.tile(size, 2) / np.tile(ink.pixels.shape[::-1], 2)
    return made, (edges - corner) / ink.scale * shrunk


def _loops(count: int, slant: float, random: Generator) -> list[Stroke]:
    """Points `[POINTS, 2]` of each zero, one unit high or so, on one line and in writing order."""
    wide, first = random.uniform(0.5, 1.5), random.uniform(-0.6, 0.9)
    pitch = wide * random.uniform(0.8, 1.4)
    loops = []
    for place in range(count):
        turn = np.linspace(0, 2 * np.pi * random.uniform(0.93, 1.12), POINTS)
        angle = first - np.pi / 2 - turn
        round_ = 1 + 0.08 * np.cos(2 * angle + random.uniform(0, 2 * np.pi))
        across, high = np.exp(random.normal(0, 0.1, 2)) * (wide, 1) / 2
        x, y = across * round_ * np.cos(angle), high * (round_ * np.sin(angle) - 1)
        loops.append(np.stack((place * pitch + x - slant * y, y), 1).astype(np.float32))
    return loops


def _strokes(loops: list[Stroke], random: Generator) -> list[Stroke]:
    """The zeros as strokes: one of all of them, but where the pen is lifted."""
    strokes = [loops[0]]
    for loop in loops[1:]:
        if random.random() < LIFTED:
            strokes.append(loop)
        else:
            strokes[-1] = np.concatenate((strokes[-1], loop))
    return strokes


def link(
    page: FloatArray, start: tuple[float, float], end: tuple[float, float], wide: float, sag: float
) -> None:
    """Draw a line onto the ink of a page `[H, W]` from a point (x, y) to another; it is `wide` pixels
    wide and hangs through by `sag`."""
    t = np.linspace(0, 1, 9)[:, None]
    path = np.array(start) * (1 - t) + np.array(end) * t + np.array((0, 4 * sag)) * t * (1 - t)
    low = np.maximum(np.floor(path.min(0) - wide).astype(int), 0)
    under = page[low[1] : int(path[:, 1].max() + wide) + 2, low[0] : int(path[:, 0].max() + wide) + 2]
    canvas = Image.new("L", (under.shape[1] * OVERSAMPLE, under.shape[0] * OVERSAMPLE))
    if not under.size:
        return
    corners = [tuple(point) for point in ((path - low) * OVERSAMPLE).tolist()]
    ImageDraw.Draw(canvas).line(corners, fill=255, width=max(1, round(wide * OVERSAMPLE)), joint="curve")
    np.maximum(under, np.asarray(canvas.reduce(OVERSAMPLE), np.float32) / np.float32(255), out=under)
