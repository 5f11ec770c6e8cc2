"""Lines under numbers: told from the digits that they touch, and no digit is taken for one."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image, ImageDraw

from inkdigits import Reader
from inkdigits.training.datasets import Pictures
from inkdigits.types import FloatArray
from inkdigits.underline import underlines

Draw = Callable[[ImageDraw.ImageDraw], object]


def ink(*draws: Draw, width: int = 200, height: int = 80) -> FloatArray:
    image = Image.new("L", (width, height))
    pen = ImageDraw.Draw(image)
    for draw in draws:
        draw(pen)
    return np.asarray(image, np.float32) / np.float32(255)


def line(*places: tuple[int, int], wide: int = 3) -> Draw:
    return lambda pen: pen.line(places, fill=255, width=wide)


def ring(x: int, high: int = 40) -> Draw:
    return lambda pen: pen.ellipse((x, 20, x + 30, 20 + high), outline=255, width=4)


@pytest.mark.parametrize("fall", [0, 8, -12])
def test_a_line_is_told_from_what_stands_on_it(fall: int) -> None:
    under = line((10, 60), (190, 60 + fall))
    standing = [line((x, 15), (x - 4, 58 + fall // 2), wide=6) for x in (90, 105)]
    found = underlines(ink(under, *standing))
    whole = ink(under, *standing) > 0
    assert np.count_nonzero(found) > 0.9 * np.count_nonzero(ink(under))
    assert (whole & ~found)[:50, 80:110].sum() == whole[:50, 80:110].sum()


def test_a_stroke_that_crosses_the_line_stays_whole() -> None:
    tail = line((100, 10), (100, 68), wide=7)
    found = underlines(ink(line((10, 60), (190, 60)), tail))
    assert found.any()
    assert not (found & (ink(tail) > 0))[:, 98:103].any()


@pytest.mark.parametrize(
    "draws",
    [
        [],
        [line((10, 60), (190, 60))],
        [ring(20), ring(48), ring(76), ring(104)],
        [lambda pen: pen.rectangle((10, 10, 190, 60), outline=255, width=3)],
        [line((10, 40), (190, 40)), line((90, 10), (80, 70), wide=6), line((110, 10), (100, 70), wide=6)],
        [line((10, 75), (190, 30)), line((90, 5), (90, 55), wide=6)],
        [line((10, 60), (190, 60), wide=18), line((90, 5), (90, 55), wide=6)],
        [line((100, 60), (140, 60)), line((120, 10), (120, 60), wide=6)],
        [line((10, 15), (190, 15)), line((90, 15), (90, 70), wide=6)],
    ],
    ids=["nothing", "dash", "linked rings", "box", "crossed", "steep", "thick", "narrow", "on top"],
)
def test_what_is_no_line_under_something(draws: list[Draw]) -> None:
    assert not underlines(ink(*draws)).any()


@pytest.mark.parametrize("shape", ["straight", "aslant", "wavy"])
@pytest.mark.parametrize("tone", [(235, 30), (20, 230)])
def test_underlined_numbers_are_read(
    reader: Reader, mnist: Pictures, shape: str, tone: tuple[int, int]
) -> None:
    """With their line the sevens would be twos."""
    places = [next(at for at in np.flatnonzero(mnist.labels == digit)) for digit in (9, 8, 7)]
    page = Image.new("L", (260, 130))
    for column, place in enumerate(places):
        digit = Image.fromarray(mnist.images[place]).resize((70, 70), Image.Resampling.BICUBIC)
        page.paste(digit, (20 + 60 * column, 20))
    across = np.arange(20, 230)
    falls = {"straight": 0 * across, "aslant": across / 40, "wavy": 2 * np.sin(across / 9)}
    path = list(zip(across.tolist(), (78 + falls[shape]).tolist(), strict=True))
    ImageDraw.Draw(page).line(path, fill=255, width=4)
    light, dark = tone
    picture = light + (dark - light) * np.asarray(page, np.float32) / 255
    reading = reader.read(picture.astype(np.uint8))
    assert (reading.text, reading.reason) == ("987", None)
