"""Pen is told from paper, whichever is darker, under even and uneven light."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inkdigits.ink import WORKING_SIDE, find_ink
from inkdigits.types import FloatArray, Raster


def page(paper: float, pen: float, side: int = 100) -> tuple[FloatArray, FloatArray]:
    """A picture with a stroke, and where the stroke is."""
    where = np.zeros((side, side), np.float32)
    where[side // 4 : -side // 4, side // 2 : side // 2 + max(2, side // 25)] = 1
    return (paper + (pen - paper) * where).astype(np.float32), where


@given(paper=st.floats(0, 1), pen=st.floats(0, 1))
def test_either_polarity_and_any_contrast(paper: float, pen: float) -> None:
    pixels, where = page(paper, pen)
    ink = find_ink(Raster(pixels)).pixels
    if abs(paper - pen) > 0.05:
        np.testing.assert_allclose(ink, where, atol=1e-3)
    elif abs(paper - pen) < 0.03:
        assert not ink.any()


@pytest.mark.parametrize("tone", [0.0, 0.5, 1.0])
def test_an_even_page_is_blank(tone: float) -> None:
    assert not find_ink(Raster(np.full((60, 40), tone, np.float32))).pixels.any()


def test_noise_alone_is_blank() -> None:
    noise = np.random.default_rng(0).normal(0.7, 0.01, (200, 200)).astype(np.float32)
    assert not find_ink(Raster(noise)).pixels.any()


@pytest.mark.parametrize("pen", [0.2, 1.0])
def test_uneven_light_is_no_ink(pen: float) -> None:
    _, where = page(1, 0, 300)
    light = np.linspace(0.4, 0.8, 300, dtype=np.float32)[None, :]
    pixels = light * (1 - where) + (light * pen if pen < 0.5 else pen) * where
    ink = find_ink(Raster(pixels.astype(np.float32))).pixels
    assert ink[where == 1].min() > 0.5
    assert ink[where == 0].max() == 0


@pytest.mark.parametrize("shape", [(1, 1), (1, 50), (50, 1), (2, 3), (10, 5000), (17, 33)])
def test_any_shape(shape: tuple[int, int]) -> None:
    pixels = np.ones(shape, np.float32)
    pixels[0, 0] = 0
    assert find_ink(Raster(pixels)).pixels.max() <= 1


def test_large_pictures_are_worked_on_at_a_bounded_size() -> None:
    pixels, where = page(1, 0, 3 * WORKING_SIDE - 7)
    ink = find_ink(Raster(pixels))
    assert max(ink.pixels.shape) <= WORKING_SIDE
    assert ink.scale == 3
    assert ink.pixels[WORKING_SIDE // 2].max() == 1
    assert np.count_nonzero(ink.pixels) == pytest.approx(where.sum() / 9, rel=0.1)
