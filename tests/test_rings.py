"""What is drawn around digits is told from them, and nothing else is."""

from __future__ import annotations

import io
import math

import numpy as np
import pytest
from PIL import Image, ImageDraw

from inkdigits import Reader
from inkdigits.rings import rings, without_rings
from inkdigits.types import Stroke

Points = list[list[float]]

SEVEN: list[Points] = [[[0, 5], [55, 0], [25, 100]]]
FOUR: list[Points] = [[[40, 0], [0, 65], [60, 65]], [[45, 40], [45, 100]]]
ONE: list[Points] = [[[30, 0], [28, 100]]]
BOX: Points = [[-60, -50], [120, -48], [118, 150], [-58, 152], [-60, -45]]


def circle(turns: float = 1.05, wide: float = 90, high: float = 100) -> Points:
    places = np.linspace(0.4, 0.4 + 2 * math.pi * turns, 40)
    return [[30 + wide * math.cos(place), 50 + high * math.sin(place)] for place in places.tolist()]


def arrays(strokes: list[Points]) -> list[Stroke]:
    return [np.array(stroke, np.float32) for stroke in strokes]


def left_of(strokes: list[Points]) -> list[int]:
    """The places of the strokes that are no rings."""
    given = arrays(strokes)
    kept = [id(stroke) for stroke in without_rings(given)]
    return [place for place, stroke in enumerate(given) if id(stroke) in kept]


def picture(strokes: list[Points], pen: int = 10) -> Image.Image:
    image = Image.new("L", (300, 300), 235)
    draw = ImageDraw.Draw(image)
    for stroke in strokes:
        path = [(x + 110, y + 90) for x, y in stroke]
        draw.line(path, 40, pen, "curve")
        for x, y in path:
            draw.ellipse((x - pen / 2, y - pen / 2, x + pen / 2, y + pen / 2), 40)
    return image


@pytest.mark.parametrize("ring", [circle(), circle(0.9), circle(1.4), circle(1, 70, 130), BOX])
@pytest.mark.parametrize("digit", [SEVEN, FOUR, ONE])
def test_what_goes_around_a_digit_is_left_out(ring: Points, digit: list[Points]) -> None:
    assert left_of([*digit, ring]) == list(range(len(digit)))
    assert left_of([ring, *digit]) == list(range(1, len(digit) + 1))


def test_all_that_goes_around_is_left_out() -> None:
    assert left_of([circle(1, 130, 150), *SEVEN, circle()]) == [1]


@pytest.mark.parametrize(
    "strokes",
    [
        [circle(0.75), *SEVEN],  # no more than a bow
        [circle(1, 90, 60), *SEVEN],  # that a digit crosses
        [circle(), [[25, 45], [35, 55]]],  # with a speck within
        [circle(), [[60, 10], [0, 90]]],  # a 0 struck through
        [circle(), [[200, 0], [198, 100]]],  # beside a digit
        [circle()],
        [],
    ],
)
def test_what_is_no_ring_stays(strokes: list[Points]) -> None:
    assert left_of(strokes) == list(range(len(strokes)))


def test_a_point_within_is_no_digit() -> None:
    assert left_of([circle(), [[30, 50]]]) == [0, 1]


@pytest.mark.parametrize("ring", [circle(), circle(0.95), circle(1.03, 80, 130), BOX])
@pytest.mark.parametrize("digit", [SEVEN, FOUR])
def test_the_ink_of_a_ring_is_told(ring: Points, digit: list[Points]) -> None:
    ink, own = (1 - np.asarray(picture(some), np.float32) / 235 for some in ([*digit, ring], digit))
    found = rings(np.where(ink < 0.1, 0, ink).astype(np.float32))
    assert found.any()
    assert not (found & (own > 0.1)).any()
    assert (found | (own > 0.1) | (ink < 0.1)).all()


@pytest.mark.parametrize(
    "strokes",
    [
        [circle(0.7), *SEVEN],
        [circle(1, 60, 60), *SEVEN],
        [circle(), [[25, 45], [35, 55]]],
        [circle(), [[60, 15], [0, 85]]],
        [circle(), [[-60, 50], [-20, 50]], *SEVEN],  # with more than one stroke
        SEVEN,
    ],
)
def test_the_ink_of_what_is_no_ring_stays(strokes: list[Points]) -> None:
    ink = 1 - np.asarray(picture(strokes), np.float32) / 235
    assert not rings(np.where(ink < 0.1, 0, ink).astype(np.float32)).any()


@pytest.mark.parametrize(("digit", "read"), [(SEVEN, "7"), (FOUR, "4"), (ONE, "1")])
@pytest.mark.parametrize("ring", [circle(), BOX])
def test_a_digit_with_something_around_it_is_read(
    digit: list[Points], read: str, ring: Points, reader: Reader
) -> None:
    file = io.BytesIO()
    picture([*digit, ring]).save(file, "PNG")
    for source in ([*digit, ring], file.getvalue()):
        reading = reader.read(source)
        assert (reading.text, reading.reason) == (read, None)
        assert reading.digits[0].box.width < 80


@pytest.mark.parametrize("slash", [[[70, 0], [-10, 100]], [[62, 10], [-2, 90]]])
def test_a_zero_struck_through_is_a_zero(slash: Points, reader: Reader) -> None:
    zero = circle(1.02, 45, 60)
    file = io.BytesIO()
    picture([zero, slash]).save(file, "PNG")
    assert [reader.read(source).text for source in ([zero, slash], file.getvalue())] == ["0", "0"]
