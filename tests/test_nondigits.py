"""What shows no digit: every kind makes pictures, the same ones each time, beside as many digits."""

from __future__ import annotations

import numpy as np
import pytest

from inkdigits.decode import decode
from inkdigits.evaluation.nondigits import COUNT, KINDS, LARGEST, SMALLEST, non_digits
from inkdigits.training.datasets import Pictures


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_makes_different_pictures_in_both_polarities(kind: str, mnist: Pictures) -> None:
    samples = non_digits((kind,), mnist)
    none, digits = samples[:COUNT], samples[COUNT:]
    assert {sample.label for sample in none} == {""}
    assert {sample.groups for sample in none} == {(kind,)}
    assert {sample.label for sample in digits} == set("0123456789")
    assert len(digits) == COUNT
    assert len({sample.source for sample in samples}) == 2 * COUNT
    pages = [decode(sample.source).pixels for sample in none]
    assert all(max(page.shape) <= LARGEST for page in pages)
    assert np.mean([min(page.shape) >= SMALLEST for page in pages]) > 0.7
    assert 0.3 < np.mean([np.median(page) > 0.5 for page in pages]) < 0.7
    assert min(float(np.ptp(page)) for page in pages) > 0.01 or kind == "blank"


def test_the_pictures_are_the_same_each_time(mnist: Pictures) -> None:
    one, other = (non_digits(("letters",), mnist) for _ in range(2))
    assert [sample.source for sample in one] == [sample.source for sample in other]


def test_a_part_runs_off_the_picture(mnist: Pictures) -> None:
    """The cut lies on an edge of the picture, and the pen crosses it."""
    for sample in non_digits(("parts",), mnist)[:40]:
        page = decode(sample.source).pixels
        edges = page[0], page[-1], page[:, 0], page[:, -1]
        assert max(float(np.ptp(edge)) for edge in edges) > 0.25, sample.name
