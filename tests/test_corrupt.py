"""Spoilt pictures are pictures still, differ from what they were, and are the same every time."""

from __future__ import annotations

import numpy as np
import pytest

from inkdigits.evaluation.corrupt import CORRUPTIONS, corrupt
from inkdigits.training.datasets import Pictures


def test_there_are_sixteen_kinds() -> None:
    assert len(CORRUPTIONS) == 16


@pytest.mark.parametrize("kind", CORRUPTIONS)
def test_a_spoilt_picture_is_a_picture(kind: str, mnist: Pictures) -> None:
    for place in range(20):
        plain = mnist.images[place].astype(np.float32) / 255
        before = plain.copy()
        first, second = (corrupt(plain, kind, np.random.default_rng(place)) for _ in range(2))
        assert first.shape == plain.shape
        assert first.dtype == np.float32
        assert 0 <= first.min() <= first.max() <= 1
        np.testing.assert_array_equal(first, second)
        np.testing.assert_array_equal(plain, before)
        assert np.array_equal(first, plain) == (kind == "identity")
