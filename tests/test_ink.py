"""Pen is told from paper, whichever is darker, under any light and on printed paper."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageFilter

from inkdigits.evaluation.corrupt import corrupt
from inkdigits.ink import contrast, find_ink
from inkdigits.training.datasets import Pictures
from inkdigits.types import WORKING_SIDE, FloatArray, Raster

WIDTH, HEIGHT = 480, 320
#: Places of a page from -1 to 1, down and across.
Y, X = np.mgrid[-1 : 1 : HEIGHT * 1j, -1 : 1 : WIDTH * 1j].astype(np.float32)
ROWS, COLUMNS = np.indices((HEIGHT, WIDTH))


def digits(mnist: Pictures) -> FloatArray:
    """Where the pen is on a page with two lines of digits, `[HEIGHT, WIDTH]`, 0 to 1."""
    page = Image.new("L", (WIDTH, HEIGHT))
    for place, image in enumerate(mnist.images[:10]):
        digit = Image.fromarray(image).resize((80, 80), Image.Resampling.BICUBIC)
        page.paste(digit, (30 + 85 * (place % 5), 50 + 130 * (place // 5)))
    return np.asarray(page, np.float32) / 255


def written(pen: FloatArray, paper: FloatArray | float, light: FloatArray | float) -> FloatArray:
    """The page as photographed, with a little noise."""
    noise = np.random.default_rng(0).normal(0, 0.01, pen.shape)
    return np.clip((paper * (1 - pen) + 0.2 * pen) * light + noise, 0, 1).astype(np.float32)


def ruled(spacing: int, *, across: bool = False) -> FloatArray:
    """Paper with lines a little aslant, or with squares."""
    lines = (ROWS + COLUMNS // 60) % spacing < 1
    if across:
        lines |= (COLUMNS - ROWS // 60) % spacing < 1
    return np.where(lines, 0.5, 0.9).astype(np.float32)


def framed(page: FloatArray, tone: float) -> FloatArray:
    """The page on a table, the rim of which is in the picture."""
    picture = np.asarray(Image.fromarray(page).resize((WIDTH - 60, HEIGHT - 60)))
    return np.pad(picture, 30, constant_values=tone)


def blurred(page: FloatArray) -> FloatArray:
    small = Image.fromarray((page * 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(2))
    return np.asarray(small, np.float32) / 255


PAGES: dict[str, Callable[[FloatArray], FloatArray]] = {
    "gradient": lambda pen: written(pen, 0.9, 0.7 + 0.3 * X),
    "hard shadow": lambda pen: written(pen, 0.9, np.where(X + 0.3 * Y > 0.1, 1, 0.5)),
    "shadow on even paper": lambda pen: blurred(written(pen, 0.9, np.where(X > 0.3, 0.5, 1))),
    "light strip": lambda pen: np.where(X < -0.9, 1, written(pen, 0.5, 1)),
    "soft shadow": lambda pen: written(pen, 0.9, 0.7 + 0.3 * np.tanh(3 * X + Y)),
    "vignette": lambda pen: written(pen, 0.9, 1 - 0.3 * (X * X + Y * Y)),
    "low contrast": lambda pen: 0.7 + 0.2 * written(pen, 0.9, 1),
    "in the dark": lambda pen: 0.3 * written(pen, 0.9, 1),
    "chalk": lambda pen: 1 - written(pen, 0.9, 0.9 + 0.1 * X),
    "ruled": lambda pen: written(pen, ruled(40), 1),
    "squared": lambda pen: written(pen, ruled(27, across=True), 1),
    "dark table": lambda pen: framed(written(pen, 0.9, 1), 0.1),
    "light table": lambda pen: framed(0.6 * written(pen, 0.9, 1), 1.0),
    "bands": lambda pen: np.where(np.abs(X) > 0.5, 1 - written(pen, 0.9, 1), written(pen, 0.9, 1)),
    "blur": lambda pen: blurred(written(pen, 0.9, 0.8 + 0.2 * Y)),
}


@pytest.mark.parametrize("name", PAGES)
def test_digits_are_the_ink_and_nothing_else(name: str, mnist: Pictures) -> None:
    pen = digits(mnist)
    ink = find_ink(Raster(PAGES[name](pen).astype(np.float32))).pixels
    where = framed(pen, 0) if "table" in name else pen
    near = np.asarray(Image.fromarray((where > 0.2).astype(np.uint8)).filter(ImageFilter.MaxFilter(9)))
    assert ink[where > 0.8].mean() > 0.85
    assert ink[near == 0].sum() < 0.02 * ink.sum()


@pytest.mark.parametrize(("kind", "like"), [("stripe", 0.97), ("impulse_noise", 0.7), ("fog", 0.8)])
def test_spoilt_tiles_have_the_ink_of_the_clean_ones(kind: str, like: float, mnist: Pictures) -> None:
    random = np.random.default_rng(0)
    alike = []
    for image in mnist.images[:50]:
        clean = image.astype(np.float32) / 255
        found = find_ink(Raster(corrupt(clean, kind, random))).pixels > 0.5
        wanted = find_ink(Raster(clean)).pixels > 0.5
        alike.append(np.count_nonzero(found & wanted) / np.count_nonzero(found | wanted))
    assert np.mean(alike) > like


def test_a_form_box_is_taken_out(mnist: Pictures) -> None:
    pen = digits(mnist)
    boxed = pen.copy()
    boxed[20:300, 10:470] = 1
    boxed[22:298, 12:468] = pen[22:298, 12:468]
    ink = find_ink(Raster(1 - boxed)).pixels
    np.testing.assert_allclose(ink, find_ink(Raster(1 - pen)).pixels, atol=0.1)


@pytest.mark.parametrize("angle", [0, 90])
def test_a_single_long_stroke_is_no_rule(angle: int) -> None:
    one = np.rot90(page(1, 0, 200)[0], angle // 90)
    assert find_ink(Raster(np.ascontiguousarray(one[45:-45, 45:-45]))).pixels.any()


def test_contrast_tells_blank_from_faint() -> None:
    seen = {pen: contrast(Raster(page(0.8, pen)[0])) for pen in (0.8, 0.78, 0.5)}
    assert [(found.blank, found.faint) for found in seen.values()] == [
        (True, False),
        (False, True),
        (False, False),
    ]


@given(paper=st.floats(0, 1), pen=st.floats(0, 1))
def test_contrast_is_how_far_the_pen_is_from_the_paper(paper: float, pen: float) -> None:
    pixels, where = page(paper, pen)
    found = contrast(Raster(pixels))
    np.testing.assert_allclose(found.depth, abs(paper - pen) * where, atol=1e-6)
    assert found.pen == pytest.approx(abs(paper - pen), abs=1e-6)


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


def test_a_pen_is_seen_through_grain() -> None:
    pixels, where = page(0.9, 0.3)
    grain = np.random.default_rng(0).normal(0, 0.2, pixels.shape)
    ink = find_ink(Raster(np.clip(pixels + grain, 0, 1).astype(np.float32))).pixels
    assert ink[where == 1].mean() > 0.75
    assert ink[where == 0].sum() < 0.1 * ink.sum()


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
    assert find_ink(Raster(pixels, 2.0)).scale == 6
    assert ink.pixels[WORKING_SIDE // 2].max() == 1
    assert np.count_nonzero(ink.pixels) == pytest.approx(where.sum() / 9, rel=0.1)


def test_bands_that_are_mended_beyond_black_are_no_fault() -> None:
    """Light bands turned dark are darker than black where they are lightest."""
    page = np.where(np.arange(120) % 40 < 20, 0.6, 0.1)[None].repeat(90, 0)
    page[30:60, 4:9], page[30:60, 24:29], page[30:60, 44:48] = 0, 0.7, 1
    page += np.linspace(0, 0.08, 90)[:, None]
    with np.errstate(all="raise"):
        assert find_ink(Raster(page.clip(0, 1).astype(np.float32))).pixels.max() <= 1
