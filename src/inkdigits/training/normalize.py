"""Size, position and contrast normalisation: the first layers of every network.

The published MNIST recipe (LeCun et al. 1998, section III.A): the ink's bounding box is scaled
until its longest side is 20 pixels, then its centre of mass is moved to the middle of 28x28.
Here both steps are one area resampling, written as two small matrix products, so that they
export to ONNX and every runtime computes the same.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

SIDE = 28
LONGEST = 20.0
#: Fainter ink (as a share of the darkest) does not move the bounding box.
EDGE = 0.25
TINY = 1e-6


def _extent(profile: Tensor, places: Tensor) -> tuple[Tensor, Tensor]:
    """First and one-past-last place `[N]` where `profile` `[N, L]` is over EDGE."""
    inked = profile > EDGE
    far = float(1 << 20)
    first = torch.where(inked, places, far).amin(1)
    last = torch.where(inked, places, -far).amax(1) + 1
    return first, last


def _resampler(centre: Tensor, step: Tensor, places: Tensor) -> Tensor:
    """Weights `[N, SIDE, L]`: how much of source pixel l lies in target pixel i.

    Target pixels are `step` source pixels apart, the middle of the picture at `centre`.
    Below one source pixel the window stays one pixel wide, which is linear interpolation.
    """
    half = step.clamp(min=1.0)[:, None, None] / 2
    offsets = torch.arange(SIDE, device=places.device, dtype=places.dtype) - (SIDE - 1) / 2
    middle = (centre[:, None] + offsets * step[:, None])[:, :, None]
    left = torch.maximum(middle - half, places)
    right = torch.minimum(middle + half, places + 1)
    return (right - left).clamp(min=0) / (2 * half)


class Normalize(nn.Module):
    """Ink `[N, 1, H, W]` of any size, 0 = paper … 1 = pen, to `[N, 1, 28, 28]`, 0 … 1.

    A picture without ink gives zeros.
    """

    def forward(self, ink: Tensor, loose: Tensor | None = None) -> Tensor:
        """Normalise each picture by itself.

        For training, `loose` `[N, 3]` makes it inexact: a factor of the scale, and pixels of the
        tile that the middle is off, down and right.
        """
        page = ink[:, 0].clamp(min=0)
        page = page / page.amax((1, 2), keepdim=True).clamp(min=TINY)
        ys = torch.arange(ink.shape[2], device=ink.device, dtype=ink.dtype)
        xs = torch.arange(ink.shape[3], device=ink.device, dtype=ink.dtype)
        top, bottom = _extent(page.amax(2), ys)
        left, right = _extent(page.amax(1), xs)
        step = torch.maximum(bottom - top, right - left).clamp(min=1.0) / LONGEST
        mass = page.sum((1, 2)).clamp(min=TINY)
        centre_y = (page.sum(2) * (ys + 0.5)).sum(1) / mass
        centre_x = (page.sum(1) * (xs + 0.5)).sum(1) / mass
        if loose is not None:
            step = step * loose[:, 0]
            centre_y, centre_x = centre_y + loose[:, 1] * step, centre_x + loose[:, 2] * step
        rows = _resampler(centre_y, step, ys)
        columns = _resampler(centre_x, step, xs)
        tile = rows @ page @ columns.transpose(1, 2)
        tile = tile / tile.amax((1, 2), keepdim=True).clamp(min=TINY)
        return tile[:, None]
