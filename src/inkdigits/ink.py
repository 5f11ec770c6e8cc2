"""Raster -> Ink: which way round the picture is, what its paper is, and how dark the pen."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from PIL import Image

from inkdigits.paper import depth_over_paper, is_dark, median, mended, sample
from inkdigits.rules import without_edges, without_rules
from inkdigits.types import WORKING_SIDE, FloatArray, Ink, Raster

#: A large picture is made smaller so many rows (of the smaller one) at a time, which bounds the memory.
STRIP = 64
#: Between these shares of the pen's contrast, ink rises from 0 to 1.
PAPER_SHARE = 0.15
PEN_SHARE = 0.9
#: Where there is as well something lighter and something darker than the paper, the nearer in tone at more
#: than this share of the other's distance, either may be the pen.
EITHER = 0.4
#: A page whose strongest contrast is below this (of black to white) is too faint to read; below
#: TRACE, or not so many standard deviations above what the grain alone would do, it is blank.
FAINTEST = 0.04
TRACE = 0.012
BLANK_NOISES = 1.0
#: On other pages what is within so many is paper.
PAPER_NOISES = 4.0
#: Means are taken where they leave at most this share of the grain.
HELPED = 0.5
#: What is darker than this share of the paper's middle is the table and not paper in the dark.
TABLE = 0.3
#: A row or column with this share of ink may be a rule.
CROSSED = 0.6
#: Standard deviation of a normal distribution, in median absolute deviations.
GAUSS = 1.4826
TINY = 1e-6


@dataclass(frozen=True)
class Contrast:
    """How far each pixel is from the paper towards the pen, before anything is called ink.

    `depth` `[H, W]` float32 is in the picture's brightness: 0 = paper, above 0 = towards the pen.
    `pen` is the depth of a full stroke and `grain` the standard deviation of the paper's noise,
    both above or equal to 0 in the same unit; `strongest` is the greatest depth that is believed.
    `page` `[H, W]` is the picture itself; one pixel here is `scale` picture pixels wide and high.
    `even` is whether one level was enough for all of the paper.
    """

    page: FloatArray
    depth: FloatArray
    pen: float
    grain: float
    strongest: float
    scale: float = 1.0
    even: bool = True

    @property
    def bare(self) -> bool:
        """Whether there is nothing to see at all, not even noise."""
        return self.strongest < TRACE

    @cached_property
    def blank(self) -> bool:
        """Whether nothing stands out of the paper's noise."""
        greatest = (2 * np.log(self.depth.size)) ** 0.5
        return bool(self.strongest < max(TRACE, (greatest + BLANK_NOISES) * self.grain))

    @property
    def faint(self) -> bool:
        """Whether something may stand there, but too little contrast to tell it."""
        return not self.blank and self.strongest < FAINTEST


def contrast(raster: Raster) -> Contrast:
    """The picture as contrast to its paper, pen positive, whichever of the two is darker.

    The paper's level is the commonest tone of page and margin, followed over the page where the
    light is uneven. Every picture has a contrast; whether it is ink, `ink_of` says.
    """
    small = bounded(raster)
    pixels, tone = mended(small.pixels)
    if tone is not None:
        depth = tone - pixels if _is_dark(pixels, tone) else pixels - tone
    else:
        depth = _on_even_paper(pixels)
    strongest, grain = _strengths(depth)
    if PAPER_NOISES * grain > PAPER_SHARE * strongest:
        depth, strongest, grain = _smoothed(depth, strongest, grain)
    pen = float(depth[depth > strongest / 2].mean()) if strongest > 0 else 0.0
    return Contrast(pixels, depth, pen, grain, strongest, small.scale, tone is not None)


def ink_of(found: Contrast) -> Ink:
    """The contrast as ink: exactly 0 below the noise, all zeros for a blank or too faint picture."""
    if found.blank or found.faint:
        return Ink(np.zeros_like(found.depth), found.scale)
    low = max(PAPER_SHARE * found.pen, min(PAPER_NOISES * found.grain, found.pen / 2))
    high = max(PEN_SHARE * found.pen, low + TINY)
    ink = found.depth - np.float32(low)
    ink /= np.float32(high - low)
    np.clip(ink, 0, 1, out=ink)
    if not found.even:
        ink = without_edges(ink)
    clean = without_rules(ink) if not found.even or _crossed(ink) else ink
    return Ink(clean, found.scale, ruled=clean is not ink)


def find_ink(raster: Raster) -> Ink:
    """Tell pen from paper: `ink_of(contrast(raster))`."""
    return ink_of(contrast(raster))


def _is_dark(pixels: FloatArray, tone: float) -> bool:
    """Whether the pen is darker than paper of this tone: what is farther from it is, unless that may be a
    strip of something else."""
    below, above = tone - float(pixels.min()), float(pixels.max()) - tone
    if min(below, above) > EITHER * max(below, above):
        return is_dark(pixels)
    return below >= above


def _on_even_paper(pixels: FloatArray) -> FloatArray:
    """The depth under uneven light; dark pen in the dark counts as much as in the light."""
    if not is_dark(pixels):
        return depth_over_paper(pixels)
    depth = depth_over_paper(-pixels)
    paper = pixels + depth
    middle = np.median(sample(paper))
    even: FloatArray = depth * np.where(paper > middle * TABLE, middle / np.maximum(paper, TINY), 1)
    return even


def _crossed(ink: FloatArray) -> bool:
    """Whether there may be rules: ink over most of a row or column, or at opposite margins."""
    return any(
        bool(picture[0].any() and picture[-1].any())
        or float((picture @ np.ones(picture.shape[1], np.float32)).max()) > CROSSED * picture.shape[1]
        for picture in (ink, ink.T)
    )


def _strengths(depth: FloatArray) -> tuple[float, float]:
    """The strongest contrast to the paper, and the standard deviation of the paper's own grain."""
    strongest = float(depth.max())
    seen = sample(depth)
    paper = seen[np.abs(seen) <= strongest / 2]
    if not paper.size:  # nothing is near the paper's level, which was guessed wrongly: nothing stands out
        paper = seen
    return strongest, GAUSS * median(np.abs(paper - np.float32(median(paper))))


def _smoothed(depth: FloatArray, strongest: float, grain: float) -> tuple[FloatArray, float, float]:
    """Depth, strongest and grain as means of 3x3 where that helps: noise goes, patterns would stay."""
    smooth = _smooth(depth)
    after, left = _strengths(smooth)
    return (smooth, after, left) if left < HELPED * grain else (depth, strongest, grain)


def _smooth(depth: FloatArray) -> FloatArray:
    """Each pixel as the mean of the 3x3 around it."""
    wide = np.pad(depth, 1, mode="edge")
    rows = wide[:-2] + wide[1:-1] + wide[2:]
    smooth: FloatArray = (rows[:, :-2] + rows[:, 1:-1] + rows[:, 2:]) / 9
    return smooth


def bounded(raster: Raster) -> Raster:
    """The picture averaged down by a whole factor to WORKING_SIDE at most."""
    factor = -(-max(raster.pixels.shape) // WORKING_SIDE)
    if factor == 1:
        return raster
    strips = np.split(raster.pixels, range(STRIP * factor, len(raster.pixels), STRIP * factor))
    pixels = np.concatenate([Image.fromarray(strip).reduce(factor) for strip in strips])
    return Raster(pixels, factor * raster.scale)
