"""Raster -> Ink: which way round the picture is, what its paper is, and how dark the pen."""

from __future__ import annotations

import numpy as np
from PIL import Image

from inkdigits.types import FloatArray, Ink, Raster

#: Larger pictures are averaged down to this longest side (pixels) before anything else.
WORKING_SIDE = 1024
#: Levels and noise are taken from about this many evenly spread pixels.
SAMPLES = 4096
#: Between these shares of the pen's contrast, ink rises from 0 to 1.
PAPER_SHARE = 0.15
PEN_SHARE = 0.9
#: A page whose strongest contrast is below this (of black to white), or within so many standard
#: deviations of the paper's grain, is blank.
FAINTEST = 0.04
BLANK_NOISES = 6.0
#: On other pages what is within so many is paper.
PAPER_NOISES = 4.0
#: Standard deviation of a normal distribution, in median absolute deviations.
GAUSS = 1.4826
TINY = 1e-6
#: The paper's light is measured on a grid of this many cells a side, if pixels allow.
CELLS = 8
SMALLEST_CELL = 16
#: In a cell, this share of the pixels is no closer to white than its paper (for dark pens).
PAPER_RANK = 0.75
#: Where half the page is closer than this to its tone, the light is even.
EVEN = 0.01
#: What a cell darker than the paper's surface (for dark pens) counts beside a lighter one.
PEN_WEIGHT = 0.02
ROUNDS = 8


def find_ink(raster: Raster) -> Ink:
    """Tell pen from paper, whichever of the two is darker.

    The paper's level is the commonest tone of page and margin, followed over the page where the
    light is uneven. Ink below the noise is exactly 0; a picture without ink is all zeros.
    """
    pixels, factor = _bounded(raster.pixels)
    tone = _paper_tone(pixels)
    dark = tone - float(pixels.min()) >= float(pixels.max()) - tone
    paper = _paper(pixels, tone, dark)
    depth = paper - pixels if dark else pixels - paper
    strongest, grain = _strengths(depth)
    if PAPER_NOISES * grain > PAPER_SHARE * strongest:
        depth = _smooth(depth)
        strongest, grain = _strengths(depth)
    if strongest < max(FAINTEST, BLANK_NOISES * grain):
        return Ink(np.zeros_like(pixels), factor)
    pen = float(depth[depth > strongest / 2].mean())
    low = max(PAPER_SHARE * pen, min(PAPER_NOISES * grain, pen / 2))
    high = max(PEN_SHARE * pen, low + TINY)
    return Ink(np.clip((depth - low) / (high - low), 0, 1), factor)


def _strengths(depth: FloatArray) -> tuple[float, float]:
    """The strongest contrast to the paper, and the standard deviation of the paper's own grain."""
    strongest = float(depth.max())
    sample = _sample(depth)
    paper = sample[np.abs(sample) <= strongest / 2]
    return strongest, GAUSS * float(np.median(np.abs(paper - np.median(paper))))


def _smooth(depth: FloatArray) -> FloatArray:
    """Each pixel as the mean of the 3x3 around it."""
    wide = np.pad(depth, 1, mode="edge")
    rows = wide[:-2] + wide[1:-1] + wide[2:]
    smooth: FloatArray = (rows[:, :-2] + rows[:, 1:-1] + rows[:, 2:]) / 9
    return smooth


def _bounded(pixels: FloatArray) -> tuple[FloatArray, float]:
    """The picture averaged down by a whole factor to WORKING_SIDE at most, and the factor."""
    factor = -(-max(pixels.shape) // WORKING_SIDE)
    if factor == 1:
        return pixels, 1.0
    return np.asarray(Image.fromarray(pixels).reduce(factor)), float(factor)


def _sample(values: FloatArray) -> FloatArray:
    """About SAMPLES values on an even grid."""
    stride = max(1, int((values.size / SAMPLES) ** 0.5))
    return values[::stride, ::stride]


def _paper_tone(pixels: FloatArray) -> float:
    """The median of the page and, with equal weight, of its outermost pixels."""
    page = _sample(pixels).ravel()
    margin = np.concatenate((pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]))
    repeats = max(1, page.size // margin.size)
    return float(np.median(np.concatenate((page, np.tile(margin, repeats)))))


def _paper(pixels: FloatArray, tone: float, dark: bool) -> FloatArray | float:
    """The paper's level: one number under even light, else a smooth surface `[H, W]`.

    The surface is a quadratic through the levels of coarse cells, by asymmetric least squares
    (Eilers and Boelens 2005): cells that the pen darkens (or lightens) hardly count.
    """
    sample = _sample(pixels)
    even = 2 * np.count_nonzero(np.abs(sample - tone) < EVEN) >= sample.size
    rows, columns = (min(CELLS, side // SMALLEST_CELL) for side in pixels.shape)
    if even or rows < 3 or columns < 3:
        return tone
    levels = _levels(pixels, rows, columns, dark)
    terms = _terms(*(x.ravel() for x in np.meshgrid(_middles(rows), _middles(columns), indexing="ij")))
    weights = np.ones(levels.size)
    for _ in range(ROUNDS):
        weighted = terms * weights
        surface = np.linalg.solve(weighted @ terms.T, weighted @ levels)
        weights = np.where((levels > surface @ terms) == dark, 1.0, PEN_WEIGHT)
    down, across = (_middles(side) for side in pixels.shape)
    return _terms_sum(surface.astype(np.float32), down[:, None], across[None, :])


def _levels(pixels: FloatArray, rows: int, columns: int, dark: bool) -> FloatArray:
    """The paper's level in each cell `[rows * columns]`, as the pixels nearer to paper show it."""
    stride = max(1, min(pixels.shape[0] // rows, pixels.shape[1] // columns) // SMALLEST_CELL)
    thin = pixels[::stride, ::stride]
    tall, wide = thin.shape[0] // rows, thin.shape[1] // columns
    cells = thin[: tall * rows, : wide * columns].reshape(rows, tall, columns, wide).swapaxes(1, 2)
    place = int(tall * wide * (PAPER_RANK if dark else 1 - PAPER_RANK))
    levels: FloatArray = np.partition(cells.reshape(rows * columns, -1), place, axis=1)[:, place]
    return levels


def _middles(count: int) -> FloatArray:
    """The middles of `count` equal parts of -1 to 1."""
    return ((np.arange(count, dtype=np.float32) + 0.5) * (2 / count) - 1).astype(np.float32)


def _terms(y: FloatArray, x: FloatArray) -> FloatArray:
    """What a quadratic surface is a sum of, `[6, n]`."""
    return np.stack((np.ones_like(x), y, x, y * y, y * x, x * x))


def _terms_sum(weights: FloatArray, y: FloatArray, x: FloatArray) -> FloatArray:
    """The quadratic surface over a grid: y `[H, 1]`, x `[1, W]`."""
    one, of_y, of_x, of_yy, of_yx, of_xx = weights
    surface: FloatArray = (one + of_y * y + of_yy * y * y) + (of_x * x + of_xx * x * x) + (of_yx * y) * x
    return surface
