"""Connected parts: each under a number, and where each is."""

from __future__ import annotations

import numpy as np
import pytest

from inkdigits.connected import extents, labelled, occupied


@pytest.mark.parametrize("share", [0.0, 0.02, 0.1, 0.3, 0.6, 1.0])
@pytest.mark.parametrize("shape", [(1, 1), (1, 40), (40, 1), (33, 47)])
def test_extents_are_those_of_each_label(share: float, shape: tuple[int, int]) -> None:
    where = np.random.default_rng(round(share * 100)).random(shape) < share
    labels = labelled(where)
    assert (labels > 0).tolist() == where.tolist()
    found = extents(labels)
    assert len(found) == labels.max()
    for label, (top, bottom, left, right) in enumerate(found.tolist(), 1):
        rows, columns = np.nonzero(labels == label)
        assert (top, bottom) == (rows.min(), rows.max())
        assert (left, right) == (columns.min(), columns.max())


@pytest.mark.parametrize("share", [0.0, 0.005, 0.3])
def test_the_part_that_is_occupied_holds_all_and_has_no_empty_side(share: float) -> None:
    where = np.random.default_rng(3).random((33, 47)) < share
    part = where[occupied(where)]
    assert part.sum() == where.sum()
    assert all(side.any() for side in (part[:1], part[-1:], part[:, :1], part[:, -1:])) == where.any()


def test_corners_touch_unless_sides_are_asked_for() -> None:
    where = np.eye(3, dtype=bool)
    assert labelled(where).max() == 1
    assert labelled(where, 4).max() == 3
