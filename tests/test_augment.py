"""Augmentation is bounded, mild but for clutter, and a function of its generator."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace

import numpy as np
import pytest
import torch
from torch import Generator

from inkdigits.training.augment import Augmentation, augment, looseness
from inkdigits.training.clutter import KINDS, TILE, cluttered
from inkdigits.training.datasets import Pictures
from inkdigits.training.normalize import Normalize

NONE = Augmentation(*[0] * len(fields(Augmentation)))


@pytest.fixture(scope="module")
def tiles(mnist: Pictures) -> torch.Tensor:
    return torch.from_numpy(mnist.images[:64].astype(np.float32) / 255)[:, None]


def test_the_same_generator_gives_the_same_tiles(tiles: torch.Tensor) -> None:
    first, second, other = (
        augment(tiles, Augmentation(), Generator().manual_seed(seed)) for seed in (1, 1, 2)
    )
    assert torch.equal(first, second)
    assert not torch.equal(first, other)


def test_tiles_stay_ink(tiles: torch.Tensor) -> None:
    for source in (tiles, torch.rand(4, 1, 80, 80)):
        varied = augment(source, Augmentation(), Generator().manual_seed(3))
        assert varied.shape == (len(source), 1, TILE, TILE)
        assert float(varied.min()) >= -1e-6
        assert float(varied.max()) <= 1 + 1e-6


def test_nothing_is_cut_off(tiles: torch.Tensor) -> None:
    varied = augment(tiles, Augmentation(pen=0, clutter=0), Generator().manual_seed(4))
    border = torch.cat((varied[:, 0, 0], varied[:, 0, -1], varied[:, 0, :, 0], varied[:, 0, :, -1]), 1)
    assert float((border.amax(1) > 0.3).float().mean()) < 0.05


@pytest.mark.parametrize("kind", ["rotation", "scale", "shear", "shift", "elastic", "pen", "clutter"])
def test_each_kind_changes_something(tiles: torch.Tensor, kind: str) -> None:
    changed = replace(NONE, **{kind: getattr(Augmentation(), kind)})
    plain, varied = (augment(tiles, kinds, Generator().manual_seed(5)) for kinds in (NONE, changed))
    assert float((plain - varied).abs().mean()) > 0.002


def test_the_pen_grows_and_shrinks(tiles: torch.Tensor) -> None:
    plain, varied = (
        augment(tiles, kinds, Generator().manual_seed(6)) for kinds in (NONE, replace(NONE, pen=1.0))
    )
    change = varied.sum((1, 2, 3)) / plain.sum((1, 2, 3))
    assert float(change.min()) < 0.9
    assert float(change.max()) > 1.1


def test_plain_tiles_are_normalised_as_in_use(tiles: torch.Tensor) -> None:
    plain = augment(tiles, replace(Augmentation(), plain=1, clutter=0), Generator().manual_seed(7))
    torch.testing.assert_close(Normalize()(plain), Normalize()(tiles), atol=1e-5, rtol=0)


def test_looseness_is_small_and_absent_for_half() -> None:
    loose = looseness(2000, Augmentation(), Generator().manual_seed(8))
    exact = (loose == torch.tensor([1.0, 0.0, 0.0])).all(1)
    assert 0.45 < float(exact.float().mean()) < 0.55
    assert 0.9 < float(loose[:, 0].min()) < 0.95
    assert 1.05 < float(loose[:, 0].max()) < 1.1
    assert 1 < float(loose[:, 1:].abs().max()) < 1.5


def test_a_loose_normaliser_moves_the_tile(tiles: torch.Tensor) -> None:
    exact = Normalize()(tiles)
    moved = Normalize()(tiles, torch.tensor([[1.0, 0.0, 2.0]]).repeat(len(tiles), 1))
    torch.testing.assert_close(moved[..., :-2], exact[..., 2:], atol=1e-4, rtol=0)


@pytest.mark.parametrize("kind", sorted(set(KINDS), key=lambda kind: kind.__name__))
def test_clutter_changes_each_tile_and_leaves_it_ink(
    tiles: torch.Tensor, kind: Callable[[torch.Tensor, Generator], torch.Tensor]
) -> None:
    large = augment(tiles, NONE, Generator().manual_seed(9))
    spoilt = kind(large, Generator().manual_seed(10))
    assert spoilt.shape == large.shape
    assert 0 <= float(spoilt.min()) <= float(spoilt.max()) <= 1
    changed = (spoilt - large).abs().sum((1, 2, 3)) > 0
    assert float(changed.float().mean()) > 0.4
    assert float(large.sub(spoilt).abs().mean()) < 0.25


@pytest.mark.parametrize("share", [0.1, 0.5])
def test_so_many_tiles_are_cluttered_and_the_others_untouched(share: float) -> None:
    blots = torch.zeros(3000, 1, TILE, TILE)
    blots[..., 20:36, 20:36] = 1
    spoilt = cluttered(blots, share, Generator().manual_seed(11))
    changed = (spoilt != blots).flatten(1).any(1).float().mean()
    assert float(changed) == pytest.approx(share, abs=0.15 * share + 0.01)
