"""Changes of ink, drawn anew for every picture: mild ones, as hands and pens vary; and clutter for some.

Pictures come as tiles whose sides show the same stretch of paper, whatever their resolution.
All randomness comes from the generator given, so an epoch can be repeated to the bit.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F  # noqa: N812  (its customary name)
from torch import Generator, Tensor

from inkdigits.training.clutter import TILE, cluttered, highest
from inkdigits.training.normalize import SIDE

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
    clutter: float = 0.22  # share of pictures with specks, lines, drops, gaps, or strokes in outline
    plain: float = 0.3  # share of pictures left as sharp as they are: warping blurs a little
    loose_scale: float = 0.08  # share by which the normaliser's scale may be off
    loose_shift: float = 0.05  # share of the side by which its middle may be off


#: The tile's pixels as (x, y, 1), `[3, TILE * TILE]`, and how control points blend into them,
#: `[TILE, CONTROLS]`: products with these are many times faster than torch's own functions.
_STEPS = (2 * torch.arange(TILE) + 1) / TILE - 1
_PIXELS = torch.stack((_STEPS.repeat(TILE), _STEPS.repeat_interleave(TILE), torch.ones(TILE * TILE)))
_BLEND = F.interpolate(
    torch.eye(CONTROLS)[None, None], size=(TILE, CONTROLS), mode="bicubic", align_corners=True
)[0, 0]


def augment(tiles: Tensor, kinds: Augmentation, generator: Generator) -> Tensor:
    """Ink tiles `[N, 1, S, S]` of any resolution to varied tiles `[N, 1, TILE, TILE]`."""
    strength = torch.rand(len(tiles), 1, generator=generator)
    places = _affine(strength, kinds, generator) @ _PIXELS + _bends(strength, kinds, generator)
    grid = places.transpose(1, 2).reshape(-1, TILE, TILE, 2)
    warped = F.grid_sample(tiles, grid, mode="bilinear", padding_mode="zeros", align_corners=False)
    plain = torch.rand(len(tiles), 1, 1, 1, generator=generator) < kinds.plain
    varied = torch.where(plain, F.interpolate(tiles, size=TILE), _pen(warped, kinds.pen, generator))
    return cluttered(varied, kinds.clutter, generator) if kinds.clutter else varied


def looseness(count: int, kinds: Augmentation, generator: Generator) -> Tensor:
    """How far the normaliser is to be off, `[N, 3]` as Normalize takes it; for half of them not at all.

    In use a speck or a flourish misleads it as much.
    """
    change = torch.rand(count, 3, generator=generator) * 2 - 1
    change *= torch.rand(count, 1, generator=generator) < 0.5
    return torch.cat(
        (torch.exp(change[:, :1] * kinds.loose_scale), change[:, 1:] * kinds.loose_shift * SIDE), 1
    )


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
    """Smooth random displacements `[N, 2, TILE * TILE]` (after Simard et al. 2003)."""
    controls = torch.randn(len(strength), 2, CONTROLS, CONTROLS, generator=generator)
    bends = _BLEND @ controls @ _BLEND.T * (2 * kinds.elastic)
    return bends.flatten(2) * strength[:, :, None]


def _pen(tiles: Tensor, most: float, generator: Generator) -> Tensor:
    """A thicker or a thinner pen: a mix with the tile's 3x3 maximum or minimum."""
    change = (torch.rand(len(tiles), 1, 1, 1, generator=generator) * 2 - 1) * most
    thick, thin = highest(tiles), -highest(-tiles)
    return tiles + change.clamp(min=0) * (thick - tiles) + (-change).clamp(min=0) * (thin - tiles)
