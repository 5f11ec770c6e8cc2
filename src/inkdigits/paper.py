"""What a picture's paper is: specks and exchanged bands mended, and its level under any light."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from PIL import Image

from inkdigits.types import FloatArray, Mask
from inkdigits.windows import eroded, mean_nearby, opened, running

#: Levels and noise are taken from about this many evenly spread pixels.
SAMPLES = 4096
#: Where half the page is closer than this to its tone, the light is even.
EVEN = 0.01
#: Margin this far from the tone is no paper; of an even page's at least this share is.
FAR = 0.1
MARGIN = 0.75
#: Of a tight crop's margin a share within these is still paper; of two-toned pages these are of the
#: paper's tone, and of either.
CROPPED = (0.4, 0.98)
TONED = (0.3, 0.6)
#: Of smaller pages (pixels of the sample) a pen's own edge may be broad.
BROAD = 32
#: What covers more of the page is no pen, but paper in a frame.
COVERED = 0.5
#: Bands are exchanged if their tones differ by this, and so much of either's margins has it.
EXCHANGED = 0.3
AGREED = 0.8
#: Together the bands of either tone are at least this share of the side.
BAND = 0.1
#: Between bands of larger pictures (pixels, the shorter side) lie so many that have neither tone.
SOFT, BETWEEN = 64, 3
#: So much of a band has its tone; less is the top and the foot of a digit at the margins.
FILLED = 0.6
#: A pixel so much above, or below, all but one of its neighbours is a speck; specks are mended if they are
#: at least this share of the picture.
SPECK = 0.2
SPECKS = 0.025
#: No stroke is as wide as this share of the picture's shorter side.
WIDEST = 0.3
#: Pictures with a shorter side (pixels) have one level.
SHORTEST = 8
#: Local medians are taken at so many places across the shorter side, of so many pixels across.
PLACES = 32
ACROSS = 7
#: Light multiplies, so that contrasts are ratios; the darkest that a camera sees adds so much.
BLACK = 0.15
#: What stands out by this share of the most is left out of the paper's level.
STANDS_OUT = 0.45
#: The level is a mean over about this share of WIDEST, on a grid where that is two cells.
NEAR = 1 / 6


def sample(values: FloatArray) -> FloatArray:
    """About SAMPLES values on an even grid."""
    stride = max(1, int((values.size / SAMPLES) ** 0.5))
    return values[::stride, ::stride]


def median(values: FloatArray) -> float:
    """The same as numpy's, sooner, and soonest where most values are one, as on clean paper."""
    half, first = values.size // 2, values.flat[0]
    if np.count_nonzero(values == first) > half:
        return float(first)
    if values.size % 2:
        return float(np.partition(values, half, axis=None)[half])
    pair = np.partition(values, (half - 1, half), axis=None)[half - 1 : half + 1]
    return float((pair[0] + pair[1]) / 2)


def mended(pixels: FloatArray) -> tuple[FloatArray, float | None]:
    """The picture without exchanged bands and specks, and its paper's tone if the light is even."""
    tone = _tone(pixels)
    margin = np.abs(_margin(pixels) - tone)
    if margin.max() > FAR:
        pixels = _despeckled(_unbanded(pixels))
        tone = _tone(pixels)
        margin = np.abs(_margin(pixels) - tone)
    page = np.abs(sample(pixels) - tone)
    if min(pixels.shape) < SHORTEST or (_even(page, margin) and not _shaded(page)):
        return pixels, tone
    return pixels, None


def _even(page: FloatArray, margin: FloatArray) -> bool:
    """Whether page or margin has the tone nearly everywhere, given how far their pixels are from it."""
    if _two_toned(page) and CROPPED[0] <= np.count_nonzero(margin < EVEN) / margin.size < CROPPED[1]:
        return True
    if np.count_nonzero(page > page.max() / 3) > COVERED * page.size:
        return False
    if np.count_nonzero(margin < EVEN) >= MARGIN * margin.size:
        return True
    near = np.count_nonzero(page < EVEN)
    return bool(2 * near >= page.size and np.count_nonzero(margin <= FAR) >= MARGIN * margin.size)


def _shaded(page: FloatArray) -> bool:
    """Whether something broad has not the paper's tone, as the part in a shadow has."""
    if min(page.shape) < BROAD:
        return False
    side = int(min(page.shape) * WIDEST) | 1
    wide = running(page > FAR, side, 1, np.minimum)
    return bool(wide.any() and running(wide, side, 0, np.minimum).any())


def _two_toned(page: FloatArray) -> bool:
    """Whether most pixels have just the paper's tone or the pen's, as in scans, drawings and tiles."""
    paper, pen = (np.count_nonzero(near) for near in (page < EVEN, page > page.max() - FAR))
    return bool(paper >= TONED[0] * page.size and paper + pen >= TONED[1] * page.size)


