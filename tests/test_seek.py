"""Pages: where to look, how high a digit is, and boxes back in the picture as given."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from inkdigits import Reader
from inkdigits.page import Page
from inkdigits.seek import Sight, by_finder, by_rules
from inkdigits.training.datasets import Pictures
from inkdigits.types import Box, Candidate, Ink, Raster


def page_of(ink: NDArray[np.float32], scale: float = 1.0) -> Page:
    return Page.of(1 - ink, Ink(ink, scale))


def bars(*boxes: tuple[int, int, int, int]) -> NDArray[np.float32]:
    """Ink of filled rectangles (x, y, width, height) on 100 x 200."""
    ink = np.zeros((100, 200), np.float32)
    for x, y, width, height in boxes:
        ink[y : y + height, x : x + width] = 1
    return ink


def test_areas_hold_all_ink_with_room_and_leave_the_rest() -> None:
    page = page_of(bars((20, 10, 5, 10), (60, 12, 5, 10), (150, 80, 5, 10)))
    (upper, lower) = page.areas(10)
    assert upper == (slice(4, 28), slice(14, 71))
    assert lower == (slice(74, 96), slice(144, 161))


def test_a_page_without_ink_is_one_area() -> None:
    assert page_of(bars()).areas(10) == [(slice(0, None), slice(0, None))]


def test_grain_is_no_glyph() -> None:
    ink = np.zeros((100, 1000), np.float32)
    ink[40:48, 20:24] = ink[20:60, 500:504] = 1
    assert [glyph.box.height for glyph in page_of(ink).glyphs] == [40]


@pytest.mark.parametrize(("stray", "covered"), [(4, True), (13, False)])
def test_what_is_left_of_the_ink_may_be_no_digit(stray: int, covered: bool) -> None:
    """Eight bars, and far from them pieces too low to be digits."""
    page = page_of(bars(*((10 + 20 * place, 20, 5, 40) for place in range(8)), (20, 85, 6, stray)))
    assert len(page.glyphs) == 8
    assert page.covered == covered
    assert page_of(bars((10, 20, 5, 40), (60, 90, 5, 7))).covered


def test_lines_from_edge_to_edge_are_no_glyphs_unless_the_page_is_small() -> None:
    ink = bars((50, 0, 6, 100), (100, 20, 10, 60))
    assert [glyph.box.x for glyph in page_of(ink).glyphs] == [100]
    assert [glyph.box.x for glyph in page_of(np.ascontiguousarray(ink[:60])).glyphs] == [50, 100]


def test_heights_are_guessed_from_glyphs_and_from_all_ink() -> None:
    assert list(page_of(bars((20, 10, 5, 12), (60, 12, 5, 12))).heights()) == [12.0, 12.0, 60.0]
    framed = bars((0, 0, 4, 100), *((20 * place, 40, 5, 12) for place in range(1, 7)))
    assert list(page_of(framed).heights()) == [12.0, 60.0]
    assert list(page_of(bars()).heights()) == [60.0]


def test_glyphs_that_leave_much_ink_out_do_not_cover_the_page() -> None:
    assert page_of(bars((20, 10, 5, 40), (60, 12, 5, 40))).covered
    assert not page_of(bars((0, 0, 10, 100), *((20 * place, 40, 5, 12) for place in range(1, 7)))).covered


@pytest.mark.parametrize(("paper", "plain"), [(0.9, 2), (np.linspace(0.7, 0.9, 200), 0)])
def test_several_glyphs_are_plain_on_paper_of_one_shade(
    paper: float | NDArray[np.float64], plain: int
) -> None:
    def page(ink: NDArray[np.float32]) -> Page:
        pixels = (paper * (1 - ink)).astype(np.float32)
        return Page.of(pixels, Ink(ink), raster=Raster(pixels))

    assert len(page(bars((20, 10, 5, 40), (60, 12, 5, 40))).plain) == plain
    assert len(page(bars((20, 10, 5, 40))).plain) == 1


def test_what_is_cut_out_of_a_picture_may_be_rests() -> None:
    page = page_of(bars((20, 10, 5, 40)))
    assert not page.printed
    assert replace(page, cut_out=True).printed


def test_where_a_line_was_is_paper() -> None:
    ink = bars((50, 15, 6, 45), (90, 15, 6, 45), (20, 60, 140, 3))
    pixels = (np.linspace(0.7, 0.9, 200) * (1 - 0.8 * ink)).astype(np.float32)
    assert page_of(ink).without_underlines() is None  # as of what a pen drew
    clear = Page.of(pixels, Ink(ink), raster=Raster(pixels)).without_underlines()
    assert clear is not None
    assert [glyph.box.x for glyph in clear.glyphs] == [50, 90]
    np.testing.assert_allclose(clear.pixels[61, 20:160], np.linspace(0.7, 0.9, 200)[20:160], atol=0.02)
    assert clear.printed  # rests of it may be left
    assert clear.without_underlines() is None


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_boxes_are_in_the_picture_as_given(reader: Reader, mnist: Pictures, quarters: int) -> None:
    """A page is turned, the finder turns it back: boxes lie on ink of the page as given."""
    row = np.concatenate(
        [np.pad(mnist.images[place], ((20, 20), (4, 4))) for place in (0, 5, 4, 9, 2, 17)], 1
    )
    ink = np.rot90(row.astype(np.float32) / 255, -quarters)
    sight = by_finder(reader.models, page_of(ink, 2.0))
    assert sight.turned == 90 * quarters
    boxes = [one.box for one in sight.candidates if one.exists > 0.5]
    assert len(boxes) == 6
    for box in boxes:
        inside = ink[box.y // 2 : (box.y + box.height) // 2, box.x // 2 : (box.x + box.width) // 2]
        assert inside.mean() > 0.1


def test_of_two_digits_it_cannot_be_told_which_way_is_up(reader: Reader, mnist: Pictures) -> None:
    """Three twos are noticed on their side."""
    two = np.pad(mnist.images[1], ((20, 20), (4, 4))).astype(np.float32) / 255
    few, enough = (page_of(np.rot90(np.tile(two, (1, count)), -1)) for count in (2, 3))
    assert by_finder(reader.models, few).turned == 0
    assert by_finder(reader.models, enough).turned == 90


def test_a_crowded_page_is_not_turned(reader: Reader, mnist: Pictures) -> None:
    """A few sevens upside down are noticed; of so many that not all are looked at nothing is told."""
    seven = np.rot90(mnist.images[0], 2).astype(np.float32) / 255
    few, many = (page_of(np.tile(seven, (side, side))) for side in (4, 24))
    assert by_finder(reader.models, few).turned == 180
    assert by_finder(reader.models, many).turned == 0


def test_rules_are_sure_only_of_digits_all_of_which_are() -> None:
    def candidate(exists: float) -> Candidate:
        return Candidate(
            Box(0, 0, 9, 9), exists, np.eye(10, dtype=np.float32)[3], np.ones((9, 9), np.float32)
        )

    assert Sight([[candidate(0.99)]]).sure
    assert not Sight([[candidate(0.99), candidate(0.6)]]).sure
    assert not Sight([]).sure


def test_glyphs_become_candidates_in_lines() -> None:
    ink = bars((100, 10, 5, 20), (20, 10, 5, 20), (20, 60, 5, 20))
    shares = np.tile(np.eye(10, dtype=np.float32)[1], (3, 1))
    sight = by_rules(page_of(ink), (shares, np.array([0.9, 0.8, 0.7], np.float32)))
    assert [[(one.box.x, one.box.y) for one in line] for line in sight.lines] == [
        [(20, 10), (100, 10)],
        [(20, 60)],
    ]


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_glyphs_of_a_page_turned_back_lie_where_they_were(quarters: int) -> None:
    upright = Page.of(1 - (ink := bars((20, 10, 5, 20), (100, 60, 8, 30))), Ink(ink, 2.0, 7, -3))
    given = upright.turned(4 - quarters).segmented()
    told = (np.tile(np.eye(10, dtype=np.float32)[1], (2, 1)), np.ones(2, np.float32))
    sight = by_rules(given.turned(quarters).segmented(), told, 90 * quarters)
    assert sight.turned == 90 * quarters
    assert {one.box for one in sight.candidates} == {glyph.box for glyph in given.glyphs}
    assert {one.ink.shape for one in sight.candidates} == {(20, 5), (30, 8)}
