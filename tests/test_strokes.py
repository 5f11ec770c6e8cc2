"""Strokes become ink of the right size and place; what is no stroke is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inkdigits.errors import BadStrokes
from inkdigits.strokes import HEIGHT, MOST_PIXELS, MOST_POINTS, MOST_STROKES, WIDE, render, to_strokes

numbers = st.floats(-1000, 1000, allow_nan=False)
drawings = st.lists(st.lists(st.tuples(numbers, numbers), max_size=20), max_size=5)


@given(drawings)
def test_any_drawing_has_ink_of_bounded_size(drawing: list[Any]) -> None:
    ink = render(to_strokes(drawing))
    assert max(ink.pixels.shape) <= HEIGHT * WIDE * 1.2
    assert ink.pixels.size <= MOST_PIXELS * 1.2
    assert ink.pixels.min() >= 0
    assert bool(ink.pixels.any()) == any(drawing)


@pytest.mark.parametrize(("lines", "digits"), [(1, 3), (1, 24), (12, 3), (12, 8)])
def test_a_line_is_drawn_as_high_however_long_and_with_however_many(lines: int, digits: int) -> None:
    """Bars of 100, 60 apart, in lines 140 apart."""
    bars = [
        [[60 * across, 140 * down], [60 * across, 140 * down + 100]]
        for down in range(lines)
        for across in range(digits)
    ]
    assert render(to_strokes(bars)).scale == pytest.approx(100 / HEIGHT)


@given(drawings.filter(any), st.floats(0.05, 50), st.floats(-500, 500))
def test_size_and_place_do_not_matter(drawing: list[Any], factor: float, shift: float) -> None:
    moved = [[(x * factor + shift, y * factor + shift) for x, y in stroke] for stroke in drawing]
    spread = np.ptp(np.array([point for stroke in drawing for point in stroke]), axis=0).max()
    if 0 < spread < 1:  # closer than single precision tells apart once moved
        return
    first, second = (render(to_strokes(strokes)) for strokes in (drawing, moved))
    assert abs(first.pixels.sum() - second.pixels.sum()) <= 0.05 * first.pixels.sum() + 20


def test_boxes_are_in_the_units_of_the_strokes() -> None:
    ink = render(to_strokes([[[100, 200], [100, 400]]]))
    rows = np.flatnonzero(ink.pixels.any(1))
    assert ink.top + rows[0] * ink.scale == pytest.approx(200, abs=20)
    assert ink.top + rows[-1] * ink.scale == pytest.approx(400, abs=20)


@pytest.mark.parametrize(
    "points", [[[5, 5]], [[5, 5], [5, 5], [5, 5]], [[0, 0], [9, 0]], [[0, 0, 0.5], [0, 9, 0.7]]]
)
def test_a_dot_a_flat_line_and_pressure_are_drawn(points: list[list[float]]) -> None:
    assert render(to_strokes([points])).pixels.max() == 1


@pytest.mark.parametrize(
    "strokes",
    [
        [1, 2],
        [[1, 2]],
        [[[1]]],
        [[["a", "b"]]],
        [[[None, 1]]],
        [[[True, False]]],
        [[[np.True_, 1]]],
        np.ones((1, 2, 2), np.complex128),
        np.ones((1, 2, 2), "m8[s]"),
        [[[float("nan"), 1]]],
        [[[float("inf"), 1]]],
        [[[1e300, 1]]],
        [[[10**400, 1]]],
        [{"x": 1}],
        "strokes",
        [[{"x": 1, "y": 2}]],
        [[[0, 0]] * (MOST_POINTS + 1)],
        [[[0, 0]]] * (MOST_STROKES + 1),
    ],
)
def test_what_is_no_stroke_is_refused(strokes: Any) -> None:
    with pytest.raises(BadStrokes):
        to_strokes(strokes)


def test_the_pen_is_as_wide_on_two_lines_as_on_one() -> None:
    first, second = [[0, 0], [20, 100]], [[0, 130], [20, 230]]
    one, both = render(to_strokes([first])), render(to_strokes([first, second]))
    assert both.scale == pytest.approx(one.scale)
    assert both.pixels.sum() == pytest.approx(2 * one.pixels.sum(), rel=0.05)
    joined = render(to_strokes([first, [[0, 101], [20, 201]]]))
    assert joined.scale == pytest.approx(2 * one.scale, rel=0.05)
