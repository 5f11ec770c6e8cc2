"""Boxes share what they share."""

from __future__ import annotations

import numpy as np
import pytest

from inkdigits.boxes import overlap

#: Middle, width and height of a square from (0, 0) to (10, 10).
SQUARE = (5, 5, 10, 10)


@pytest.mark.parametrize(
    ("box", "share"),
    [
        (SQUARE, 1),
        ((5, 2.5, 10, 5), 0.5),
        ((10, 5, 10, 10), 1 / 3),
        ((15, 5, 10, 10), 0),
        ((32, 32, 5, 5), 0),
        ((3, 3, 0, 0), 0),
    ],
)
def test_overlap_is_intersection_over_union(box: tuple[float, ...], share: float) -> None:
    one, other = np.array([SQUARE, box], np.float32)[:, None]
    assert overlap(one, other) == pytest.approx(share)
    assert overlap(other, one) == pytest.approx(share)
