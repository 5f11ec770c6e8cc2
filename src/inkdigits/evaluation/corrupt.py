"""Sixteen ways in which a picture of a digit goes wrong, after MNIST-C.

Kinds and strengths follow the published description (Mu and Gilmer 2019,
https://arxiv.org/abs/1906.02337); the pictures are made here, so results compare with those on
the published files only roughly. Every kind takes a picture `[28, 28]`, float32, 0 = paper …
1 = pen, and a random generator, and gives another.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.random import Generator
from PIL import Image, ImageDraw

from inkdigits.training.pages import blur
from inkdigits.types import FloatArray

Corruption = Callable[[FloatArray, Generator], FloatArray]
CORRUPTIONS: dict[str, Corruption] = {}
SIDE = 28
MIDDLE = (SIDE - 1) / 2


def corruption(make: Corruption) -> Corruption:
    """Register a kind under its function's name."""
    CORRUPTIONS[make.__name__] = make
    return make


def corrupt(pixels: FloatArray, kind: str, random: Generator) -> FloatArray:
    """One picture, spoilt; the result is clipped to 0 … 1. Raises KeyError for an unknown kind."""
    return np.clip(CORRUPTIONS[kind](pixels, random), 0, 1).astype(np.float32)


@corruption
def identity(pixels: FloatArray, _: Generator) -> FloatArray:
    return pixels


@corruption
def shot_noise(pixels: FloatArray, random: Generator) -> FloatArray:
    """The noise of few photons: Poisson, with 3 at full light."""
    return (random.poisson(pixels * 3) / 3).astype(np.float32)


@corruption
def impulse_noise(pixels: FloatArray, random: Generator) -> FloatArray:
    """Salt and pepper on 17 % of the pixels."""
    dice = random.random(pixels.shape)
    return np.where(dice < 0.085, 0.0, np.where(dice > 0.915, 1.0, pixels))


@corruption
def glass_blur(pixels: FloatArray, random: Generator) -> FloatArray:
    """As through frosted glass: blur, neighbours swapped at random, blur."""
    blurred = blur(pixels, 0.7)
    for _ in range(2):
        for y in range(SIDE - 2, 1, -1):
            for x in range(SIDE - 2, 1, -1):
                down, across = random.integers(-1, 2, 2)
                there = (y + down, x + across)
                blurred[y, x], blurred[there] = blurred[there], blurred[y, x]
    return blur(blurred, 0.7)


@corruption
def motion_blur(pixels: FloatArray, random: Generator) -> FloatArray:
    """A hand that moved: the mean of pictures shifted along a line, weighted as a bell."""
    angle = random.uniform(-np.pi / 4, np.pi / 4)
    steps = np.arange(-10, 1)
    weights = np.exp(-(steps**2) / (2 * 3.0**2))
    shifted = [_affine(pixels, shift=(step * np.cos(angle), step * np.sin(angle))) for step in steps]
    return np.tensordot(weights / weights.sum(), np.stack(shifted), 1)


@corruption
def shear(pixels: FloatArray, random: Generator) -> FloatArray:
    return _affine(pixels, np.array([[1, random.choice((-0.4, 0.4))], [0, 1]]))


@corruption
def scale(pixels: FloatArray, _: Generator) -> FloatArray:
    return _affine(pixels, np.eye(2) / 0.7)


@corruption
def rotate(pixels: FloatArray, random: Generator) -> FloatArray:
    """By 0.4 rad, 23 degrees, either way."""
    angle = random.choice((-0.4, 0.4))
    return _affine(pixels, np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]))


@corruption
def brightness(pixels: FloatArray, _: Generator) -> FloatArray:
    return pixels + 0.5


@corruption
def translate(pixels: FloatArray, random: Generator) -> FloatArray:
    """By up to 7 pixels, which may cut the digit."""
    return _affine(pixels, shift=tuple(random.uniform(4, 7, 2) * random.choice((-1, 1), 2)))


@corruption
def stripe(pixels: FloatArray, _: Generator) -> FloatArray:
    """The outer quarters turned from light to dark."""
    striped = pixels.copy()
    striped[:, :7] = 1 - striped[:, :7]
    striped[:, 21:] = 1 - striped[:, 21:]
    return striped


@corruption
def fog(pixels: FloatArray, random: Generator) -> FloatArray:
    """Clouds of every size laid over the picture."""
    clouds = np.sum([_noise(random, cells) / cells**0.7 for cells in (2, 4, 8, 16)], 0)
    thick: FloatArray = 1.5 * (clouds - clouds.min()) / np.ptp(clouds)
    return (pixels + thick) / np.float32(2.5)


@corruption
def spatter(pixels: FloatArray, random: Generator) -> FloatArray:
    """Drops on the lens."""
    drops = blur(random.normal(0.65, 0.3, pixels.shape).astype(np.float32), 1.5)
    return pixels + (drops > 0.7)


@corruption
def dotted_line(pixels: FloatArray, random: Generator) -> FloatArray:
    """A row of dots straight across."""
    start, end = _across(random)
    places = np.linspace(start, end, 14)
    return _drawn(pixels, [[tuple(place), tuple(place + 0.5)] for place in places])


@corruption
def zigzag(pixels: FloatArray, random: Generator) -> FloatArray:
    start, end = _across(random)
    places = np.linspace(start, end, 14)
    places[1::2, 1] += 2
    places[::2, 1] -= 2
    return _drawn(pixels, [[tuple(place) for place in places]])


@corruption
def edges(pixels: FloatArray, _: Generator) -> FloatArray:
    """Only where light turns to dark, a pixel wide."""
    inside = pixels > 0.4
    wide = np.pad(inside, 1)
    eroded = wide[:-2, 1:-1] & wide[2:, 1:-1] & wide[1:-1, :-2] & wide[1:-1, 2:]
    return (inside & ~eroded).astype(np.float32)


def _affine(
    pixels: FloatArray, matrix: np.ndarray | None = None, shift: tuple[float, ...] = (0.0, 0.0)
) -> FloatArray:
    """The picture bent about its middle: each pixel comes from `matrix` times its place, less `shift`."""
    turn = np.eye(2) if matrix is None else matrix
    offset = np.array((MIDDLE + 0.5, MIDDLE + 0.5)) - turn @ (np.array((MIDDLE + 0.5, MIDDLE + 0.5)) + shift)
    terms = (*turn[0], offset[0], *turn[1], offset[1])
    image = Image.fromarray(pixels)
    return np.asarray(image.transform(image.size, Image.Transform.AFFINE, terms, Image.Resampling.BILINEAR))


def _noise(random: Generator, cells: int) -> FloatArray:
    """Random values on a coarse grid, smooth in between."""
    grid = Image.fromarray(random.random((cells, cells)).astype(np.float32))
    return np.asarray(grid.resize((SIDE, SIDE), Image.Resampling.BICUBIC))


def _across(random: Generator) -> tuple[np.ndarray, np.ndarray]:
    """Two points `(x, y)` on the left and right edge."""
    return np.array((0, random.uniform(4, 24))), np.array((SIDE - 1, random.uniform(4, 24)))


def _drawn(pixels: FloatArray, lines: list[list[tuple[float, float]]]) -> FloatArray:
    canvas = Image.fromarray(pixels)
    draw = ImageDraw.Draw(canvas)
    for line in lines:
        draw.line(line, fill=1.0, width=1)
    return np.asarray(canvas)
