"""Lines under numbers: told from the digits that they touch, and no digit is taken for one."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image, ImageDraw

from inkdigits import Reader
from inkdigits.straight import straightness
from inkdigits.training.datasets import Pictures
from inkdigits.types import FloatArray
from inkdigits.underline import underlines, without_lines

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


Points = list[list[float]]

SEVEN: Points = [[0, 5], [55, 0], [25, 100]]
TWO: Points = [[90, 20], [120, 0], [140, 30], [95, 96], [150, 98]]
ONE: Points = [[200, 0], [196, 100]]


def left_of(*strokes: Points) -> list[int]:
    """The places of the strokes that are no lines."""
    given = [np.array(stroke, np.float32) for stroke in strokes]
    kept = [id(stroke) for stroke in without_lines(given)]
    return [place for place, stroke in enumerate(given) if id(stroke) in kept]


@pytest.mark.parametrize(
    "lines",
    [
        [[[-5, 115], [160, 112]]],
        [[[-5, -20], [80, -21], [160, -20]], [[-8, 120], [158, 124]]],
        [[[-10, 50], [170, 55]]],
        [[[-30, -60], [-28, 260]]],
        [[[-20, -20], [170, -20]], [[-15, -40], [-15, 120]]],
    ],
)
def test_long_strokes_beside_numbers_are_lines(lines: list[Points]) -> None:
    assert left_of(SEVEN, TWO, ONE, *lines) == [0, 1, 2]
    assert left_of(*lines, TWO, SEVEN) == [len(lines), len(lines) + 1]


@pytest.mark.parametrize(
    "strokes",
    [
        [SEVEN, [[-5, 115], [160, 112]]],  # of one digit it may be a stroke
        [SEVEN, TWO, [[70, 115], [140, 112]]],  # no longer than a digit is
        [SEVEN, TWO, [[170, -40], [168, 140]]],  # a high 1
        [SEVEN, TWO, [[-10, -40], [180, 140]]],  # that crosses out
        [SEVEN, TWO, [[-10, 110], [80, 140], [170, 110]]],  # bent
        [[[0, 0], [1, 99]], [[40, 2], [41, 98]]],
        [SEVEN, TWO, [[60, 90]]],
        [[[0, 0], [300, 2]], [[0, 40], [300, 41]]],
        [[[0, 0]], [[5, 5]]],
        [SEVEN],
        [],
    ],
)
def test_other_strokes_are_no_lines(strokes: list[Points]) -> None:
    assert left_of(*strokes) == list(range(len(strokes)))


def test_under_ones_alone_is_a_line() -> None:
    assert left_of(
        [[0, 0], [1, 99]], [[80, 2], [81, 98]], [[160, 2], [161, 98]], [[-10, 110], [180, 112]]
    ) == [0, 1, 2]


@pytest.mark.parametrize(
    "lines", [[[[-10, 118], [165, 116]]], [[[-20, -25], [170, -24]], [[-20, 125], [170, 126]]]]
)
def test_drawn_numbers_with_lines_are_read(lines: list[Points], reader: Reader) -> None:
    reading = reader.read([SEVEN, TWO, *lines])
    assert (reading.text, reading.reason) == ("72", None)


def test_ten_thousand_strokes_need_little_memory() -> None:
    lines = [np.array([[0, place], [900, place]], np.float32) for place in range(9000)]
    standing = [np.array([[place, 0], [place, 400]], np.float32) for place in range(998)]
    digits = [np.array(stroke, np.float32) for stroke in (SEVEN, TWO)]
    assert len(without_lines([*lines, *standing, *digits])) == 2


@pytest.mark.parametrize(("degrees", "lean"), [(0, 0), (30, 30), (-30, -30), (80, 80), (90, 90)])
def test_straightness_tells_which_way_points_lie(degrees: float, lean: float) -> None:
    angle = np.radians(degrees)
    points = np.linspace(-50, 50, 21)[:, None] * (np.sin(angle), -np.cos(angle)) + (7, 9)
    times, told = straightness(points)
    assert times > 1000
    assert min(abs(told - lean), abs(abs(told - lean) - 180)) < 1e-6
    assert straightness(points[:1]) == (0, 0)


def test_straightness_of_what_is_round_is_one() -> None:
    angles = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    assert straightness(np.column_stack((np.cos(angles), np.sin(angles))))[0] == pytest.approx(1)