def is_dark(pixels: FloatArray) -> bool:
    """Whether the pen is darker than the paper, under any light.

    Strokes are narrower than the paper around them, so they lie to one side of the local median;
    the edge of a shadow, or of the page on a table, lies to both.
    """
    factor = max(1, min(pixels.shape) // (2 * PLACES))
    small = np.asarray(Image.fromarray(pixels).reduce(factor))
    apart = max(1, round(min(small.shape) * WIDEST) // ACROSS)
    reach, step = apart * (ACROSS // 2), max(1, min(small.shape) // PLACES)
    wide = np.pad(small, reach, mode="edge")
    windows = sliding_window_view(wide, (2 * reach + 1, 2 * reach + 1))[::step, ::step, ::apart, ::apart]
    medians = np.median(windows.reshape(*windows.shape[:2], -1), axis=2)
    rows, columns = medians.shape
    middle = medians[rows // 4 : rows - rows // 4, columns // 4 : columns - columns // 4]
    off = np.abs(medians - np.median(middle))
    # Mended bands may be darker than black.
    light, around = (np.maximum(shades, 0) + BLACK for shades in (small[::step, ::step], medians))
    outstanding = np.log(light / around)[off <= max(FAR, float(np.median(off)))]
    return bool((outstanding * np.abs(outstanding)).sum() <= 0)


def depth_over_paper(pixels: FloatArray) -> FloatArray:
    """How far each pixel is above the paper around it, for a light pen under any light.

    That is the lesser of two measures: the height over a morphological opening, which keeps to
    hard edges of light, and that over the mean of the paper nearby, which keeps to soft ones.
    """
    widest = max(3, int(min(pixels.shape) * WIDEST) | 1)
    # What is at the margin goes on for ever.
    wide = np.pad(pixels, widest, mode="edge")
    height = pixels - opened(wide, widest)[widest:-widest, widest:-widest]
    paper = height < STANDS_OUT * float(height.max())
    paper &= eroded(paper, 3)
    over = pixels - mean_nearby(pixels, paper.astype(np.float32), widest * NEAR)
    lesser: FloatArray = np.minimum(over, height - np.float32(np.median(sample(height))))
    return lesser


def _tone(pixels: FloatArray) -> float:
    """The median of the page and, with equal weight, of its outermost pixels."""
    page, margin = sample(pixels).ravel(), _margin(pixels)
    repeats = max(1, page.size // margin.size)
    return median(np.concatenate((page, np.repeat(margin, repeats))))


def _margin(pixels: FloatArray) -> FloatArray:
    return np.concatenate((pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]))


def _unbanded(pixels: FloatArray) -> FloatArray:
    """Bands straight across, of two tones, given one tone; a frame's sides count as bands."""
    for across in (False, True):
        picture = pixels.T if across else pixels
        ends = picture[[0, -1]]
        light = ends[0] > (float(ends[0].min()) + float(ends[0].max())) / 2
        if BAND < light.mean() < 1 - BAND:
            high, low = np.median(ends[:, light]), np.median(ends[:, ~light])
            agreed = np.abs(ends - np.where(light, high, low)) < FAR
            fewest = min(agreed[:, light].mean(), agreed[:, ~light].mean())
            if high - low > EXCHANGED and fewest >= AGREED:
                whole = _of_one_tone(picture, light, high, low)
                return whole.T if across else whole
    return pixels


def _of_one_tone(picture: FloatArray, light: Mask, high: np.floating, low: np.floating) -> FloatArray:
    """The light columns turned dark, unless they are no bands, or pen lies away from the other's tone."""
    lights, darks = (picture[:, band] for band in _within(light, min(picture.shape)))
    middle = (high + low) / 2
    if min((lights > middle).mean(), (darks < middle).mean()) < FILLED:
        return picture
    if lights.max() - high > high - lights.min() or low - darks.min() > darks.max() - low:
        return picture
    whole = np.where(light, high + low - picture, picture)
    return whole if np.ptp(whole) > EXCHANGED else picture


def _within(light: Mask, side: int) -> tuple[Mask, Mask]:
    """Which columns are light, and which dark, but for those between in pictures with such a shorter side."""
    if side < SOFT:
        return light, ~light
    reach = 2 * BETWEEN + 1
    inner = [running(band[None], reach, 1, np.minimum)[0] for band in (light, ~light)]
    return (inner[0] if inner[0].any() else light), (inner[1] if inner[1].any() else ~light)


def _despeckled(pixels: FloatArray) -> FloatArray:
    """Pixels above or below all but one of their neighbours, if many are, as the neighbours' median."""
    rows, columns = pixels.shape
    wide = np.pad(pixels, 1, mode="edge")
    around = [wide[y : y + rows, x : x + columns] for y, x in np.ndindex(3, 3) if (y, x) != (1, 1)]
    if _fewer(pixels, *(around[place] for place in (1, 6, 3, 4))):
        return pixels
    above, below = (
        sum((sign * (pixels - other) > SPECK).view(np.uint8) for other in around) for sign in (1, -1)
    )
    specks = np.maximum(above, below) >= len(around) - 1
    if np.count_nonzero(specks) < SPECKS * pixels.size:
        return pixels
    clean = pixels.copy()
    clean[specks] = np.median([other[specks] for other in around], axis=0)
    return clean


def _fewer(pixels: FloatArray, up: FloatArray, down: FloatArray, left: FloatArray, right: FloatArray) -> bool:
    """Whether SPECKS is missed already by four of the neighbours: a speck stands out of one in either way."""
    low = np.maximum(np.minimum(up, down), np.minimum(left, right))
    high = np.minimum(np.maximum(up, down), np.maximum(left, right))
    may_be = (pixels - low > SPECK) | (high - pixels > SPECK)
    return bool(np.count_nonzero(may_be) < SPECKS * pixels.size)
