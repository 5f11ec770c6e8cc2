"""What hands join: zeros with a box each, and lines between digits."""

from __future__ import annotations

import numpy as np
import pytest

from inkdigits.training.joined import PENS, link, zeros
from inkdigits.training.page import UNSURE, Page


@pytest.mark.parametrize("seed", range(30))
def test_each_zero_fills_its_box(seed: int) -> None:
    ink, boxes = zeros(24.0, 0.2, np.random.default_rng(seed))
    assert ink.min() >= 0
    assert ink.max() <= 1
    assert 2 <= len(boxes) <= 4
    assert (np.diff(boxes[:, 0]) > 0).all()
    assert 24 < np.mean(boxes[:, 3] - boxes[:, 1]) < 24 * (1 + PENS[1] + 0.05)
    for left, top, right, bottom in boxes.round().astype(int):
        assert left >= -1
        assert top >= -1
        assert right <= ink.shape[1] + 1
        assert bottom <= ink.shape[0] + 1
        inside = ink[max(top, 0) : bottom, max(left, 0) : right]
        for edge in (inside[:3], inside[-3:], inside[:, :3], inside[:, -3:]):
            assert edge.max() > 0.3
    outside = ink.copy()
    for left, top, right, bottom in boxes.round().astype(int).clip(0):
        outside[max(top - 1, 0) : bottom + 1, max(left - 1, 0) : right + 1] = 0
    assert outside.sum() < 0.05 * ink.sum()


def test_zeros_on_a_line_stand_on_it() -> None:
    feet = [zeros(40.0, 0.0, np.random.default_rng(seed))[1][:, 3] for seed in range(20)]
    assert max(np.ptp(one) for one in feet) < 8


def test_a_link_goes_from_point_to_point_and_hangs_through() -> None:
    page = np.zeros((40, 60), np.float32)
    link(page, (10, 20), (50, 20), 2.0, 8.0)
    assert page[20, 10] > 0
    assert page[20, 49] > 0
    assert page[28, 30] > 0.5
    assert not page[:18].any()


@pytest.mark.parametrize("end", [(-20, 5), (200, 5), (30, -30), (30, 90)])
def test_a_link_may_leave_the_page(end: tuple[float, float]) -> None:
    page = np.zeros((40, 60), np.float32)
    link(page, (30, 20), end, 2.0, 0.0)
    assert page[17:24, 27:34].max() > 0.5


def test_a_link_beside_the_page_draws_nothing() -> None:
    page = np.zeros((40, 60), np.float32)
    link(page, (-30, 20), (-10, 20), 2.0, 0.0)
    assert not page.any()


def test_a_digit_cut_by_the_edge_is_unsure_and_one_beyond_it_not_there() -> None:
    page = Page(np.zeros((40, 60), np.float32))
    page.mark((0, 0, 10, 20), 3)
    page.mark((-5, 0, 5, 20), 4)
    page.mark((-10, 0, 0.2, 20), 5)
    page.mark((70, 0, 80, 20), 6)
    assert page.labels == [3, UNSURE]
    assert page.boxes == [(0, 0, 10, 20), (0, 0, 5, 20)]
