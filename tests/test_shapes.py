"""What is no digit comes in every kind, from its generator alone, and never in a digit's very shape."""

from __future__ import annotations

import numpy as np
import pytest

from inkdigits.training import shapes
from inkdigits.training.datasets import Pictures
from inkdigits.training.negatives import (
    HALVED,
    OF_DIGITS,
    SHAPES,
    TURNED,
    Digits,
    negatives,
    pair,
)
from inkdigits.training.shapes import Picture


@pytest.fixture(scope="module")
def digits(mnist: Pictures) -> Digits:
    return Digits(mnist.images, mnist.labels)


def assert_ink(ink: Picture) -> None:
    """Bytes, cut to the edges, with a pen's darkness somewhere."""
    assert ink.dtype == np.uint8
    assert min(ink.shape) >= 1
    assert max(ink.shape) >= 5
    assert ink.max() > 128


@pytest.mark.parametrize("make", [*SHAPES, shapes.symbol], ids=lambda make: make.__name__)
def test_shapes_are_ink_and_differ(make: object) -> None:
    assert callable(make)
    random = np.random.default_rng(1)
    drawn = [make(random) for _ in range(60)]
    for ink in drawn:
        assert_ink(ink)
        assert max(ink.shape) < 2 * shapes.SIZE
    assert len({ink.tobytes() for ink in drawn}) > 50


@pytest.mark.parametrize("make", OF_DIGITS, ids=lambda make: make.__name__)
def test_what_befalls_digits_is_ink(make: object, digits: Digits) -> None:
    assert callable(make)
    random = np.random.default_rng(2)
    for _ in range(40):
        assert_ink(make(random, digits))


def test_the_same_generator_gives_the_same_shapes(digits: Digits) -> None:
    first, second, other = (negatives(np.random.default_rng(seed), [digits], 60) for seed in (3, 3, 4))
    assert all(np.array_equal(one, two) for one, two in zip(first, second, strict=True))
    assert not all(np.array_equal(one, two) for one, two in zip(first, other, strict=True))


def test_the_shares_of_the_kinds_are_whole() -> None:
    assert sum((*SHAPES.values(), *OF_DIGITS.values())) == pytest.approx(1)


def test_too_few_digits_leave_shapes_alone(digits: Digits) -> None:
    """A pool that lacks the digits a kind needs is passed over."""
    ones = Digits(digits.tiles[digits.labels == 1], digits.labels[digits.labels == 1])
    bare, with_ones = (negatives(np.random.default_rng(7), pools, 40) for pools in ([], [ones]))
    assert all(np.array_equal(one, two) for one, two in zip(bare, with_ones, strict=True))


def test_no_letter_and_no_lone_symbol_is_a_digit() -> None:
    assert not set(shapes.LETTERS) & set("OoIlZzSsbqgB")
    assert len(shapes.LETTERS) == 52 - len(shapes.DIGIT_SHAPED)
    assert "|" not in shapes.SYMBOLS + shapes.SEPARATORS
    assert not set(shapes.STANDING) & set(",/()'!")
    assert set(shapes.STANDING) < set(shapes.SYMBOLS)


def test_every_font_has_every_letter() -> None:
    """A font without a letter draws the same box, or nothing, for all it lacks."""
    for font in shapes._fonts():
        drawn = {letter: bytes(font.getmask(letter)) for letter in shapes.LETTERS}
        assert len(set(drawn.values())) == len(drawn), font.path
        assert all(map(any, drawn.values())), font.path


def test_ink_is_cut_to_its_edges() -> None:
    page = np.zeros((20, 30), np.uint8)
    page[5:9, 10:22] = 200
    assert np.array_equal(shapes.cut(page), np.full((4, 12), 200))
    assert shapes.cut(np.zeros((20, 30), np.uint8)).shape == (1, 1)


def test_a_pen_is_as_wide_as_asked() -> None:
    line = [np.array([[0.0, 0.0], [1.0, 0.0]])]
    for width in (0.05, 0.2, 0.4):
        ink = shapes.pen(line, width)
        assert ink.shape[1] == pytest.approx(shapes.SIZE, abs=2)
        assert ink.shape[0] == pytest.approx(shapes.SIZE * width / (1 + width), abs=2)


def test_a_pair_shows_both_digits(digits: Digits) -> None:
    """It is as wide as two, or squeezed to at least half of that."""
    random = np.random.default_rng(5)
    ratios = [ink.shape[1] / ink.shape[0] for ink in (pair(random, digits) for _ in range(200))]
    assert np.mean(ratios) > 1
    assert min(ratios) > 0.3


def test_only_such_digits_are_cut_or_turned_as_are_none_then() -> None:
    """Half an 8 is a 0, half a 1 or a 7 a 1, and a 6 turned over a 9."""
    assert not set(HALVED + TURNED) & set("16789")
