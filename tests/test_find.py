"""Marks become digits: one for each, the surest first, at any size of the page."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from inkdigits.find import Found, find, look, look_closer, together
from inkdigits.model import Finder
from inkdigits.training.datasets import Pictures

WHOLE = [np.s_[0:, 0:]]


@pytest.fixture(scope="module")
def finder() -> Finder:
    return Finder()


@pytest.fixture(scope="module")
def row(mnist: Pictures) -> NDArray[np.float32]:
    """7 2 1 0 4 on white, digits about 28 pixels high."""
    tiles = np.concatenate([np.pad(image, ((4, 4), (0, 4))) for image in mnist.images[:5]], 1)
    page = 255 - np.asarray(Image.fromarray(tiles).resize((224, 50)))
    return page.astype(np.float32) / 255


def said(found: Found) -> str:
    """The digits found from left to right."""
    kept = np.flatnonzero(found.exists > 0.5)
    order = kept[np.argsort(found.boxes[kept, 0])]
    return "".join(str(value) for value in found.probabilities[order].argmax(1))


def made(*marks: tuple[float, int, tuple[float, float, float, float]]) -> Found:
    """Found of (exists, value, box)."""
    shares = np.full((len(marks), 10), 0.02, np.float32)
    for place, (_, value, _) in enumerate(marks):
        shares[place, value] = 0.82
    exists = np.array([exists for exists, _, _ in marks], np.float32)
    return Found(exists, shares, np.array([box for *_, box in marks], np.float32).reshape(-1, 4))


def test_a_row_is_found_with_its_boxes(finder: Finder, row: NDArray[np.float32]) -> None:
    found = find(finder, row, WHOLE, 28)
    assert said(found) == "72104"
    assert found.count == 5
    assert 20 < found.height < 36
    for x, y, _, _ in found.boxes[found.exists > 0.5]:
        assert row[int(y) - 12 : int(y) + 12, int(x) - 8 : int(x) + 8].min() < 0.5


@pytest.mark.parametrize("guess", [7.0, 28.0, 90.0])
def test_a_wrong_guess_of_the_height_is_mended(
    finder: Finder, row: NDArray[np.float32], guess: float
) -> None:
    assert said(find(finder, row, WHOLE, guess)) == "72104"


def test_light_on_dark_is_found_too(finder: Finder, row: NDArray[np.float32]) -> None:
    assert said(find(finder, 1 - row, WHOLE, 28)) == "72104"


def test_areas_are_places_of_the_page(finder: Finder, row: NDArray[np.float32]) -> None:
    page = np.ones((300, 500), np.float32)
    page[200:250, 150:374] = row
    found = look(finder, page, [np.s_[190:260, 140:380]], 1.0)
    assert said(found) == "72104"
    assert (found.boxes[found.exists > 0.5, 0] > 150).all()
    assert not look(finder, page, [np.s_[0:100, 0:500]], 1.0).count


def test_several_cores_find_in_several_areas_what_one_does(row: NDArray[np.float32]) -> None:
    page = np.ones((300, 500), np.float32)
    areas = [np.s_[top : top + 60, left : left + 240] for top, left in ((10, 20), (100, 200), (200, 80))]
    for rows, columns in areas:
        page[rows.start + 5 : rows.start + 55, columns.start + 5 : columns.start + 229] = row
    one, several = (look(Finder(threads=threads), page, areas, 1.0) for threads in (1, 2))
    assert several.count == 15
    np.testing.assert_array_equal(several.boxes, one.boxes)
    np.testing.assert_allclose(several.exists, one.exists, atol=1e-6)


def test_looks_at_one_digit_are_one() -> None:
    one, other = (
        made((0.9, 3, (20, 20, 16, 30))),
        made((0.7, 3, (21, 20, 15, 29)), (0.6, 8, (80, 20, 16, 30))),
    )
    both = together([one, other])
    assert both.exists.tolist() == pytest.approx([0.8, 0.3])
    assert both.probabilities.argmax(1).tolist() == [3, 8]
    assert both.probabilities.sum(1) == pytest.approx(1, abs=1e-5)
    assert both.boxes[0].tolist() == [20, 20, 16, 30]


def test_narrow_neighbours_stay_two() -> None:
    ones = made((0.9, 1, (20, 20, 6, 30)), (0.8, 1, (29, 20, 6, 30)))
    assert together([ones]).count == 2


def test_sure_finds_are_left_alone(finder: Finder, row: NDArray[np.float32]) -> None:
    sure = made((0.99, 3, (20, 20, 16, 30)))
    nothing = made()
    assert look_closer(finder, row, WHOLE, nothing) is nothing
    assert nothing.score == nothing.height == 0
    assert sure.score == pytest.approx(2 * 0.99 * 0.82 - 1)


@pytest.mark.parametrize(
    ("sure", "faint", "crowded"),
    [(3, 0, False), (70, 0, False), (10, 60, True), (20, 60, False), (1, 20, False)],
)
def test_many_marks_and_hardly_a_digit_are_something_else(sure: int, faint: int, crowded: bool) -> None:
    marks = [(0.9, 3, (20.0 * place, 20.0, 16.0, 30.0)) for place in range(sure)]
    found = made(*marks, *[(0.06, 1, (20.0 * place, 80.0, 16.0, 30.0)) for place in range(faint)])
    assert found.crowded is crowded


def test_a_crowded_page_is_not_looked_at_again(finder: Finder, row: NDArray[np.float32]) -> None:
    unsure = [(0.6, 7, (20.0 * place, 20.0, 16.0, 30.0)) for place in range(3)]
    few = made(*unsure)
    many = made(*unsure, *[(0.06, 1, (20.0 * place, 80.0, 16.0, 30.0)) for place in range(90)])
    assert look_closer(finder, row, WHOLE, few) is not few
    assert look_closer(finder, row, WHOLE, many) is many


def test_pages_of_any_size_can_be_looked_at(finder: Finder) -> None:
    for size in ((1, 1), (1, 900), (900, 1), (9, 2000), (2000, 2000)):
        assert look(finder, np.ones(size, np.float32), WHOLE, 1.0).count == 0
