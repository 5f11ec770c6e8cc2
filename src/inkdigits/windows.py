"""Pixels by what is around each: least and greatest, what is left of it where a square fits, means."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from inkdigits.types import FloatArray

#: What paper farther away counts beside paper nearby.
FARTHER = 1e-3
TINY = 1e-9

Values = TypeVar("Values", FloatArray, NDArray[np.bool_])


def running(values: Values, length: int, axis: int, choose: np.ufunc) -> Values:
    """The least or the greatest within so many values (odd) around each, in log2(length) steps."""
    rows, half = values.swapaxes(0, axis), length // 2
    # On small pictures numpy's pad takes several times as long.
    run = np.empty((len(rows) + 2 * half, rows.shape[1]), rows.dtype)
    run[:half], run[half : half + len(rows)], run[half + len(rows) :] = rows[0], rows, rows[-1]
    covered = 1
    while covered < length:
        step = min(covered, length - covered)
        run = choose(run[:-step], run[step:])
        covered += step
    return run.swapaxes(0, axis)


def eroded(values: Values, side: int) -> Values:
    """The least within a square of this side (odd) around each."""
    return running(running(values, side, 0, np.minimum), side, 1, np.minimum)


def opened(values: Values, side: int) -> Values:
    """Light, or true, things that hold no square of this side (odd) taken out."""
    return running(running(eroded(values, side), side, 0, np.maximum), side, 1, np.maximum)


def mean_nearby(pixels: FloatArray, weights: FloatArray, reach: float) -> FloatArray:
    """The weighted mean within about `reach` pixels; where nothing there counts, of farther away."""
    factor = max(1, int(reach / 2))
    total, count = (
        np.asarray(Image.fromarray(values).reduce(factor)) for values in (pixels * weights, weights)
    )
    near = max(1, round(reach / factor))
    means = [
        _blurred(total, near) + FARTHER * _blurred(total, 4 * near),
        _blurred(count, near) + FARTHER * _blurred(count, 4 * near),
    ]
    coarse = Image.fromarray((means[0] / np.maximum(means[1], TINY)).astype(np.float32))
    rows, columns = pixels.shape
    inside = (0, 0, columns / factor, rows / factor)
    return np.asarray(coarse.resize((columns, rows), Image.Resampling.BILINEAR, inside))


def _blurred(values: FloatArray, reach: int) -> FloatArray:
    """Three means over 2 reach + 1 values in either direction, with nothing outside."""
    for axis in (0, 1) * 3:
        ends = [(reach + 1, reach) if axis == along else (0, 0) for along in (0, 1)]
        sums = np.cumsum(np.pad(values, ends), axis=axis, dtype=np.float64).swapaxes(0, axis)
        means = (sums[2 * reach + 1 :] - sums[: -2 * reach - 1]) / (2 * reach + 1)
        values = means.swapaxes(0, axis).astype(np.float32)
    return values
