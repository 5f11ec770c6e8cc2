"""Size, position and contrast do not matter behind the normaliser."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import torch.nn.functional as F  # noqa: N812
from hypothesis import given
from hypothesis import strategies as st

from inkdigits.training.datasets import Pictures
from inkdigits.training.normalize import LONGEST, SIDE, Normalize

normalize = Normalize()


def ink(mnist: Pictures, place: int) -> torch.Tensor:
    return torch.from_numpy(mnist.images[place].astype(np.float32) / 255)[None, None]


def blob(height: int, width: int) -> torch.Tensor:
    page = torch.zeros(1, 1, height + 10, width + 10)
    page[:, :, 5:-5, 5:-5] = 1
    return page


@given(height=st.integers(2, 120), width=st.integers(2, 120))
def test_the_longest_side_is_twenty_and_the_mass_in_the_middle(height: int, width: int) -> None:
    tile = normalize(blob(height, width))[0, 0]
    assert tile.shape == (SIDE, SIDE)
    longest = max(tile.sum(0).max(), tile.sum(1).max())
    assert float(longest) == pytest.approx(LONGEST, abs=0.6)
    places = torch.arange(SIDE) + 0.5
    for axis in (0, 1):
        centre = (tile.sum(1 - axis) * places).sum() / tile.sum()
        assert float(centre) == pytest.approx(SIDE / 2, abs=0.05)


@given(place=st.integers(0, 299), left=st.integers(0, 90), top=st.integers(0, 90))
def test_position_does_not_matter(mnist: Pictures, place: int, left: int, top: int) -> None:
    digit = ink(mnist, place)
    moved = F.pad(digit, (left, 90 - left, top, 90 - top))
    torch.testing.assert_close(normalize(moved), normalize(digit), atol=1e-4, rtol=0)


@given(place=st.integers(0, 299), factor=st.integers(2, 9))
def test_size_does_not_matter(mnist: Pictures, place: int, factor: int) -> None:
    digit = ink(mnist, place)
    large = digit.repeat_interleave(factor, 2).repeat_interleave(factor, 3)
    assert float((normalize(large) - normalize(digit)).abs().mean()) < 0.02


@given(place=st.integers(0, 299), contrast=st.floats(0.05, 1))
def test_contrast_does_not_matter(mnist: Pictures, place: int, contrast: float) -> None:
    digit = ink(mnist, place)
    torch.testing.assert_close(normalize(digit * contrast), normalize(digit), atol=1e-4, rtol=0)


def test_blank_ink_gives_zeros() -> None:
    assert not normalize(torch.zeros(2, 1, 9, 30)).any()


def test_pictures_in_a_batch_do_not_touch_each_other(mnist: Pictures) -> None:
    digits = torch.cat([ink(mnist, place) for place in range(8)])
    together = normalize(digits)
    for place in range(8):
        torch.testing.assert_close(together[place], normalize(digits[place : place + 1])[0])
