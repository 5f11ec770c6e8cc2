"""Mild changes of ink, drawn anew for every picture: what a hand and a pen vary, and no more.

Pictures come as tiles whose sides show the same stretch of paper, whatever their resolution.
All randomness comes from the generator given, so an epoch can be repeated to the bit.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F  # noqa: N812  (its customary name)
from torch import Generator, Tensor

#: Side of an augmented tile in pixels: twice MNIST's, so that warping costs no sharpness.
TILE = 56
#: Elastic bends are drawn on this many control points a side and smoothed in between.
CONTROLS = 5


@dataclass(frozen=True)
class Augmentation:
    """The largest change of each kind; each picture gets a random share of them."""

    rotation: float = 15.0  # degrees
    scale: float = 0.15  # share, for width and height apart
    shear: float = 0.25
    shift: float = 0.04  # share of the tile's side
    elastic: float = 0.03  # standard deviation as a share of the tile's side
    pen: float = 1.0  # pixels of the tile that the pen's edge moves out or in


def augment(tiles: Tensor, kinds: Augmentation, generator: Generator) -> Tensor:
    """Ink tiles `[N, 1, S, S]` of any resolution to varied tiles `[N, 1, TILE, TILE]`."""
    strength = torch.rand(len(tiles), 1, generator=generator)
    grid = F.affine_grid(
        _affine(strength, kinds, generator), [len(tiles), 1, TILE, TILE], align_corners=False
    )
    grid = grid + _bends(strength, kinds, generator)
    warped = F.grid_sample(tiles, grid, mode="bilinear", padding_mode="zeros", align_corners=False)
    return _pen(warped, kinds.pen, generator)


def _spread(strength: Tensor, most: float, generator: Generator) -> Tensor:
    """Uniform from -most to most, times each picture's strength, `[N]`."""
    return ((torch.rand(strength.shape, generator=generator) * 2 - 1) * most * strength)[:, 0]


def _affine(strength: Tensor, kinds: Augmentation, generator: Generator) -> Tensor:
    """Matrices `[N, 2, 3]` of rotation, scale, shear and shift; a little smaller, so nothing is cut."""
    angle = torch.deg2rad(_spread(strength, kinds.rotation, generator))
    wide = torch.exp(_spread(strength, kinds.scale, generator))
    tall = torch.exp(_spread(strength, kinds.scale, generator))
    shear = _spread(strength, kinds.shear, generator)
    across = _spread(strength, 2 * kinds.shift, generator)
    down = _spread(strength, 2 * kinds.shift, generator)
    room = 1 + 0.2 * strength[:, 0]
    cos, sin = torch.cos(angle) * room, torch.sin(angle) * room
    top = torch.stack((cos * wide, (shear * cos - sin) * tall, across), 1)
    bottom = torch.stack((sin * wide, (shear * sin + cos) * tall, down), 1)
    return torch.stack((top, bottom), 1)


def _bends(strength: Tensor, kinds: Augmentation, generator: Generator) -> Tensor:
    """Smooth random displacements `[N, TILE, TILE, 2]` (after Simard et al. 2003)."""
    controls = torch.randn(len(strength), 2, CONTROLS, CONTROLS, generator=generator)
    bends = F.interpolate(controls, size=(TILE, TILE), mode="bicubic", align_corners=True)
    return (bends * (2 * kinds.elastic) * strength[:, :, None, None]).permute(0, 2, 3, 1)


def _pen(tiles: Tensor, most: float, generator: Generator) -> Tensor:
    """A thicker or a thinner pen: a mix with the tile's 3x3 maximum or minimum."""
    change = (torch.rand(len(tiles), 1, 1, 1, generator=generator) * 2 - 1) * most
    thick = F.max_pool2d(tiles, 3, 1, 1)
    thin = -F.max_pool2d(-tiles, 3, 1, 1)
    return tiles + change.clamp(min=0) * (thick - tiles) + (-change).clamp(min=0) * (thin - tiles)
