"""The rules and the finder on the same digits: one answer, by the word of both."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from inkdigits.agree import as_one, as_several
from inkdigits.types import Box, Candidate


def candidate(exists: float, at: int, **shares: float) -> Candidate:
    row = np.array([shares.get(f"d{digit}", 0.001) for digit in range(10)], np.float32)
    return Candidate(Box(at, 0, 9, 9), exists, row / row.sum(), np.ones((9, 9), np.float32))


def test_one_glyph_is_read_by_the_rules_and_the_finder() -> None:
    unsure, sure = candidate(0.6, 5, d4=0.5, d9=0.49), candidate(0.9, 7, d9=0.99)
    both = as_one(unsure, sure)
    assert (both.box, both.exists) == (unsure.box, 0.9)
    assert both.probabilities.argmax() == 9
    assert both.probabilities.sum() == pytest.approx(1)
    # The rules count more: four fifths to one fifth.
    both = as_one(candidate(0.9, 5, d4=0.9, d9=0.1), candidate(0.6, 5, d4=0.1, d9=0.9))
    assert both.exists == 0.9
    assert both.probabilities[4] / both.probabilities[9] == pytest.approx(9**0.8 / 9**0.2, rel=1e-3)


def test_several_glyphs_are_read_by_both_where_these_are_the_same_places() -> None:
    ruled = [candidate(0.9, 40, d7=0.9), candidate(0.9, 0, d4=0.9, d9=0.1), candidate(0.7, 20, d1=0.9)]
    found = [candidate(0.6, 1, d4=0.1, d9=0.9), candidate(0.8, 21, d1=0.9), candidate(0.9, 42, d7=0.9)]
    doubtful = candidate(0.4, 33, d1=0.9)
    both = as_several(ruled, [], found, [[*found[:2], doubtful], found[2:]])
    assert [[one.box.x for one in line] for line in both] == [[0, 20, 33], [40]]
    assert [one.exists for one in both[0]] == [0.9, 0.8, 0.4]
    assert both[0][2] is doubtful
    # The finder counts more: three fifths to two.
    first = both[0][0].probabilities
    assert first[9] / first[4] == pytest.approx(9**0.2, rel=1e-2)


@pytest.mark.parametrize("places", [(0,), (0, 20), (0, 60), (0, 2)])
def test_other_places_than_the_finders_are_not_read_by_both(places: tuple[int, ...]) -> None:
    ruled = [candidate(0.9, 0, d4=0.9), candidate(0.9, 30, d5=0.9)]
    found = [candidate(0.9, place, d4=0.9) for place in places]
    assert as_several(ruled, [], found, [found]) == []
    assert as_several(ruled, [], [], []) == []
    assert as_several(ruled[:1], [], ruled[:1], [ruled[:1]]) == []


def test_two_glyphs_in_one_mark_are_not_read_by_both() -> None:
    ruled = [candidate(0.9, 0, d4=0.9), candidate(0.9, 30, d5=0.9)]
    wide = replace(candidate(0.9, 0, d4=0.9), box=Box(0, 0, 39, 9))
    found = [wide, candidate(0.9, 60, d5=0.9)]
    assert as_several(ruled, [], found, [found]) == []


def test_the_finder_may_have_more_in_what_the_rules_left_out() -> None:
    """As a digit that touches an underline is in one glyph with this."""
    ruled = [candidate(0.9, 0, d4=0.9), candidate(0.9, 30, d5=0.9)]
    found = [candidate(0.8, 1, d4=0.9), candidate(0.8, 29, d5=0.9), candidate(0.9, 60, d7=0.9)]
    left = [replace(candidate(0.1, 58, d2=0.9), box=Box(40, 0, 50, 12)), candidate(0.1, 99, d1=0.9)]
    assert [one.box.x for one in as_several(ruled, left, found, [found])[0]] == [0, 30, 60]
    assert as_several(ruled, left[1:], found, [found]) == []
