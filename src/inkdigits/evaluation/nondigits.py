"""Pictures that show no digit, and as many that do, made in the same way.

Letters, symbols, scribbles and textures are drawn as for training, but from random numbers of their
own and shown in other ways; training has not seen the alphabets of `foreign` nor how `two_digits`
and `parts` are made here. What is a digit's very shape, such as O and l, is left out (see `shapes`).
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from pathlib import Path

import matplotlib as mpl
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from inkdigits.evaluation.labelled import Sample, png
from inkdigits.training import shapes
from inkdigits.training.datasets import Pictures
from inkdigits.types import FloatArray

#: Pictures of each kind.
COUNT = 250
#: Sides of a picture in pixels.
SMALLEST, LARGEST = 28, 280
#: Greek and Cyrillic letters that are no digit's shape.
FOREIGN = "ΔΛΠΣΨΩλμπχψωξДЖШЩЫЯжшщ"
#: Digits of which no half, whichever it is, is another digit; the upper half of a 2 is a 7.
HALVED = (0, 5)

Inked = NDArray[np.uint8]
#: Gives pen on paper `[H, W]`, 0 = paper … 1 = pen, from random numbers and MNIST's test set.
Kind = Callable[[Generator, Pictures], FloatArray]
KINDS: dict[str, Kind] = {}


def kind(make: Kind) -> Kind:
    """Register a kind under its function's name."""
    KINDS[make.__name__.replace("_", "-")] = make
    return make


def non_digits(kinds: tuple[str, ...], digits: Pictures) -> list[Sample]:
    """COUNT pictures of each kind, labelled "", and as many `digits`; the same every time."""
    none = [_sample(name, place, digits) for name in kinds for place in range(COUNT)]
    chosen = np.random.default_rng(COUNT).permutation(len(digits.images))[: len(none)]
    return none + [_digit(int(place), digits) for place in chosen]


def _sample(name: str, place: int, digits: Pictures) -> Sample:
    random = _random(name, place)
    return Sample(_picture(KINDS[name](random, digits), random), "", f"{name} {place}", groups=(name,))


def _digit(place: int, digits: Pictures) -> Sample:
    random = _random("digits", place)
    picture = _picture(_placed(shapes.cut(digits.images[place]), random), random)
    return Sample(picture, str(digits.labels[place]), f"digits {place}", groups=("digits",))


def _random(name: str, place: int) -> Generator:
    return np.random.default_rng((zlib.crc32(f"evaluated {name}".encode()), place))


@kind
def letters(random: Generator, _: Pictures) -> FloatArray:
    return _placed(shapes.letter(random), random)


@kind
def symbols(random: Generator, _: Pictures) -> FloatArray:
    return _placed(shapes.symbol(random, shapes.STANDING), random)


@kind
def scribbles(random: Generator, _: Pictures) -> FloatArray:
    return _placed(shapes.scribble(random), random)


@kind
def textures(random: Generator, _: Pictures) -> FloatArray:
    return _placed(shapes.texture(random), random)


@kind
def foreign(random: Generator, _: Pictures) -> FloatArray:
    """A letter of an alphabet that training has not seen."""
    font = ImageFont.truetype(Path(mpl.get_data_path(), "fonts/ttf/DejaVuSans.ttf"), 48)
    canvas = Image.new("L", (72, 72))
    ImageDraw.Draw(canvas).text((36, 36), str(random.choice(list(FOREIGN))), 255, font, "mm")
    return _placed(shapes.bent(shapes.cut(np.asarray(canvas)), random), random)


@kind
def two_digits(random: Generator, digits: Pictures) -> FloatArray:
    """Two different digits half over each other; a 1 over another digit would hardly change it."""
    values = random.choice((0, *range(2, 10)), 2, replace=False).tolist()
    one, other = (_any(random, digits, (value,)) for value in values)
    across = round(random.uniform(0.25, 0.5) * one.shape[1])
    down = round(random.uniform(0, 0.2) * one.shape[0])
    both = np.zeros(np.maximum(one.shape, np.add(other.shape, (down, across))), np.uint8)
    both[: one.shape[0], : one.shape[1]] = one
    under = both[down : down + other.shape[0], across : across + other.shape[1]]
    np.maximum(under, other, out=under)
    return _placed(both, random)


@kind
def parts(random: Generator, digits: Pictures) -> FloatArray:
    """A digit of which the picture's edge cuts off half the ink."""
    whole = _placed(_any(random, digits, HALVED), random)
    turned = np.rot90(whole, turns := int(random.integers(4)))
    ink = np.cumsum(turned.sum(1))
    return np.rot90(turned[np.searchsorted(ink, ink[-1] / 2) :], -turns)


@kind
def blank(random: Generator, _: Pictures) -> FloatArray:
    """Paper: plain, ruled or squared."""
    page = np.zeros((_side(random),) * 2, np.float32)
    step, ruled = max(5, round(len(page) * random.uniform(0.12, 0.3))), random.integers(3)
    if ruled:
        page[step // 2 :: step] = 0.3
    if ruled > 1:
        page[:, step // 2 :: step] = 0.3
    return page


def _any(random: Generator, digits: Pictures, values: tuple[int, ...]) -> Inked:
    """One of the digits with these values, cut to its edges."""
    return shapes.cut(digits.images[random.choice(np.flatnonzero(np.isin(digits.labels, values)))])


def _side(random: Generator) -> int:
    return int(SMALLEST * (LARGEST / SMALLEST) ** random.random())


def _placed(ink: Inked, random: Generator) -> FloatArray:
    """The ink somewhere on a square page, as a camera held a little askew sees it."""
    side = _side(random)
    scale = side * random.uniform(0.45, 0.75) / max(ink.shape)
    height, width = (max(1, round(length * scale)) for length in ink.shape)
    page = Image.new("L", (side, side))
    left, top = (random.uniform(0.25, 0.75, 2) * (side - np.array((width, height)))).astype(int).tolist()
    page.paste(Image.fromarray(ink).resize((width, height), Image.Resampling.BICUBIC), (left, top))
    corners = np.array((0, 0, 0, side, side, side, side, 0)) + random.normal(0, 0.03 * side, 8)
    seen = page.transform(page.size, Image.Transform.QUAD, tuple(corners), Image.Resampling.BICUBIC)
    return np.asarray(seen, np.float32) / np.float32(255)


def _picture(pen: FloatArray, random: Generator) -> bytes:
    """A pen and a paper of any tone, in even light or uneven, dark on light or light on dark."""
    dark, light = random.uniform(0, 0.4), random.uniform(0.75, 1)
    rows, columns = (np.linspace(random.uniform(0.8, 1), random.uniform(0.8, 1), side) for side in pen.shape)
    page = (light - (light - dark) * pen) * np.outer(rows, columns)
    page += random.normal(0, random.uniform(0, 0.03), pen.shape)
    page = 1 - page if random.random() < 0.5 else page
    return png(np.round(np.clip(page, 0, 1) * 255).astype(np.uint8))
