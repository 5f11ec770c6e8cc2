"""A sheet on something else is what is read: a note on a desk, paper on a table, a canvas in a window."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from inkdigits import read
from inkdigits.sheet import on_sheet
from inkdigits.types import Raster

SEVEN = Image.open(Path(__file__).parent.parent / "examples" / "seven.png").convert("L").resize((180, 180))
SIZE = (640, 480)


def desk(tone: int) -> Image.Image:
    """A desk with a grain of its own, and light that falls off."""
    grain = np.random.default_rng(1).normal(0, 4, SIZE[::-1]) + np.linspace(-15, 15, SIZE[0])
    return Image.fromarray(np.uint8(np.clip(tone + grain, 0, 255)))


def laid(table: Image.Image, sheet: Image.Image, place: tuple[int, int], turn: float = 0) -> Image.Image:
    """A picture of the sheet on the table, turned by some degrees."""
    whole = Image.new("L", sheet.size, 255).rotate(turn, expand=True)
    picture = table.copy()
    picture.paste(sheet.rotate(turn, Image.Resampling.BICUBIC, expand=True), place, whole)
    return picture


@pytest.mark.parametrize("turn", [0, -7, 12])
@pytest.mark.parametrize("tone", [40, 110])
def test_a_note_on_a_desk_is_read(tone: int, turn: float) -> None:
    picture = laid(desk(tone), SEVEN, (330, 120), turn)
    reading = read(picture)
    assert reading.text == "7"
    box = reading.digits[0].box
    assert box.x >= 330
    assert box.y >= 120


def test_a_dark_canvas_in_a_light_window_is_read() -> None:
    dark = Image.eval(SEVEN, lambda tone: 255 - tone)
    assert read(laid(Image.new("L", SIZE, 240), dark, (90, 200))).text == "7"


def test_a_note_on_a_page_on_a_table_is_read() -> None:
    page = laid(Image.new("L", (520, 400), 215), Image.eval(SEVEN, lambda tone: tone // 2), (60, 90))
    assert read(laid(desk(30), page, (70, 30), 3)).text == "7"


def test_paper_that_the_picture_cuts_off_is_read() -> None:
    page = Image.new("L", (500, 700), 220)
    page.paste(SEVEN.point(lambda tone: tone * 220 // 255), (160, 260))
    assert read(laid(desk(60), page, (-80, -90), 4)).text == "7"


def test_around_a_sheet_its_own_tone_goes_on() -> None:
    pixels = np.asarray(laid(desk(40), SEVEN, (330, 120), 5), np.float32) / 255
    found = on_sheet(Raster(pixels))
    assert found is not None
    sheet = found.pixels
    paper = np.percentile(pixels[160:280, 360:500], 90)
    assert np.abs(sheet[:100] - paper).max() < 0.05
    assert np.abs(sheet[:, :300] - paper).max() < 0.05
    np.testing.assert_array_equal(sheet[180:260, 380:470], pixels[180:260, 380:470])


@pytest.mark.parametrize("thick", [2, 40, 75])
def test_a_digit_is_no_sheet(thick: int) -> None:
    down, across = np.mgrid[:600, :500]
    away = np.hypot((down - 300) / 1.4, across - 250)
    zero = np.where(np.abs(away - 90) < thick, 0.1, 0.95).astype(np.float32)
    assert on_sheet(Raster(zero)) is None


@pytest.mark.parametrize("pen", [10, 14, 18])
def test_digits_cut_off_at_the_edge_are_no_surroundings(pen: int) -> None:
    strip = Image.new("L", (900, 150), 235)
    for left in range(60, 460, 100):
        seven = [(left, pen // 2 - 2), (left + 60, pen // 2 - 2), (left + 20, 120)]
        ImageDraw.Draw(strip).line(seven, fill=40, width=pen, joint="curve")
    assert on_sheet(Raster(np.asarray(strip, np.float32) / 255)) is None


def test_paper_to_the_edges_is_no_sheet() -> None:
    picture = desk(200)
    picture.paste(SEVEN.point(lambda tone: tone * 200 // 255), (300, 200))
    assert on_sheet(Raster(np.asarray(picture, np.float32) / 255)) is None
    assert on_sheet(Raster(np.full((80, 90), 0.5, np.float32))) is None
    assert on_sheet(Raster(np.zeros((28, 28), np.float32))) is None


def test_what_is_all_rim_is_no_sheet() -> None:
    strip = np.full((64, 200), 0.9, np.float32)
    strip[30:34, 10:190] = 0.2
    assert on_sheet(Raster(strip)) is None
