"""Pieces of a digit are put together, digits kept apart, dirt left out."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkdigits.ink import find_ink
from inkdigits.segment import MOST_PARTS, segment
from inkdigits.training.datasets import Pictures
from inkdigits.types import FloatArray, Ink, Raster


def ink_of(*boxes: tuple[int, int, int, int], shape: tuple[int, int] = (60, 200)) -> Ink:
    """Ink filled in boxes of left, top, width, height."""
    pixels = np.zeros(shape, np.float32)
    for left, top, width, height in boxes:
        pixels[top : top + height, left : left + width] = 1
    return Ink(pixels)


def digit_inks(mnist: Pictures) -> list[FloatArray]:
    return [find_ink(Raster(image.astype(np.float32) / 255)).pixels for image in mnist.images]


def test_blank_ink_has_no_glyphs() -> None:
    assert segment(ink_of()) == []


def test_digits_come_from_left_to_right_with_their_boxes() -> None:
    glyphs = segment(Ink(ink_of((90, 5, 10, 40), (20, 8, 30, 40)).pixels, scale=2, left=100, top=7))
    assert [(glyph.box.x, glyph.box.y, glyph.box.width, glyph.box.height) for glyph in glyphs] == [
        (140, 23, 60, 80),
        (280, 17, 20, 80),
    ]
    assert all(glyph.ink.min() == 1 for glyph in glyphs)


@pytest.mark.parametrize(
    ("boxes", "count"),
    [
        (((20, 5, 20, 40), (60, 5, 20, 40)), 2),
        (((20, 5, 20, 18), (22, 25, 20, 20)), 1),  # broken across
        (((20, 14, 20, 36), (32, 5, 25, 6)), 1),  # the bar of a 5, to the right
        (((20, 5, 20, 40), (100, 42, 3, 3)), 1),  # a speck far away
        (((20, 5, 20, 40), (43, 40, 3, 5)), 1),  # a speck close by
        (((20, 5, 20, 40), (60, 5, 1, 40)), 1),  # a hair far away, as high as the digit
        (((20, 5, 20, 18), (41, 25, 20, 20)), 1),  # broken aslant: hardly a row in common, nor a column
        (((20, 5, 20, 18), (41, 18, 20, 20)), 2),
        (((20, 5, 4, 40), (34, 5, 4, 40)), 2),  # two ones
        (((20, 0, 20, 16), (20, 20, 20, 16), (20, 40, 20, 16)), 2),  # three lines of writing: not one digit
        (((20, 5, 4, 50), (26, 5, 4, 50)), 1),  # two columns between them: four of a hundred
        (((20, 5, 4, 50), (27, 5, 4, 50)), 2),
        (((20, 5, 4, 50), (24, 5, 3, 2), (28, 53, 4, 2), (30, 5, 4, 50)), 2),  # near, but not in one row
    ],
)
def test_pieces_and_dirt(boxes: tuple[tuple[int, int, int, int], ...], count: int) -> None:
    assert len(segment(ink_of(*boxes))) == count


def test_a_neighbours_ink_is_taken_out() -> None:
    pixels = np.zeros((60, 60), np.float32)
    for row in range(50):  # two slanted strokes whose boxes overlap
        pixels[row, 25 - row // 4 : 28 - row // 4] = 1
        pixels[row, 37 - row // 4 : 40 - row // 4] = 1
    glyphs = segment(Ink(pixels))
    assert len(glyphs) == 2
    assert sum(float(glyph.ink.sum()) for glyph in glyphs) == pixels.sum()
    assert glyphs[0].box.x + glyphs[0].box.width > glyphs[1].box.x


def test_known_digits_are_one_glyph_each(mnist: Pictures) -> None:
    counts = [len(segment(Ink(ink))) for ink in digit_inks(mnist)]
    assert counts.count(1) == len(counts)


@settings(max_examples=40)
@given(places=st.lists(st.integers(0, 299), min_size=2, max_size=6), gap=st.integers(4, 20))
def test_digits_side_by_side_are_kept_apart(mnist: Pictures, places: list[int], gap: int) -> None:
    inks = [
        segment(Ink(digit_inks(Pictures(mnist.images[[i]], mnist.labels[[i]]))[0]))[0].ink for i in places
    ]
    pixels = np.zeros((40, 10 + sum(ink.shape[1] + gap for ink in inks)), np.float32)
    left = 5
    for ink in inks:
        pixels[6 : 6 + ink.shape[0], left : left + ink.shape[1]] = ink
        left += ink.shape[1] + gap
    assert len(segment(Ink(pixels))) == len(inks)


def test_a_thin_line_beside_a_heavy_bar_is_read() -> None:
    """The tallest is too slight, the heaviest too low: neither rule leaves a digit."""
    glyphs = segment(ink_of((20, 5, 1, 50), (40, 40, 100, 20)))
    assert [glyph.box.height for glyph in glyphs] == [50]


def test_pure_noise_is_bounded() -> None:
    noise = (np.random.default_rng(0).random((1000, 1000)) > 0.8).astype(np.float32)
    assert len(segment(Ink(noise))) <= MOST_PARTS


def test_paper_is_no_part_of_a_digit() -> None:
    """cc3d 4.1 takes some paper for ink in boolean masks whose width is odd."""
    glyphs = segment(Ink(np.array([[1, 0, 1], [0, 0, 1], [0, 0, 1]], np.float32)))
    assert [(glyph.box.x, glyph.box.width) for glyph in glyphs] == [(2, 1)]
