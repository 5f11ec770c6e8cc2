"""A closer look: tiles of the page around boxes, and two opinions as one."""

from __future__ import annotations

import numpy as np
import pytest

from inkdigits import Reader
from inkdigits.find import Found, find
from inkdigits.refine import FARTHEST, SHOWN, TILE, beside, refine, tiles, unsure_of
from inkdigits.training.datasets import Pictures


def test_tiles_show_the_box_and_a_little_around_it() -> None:
    page = np.zeros((100, 200), np.float32)
    page[40:60, 90:100] = 1
    (tile,) = tiles(page, np.array([[95, 50, 10, 20]], np.float32))
    assert tile.shape == (1, TILE, TILE)
    rows, columns = np.nonzero(tile[0] > 0.5)
    assert np.ptp(rows) + 1 == pytest.approx(TILE / SHOWN, abs=2)
    assert np.ptp(columns) + 1 == pytest.approx(TILE / SHOWN / 2, abs=2)
    assert rows.mean() == pytest.approx((TILE - 1) / 2, abs=1)
    assert columns.mean() == pytest.approx((TILE - 1) / 2, abs=1)


def test_the_page_goes_on_beyond_its_edge() -> None:
    page = np.tile(np.linspace(0, 1, 50, dtype=np.float32), (30, 1))
    (tile,) = tiles(page, np.array([[0, 0, 30, 40]], np.float32))
    assert tile[0, :, : TILE // 2 - 2].max() == 0
    assert (tile[0, 0] == tile[0, TILE // 2]).all()


def test_tiles_of_nothing_and_of_a_point() -> None:
    page = np.ones((1, 1), np.float32)
    assert tiles(page, np.zeros((0, 4), np.float32)).shape == (0, 1, TILE, TILE)
    assert (tiles(page, np.array([[0.5, 0.5, 0, 0]], np.float32)) == 1).all()


def test_a_closer_look_knows_digits_from_smudges(reader: Reader, mnist: Pictures) -> None:
    """Where the finder's opinion is level, the refiner's decides."""
    row = np.concatenate([np.pad(image, ((10, 10), (8, 8))) for image in mnist.images[:5]], 1) / 255
    page = (1 - row).astype(np.float32)
    boxes = find(reader.models.finder, page, [np.s_[0:, 0:]], 20).boxes[:5]
    boxes = np.concatenate((boxes, [[page.shape[1] - 4, 4, 6, 6]])).astype(np.float32)
    level = Found(np.full(6, 0.5, np.float32), np.full((6, 10), 0.1, np.float32), boxes)
    closer = refine(reader.models.refiner, page, level)
    values = closer.probabilities[:5][np.argsort(boxes[:5, 0])].argmax(1)
    assert values.tolist() == mnist.labels[:5].tolist()
    assert closer.exists[:5].min() > closer.exists[5]
    assert closer.probabilities.sum(1) == pytest.approx(1, abs=1e-5)


def test_nothing_found_stays_nothing(reader: Reader) -> None:
    nothing = Found(np.zeros(0, np.float32), np.zeros((0, 10), np.float32), np.zeros((0, 4), np.float32))
    assert refine(reader.models.refiner, np.ones((9, 9), np.float32), nothing) is nothing


def marks(*marks: tuple[float, float, float, float, float]) -> Found:
    """Marks given as how probable each is, and its box's middle (x, y), width and height."""
    told = np.array(marks, np.float32)
    return Found(told[:, 0], np.full((len(told), 10), 0.1, np.float32), told[:, 1:])


def test_a_mark_in_a_line_of_its_height_has_company() -> None:
    row = marks((0.9, 20, 50, 20, 30), (0.4, 50, 50, 20, 30), (0.9, 80, 50, 20, 30), (0.3, 110, 50, 20, 30))
    rivals, company, taller, off = beside(row, np.array([1]))[0]
    assert (rivals, company) == (0, 1)
    assert (taller, off) == pytest.approx((0, 0), abs=1e-6)


def test_a_dot_below_the_line_is_lower_and_off_it() -> None:
    row = marks((0.9, 20, 50, 20, 30), (0.4, 40, 65, 4, 5), (0.9, 60, 50, 20, 30))
    assert beside(row, np.array([1]))[0] == pytest.approx((0, 1, min(np.log(6), FARTHEST), 0.5), abs=1e-5)


def test_the_other_half_of_a_digit_is_a_rival_and_no_neighbour() -> None:
    row = marks((0.8, 50, 50, 20, 30), (0.4, 55, 50, 10, 30))
    assert beside(row, np.array([1]))[0] == pytest.approx((0.8, 0, 0, 0), abs=1e-6)
    assert beside(row, np.array([0]))[0] == pytest.approx((0.4, 0, 0, 0), abs=1e-6)


def test_only_the_nearest_three_tell_of_the_line() -> None:
    row = marks((0.5, 0, 50, 9, 30), *((0.9, 20 * i, 50, 9, 30) for i in (1, 2, 3)), (0.9, 80, 50, 9, 300))
    assert beside(row, np.array([0]))[0, 2] == pytest.approx(0, abs=1e-6)


def test_alone_it_has_no_company() -> None:
    assert beside(marks((0.5, 5, 5, 3, 3)), np.array([0])).tolist() == [[0, 0, 0, 0]]


def test_only_the_unsure_are_looked_at() -> None:
    sure = np.eye(10, dtype=np.float32)[:2]
    found = Found(np.array([0.99, 0.5], np.float32), sure, np.ones((2, 4), np.float32))
    assert unsure_of(found).tolist() == [1]


def test_of_no_marks_nothing_is_told() -> None:
    nothing = Found(np.zeros(0, np.float32), np.zeros((0, 10), np.float32), np.zeros((0, 4), np.float32))
    assert beside(nothing, unsure_of(nothing)).shape == (0, 4)
