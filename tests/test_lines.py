"""Reading order: lines from the top, words apart, pages turned."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inkdigits.lines import in_lines, wide_gaps
from inkdigits.types import Box


def row(y: int, *xs: int, rise: int = 0) -> list[Box]:
    """Boxes of one line, each `rise` pixels higher than the last."""
    return [Box(x, y - place * rise, 12, 20) for place, x in enumerate(xs)]


def turned(box: Box, width: int, height: int, degrees: int) -> Box:
    """The box once a page of that size is turned clockwise."""
    page = np.zeros((height, width), bool)
    page[box.y : box.y + box.height, box.x : box.x + box.width] = True
    rows, columns = np.nonzero(np.rot90(page, -degrees // 90))
    return Box(int(columns.min()), int(rows.min()), int(np.ptp(columns)) + 1, int(np.ptp(rows)) + 1)


def test_lines_are_read_from_the_top_and_each_from_the_left() -> None:
    boxes = row(60, 40, 0, 20) + row(0, 20, 0)
    assert in_lines(boxes) == [[4, 3], [1, 2, 0]]


def test_a_line_may_slope() -> None:
    assert in_lines(row(300, *range(0, 400, 20), rise=7)) == [list(range(20))]


def test_two_columns_are_one_line_each_row() -> None:
    assert in_lines(row(0, 0, 20, 200, 220) + row(40, 0, 20, 200)) == [[0, 1, 2, 3], [4, 5, 6]]


def test_a_small_digit_on_the_line_stays_in_it() -> None:
    assert in_lines([Box(0, 0, 12, 40), Box(20, 18, 12, 20), Box(40, 2, 12, 40)]) == [[0, 1, 2]]


def test_nothing_is_no_line() -> None:
    assert in_lines([]) == []
    assert wide_gaps([]) == []


def test_a_gap_is_wide_beside_the_others_and_the_digits() -> None:
    assert wide_gaps(row(0, 0, 16, 32, 100, 116)) == [False, False, False, True, False]
    assert not any(wide_gaps(row(0, 0, 60, 120, 180)))
    assert not any(wide_gaps(row(0, 0, 13, 26, 45)))


def test_digits_that_overlap_are_no_closer_than_those_that_touch() -> None:
    assert wide_gaps(row(0, 0, 2, 44)) == wide_gaps(row(0, 0, 12, 54)) == [False] * 3


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_turned_page_reads_as_if_it_were_upright(degrees: int) -> None:
    boxes = row(30, 5, 25, 45, 120) + row(70, 5, 25)
    given_boxes = [turned(box, 160, 100, degrees) for box in boxes]
    lines = in_lines(given_boxes, degrees)
    assert lines == in_lines(boxes)
    assert wide_gaps([given_boxes[place] for place in lines[0]], degrees) == [False, False, False, True]


@given(st.lists(st.builds(Box, *[st.integers(0, 500)] * 2, *[st.integers(1, 80)] * 2), max_size=30))
def test_every_box_is_in_one_line(boxes: list[Box]) -> None:
    assert sorted(place for line in in_lines(boxes) for place in line) == list(range(len(boxes)))
