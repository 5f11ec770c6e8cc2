"""The finder: a fully convolutional network that marks on a grey page where digits stand, which, and
how large.

Centres are marked as in CenterNet (Zhou et al. 2019, https://arxiv.org/abs/1904.07850), on a grid of
STRIDE pixels. Evening out the light is the first layer, so that use and training cannot differ.
"""

from __future__ import annotations

import math
from typing import cast

import torch
import torch.nn.functional as F  # noqa: N812  (its customary name)
from torch import Tensor, nn

from inkdigits.training.networks import Residual, conv

#: Pixels a cell of the output is wide and high; sides of the page are multiples of BLOCK.
STRIDE = 4
BLOCK = 8
#: Channels of the output: a mark, ten classes, the centre's offset (x, y), width and height.
CHANNELS = 15
#: Sizes are told as logarithms of multiples of this (pixels).
UNIT = 16.0
#: Blocks over which the paper is evened out.
AROUND = 5
FAINTEST = 0.02
#: The marks' logit before anything is learnt: one place in a hundred (Lin et al. 2017).
RARE = -math.log(99)
WIDTHS = (16, 32, 80, 64)


class Even(nn.Module):
    """A grey page `[N, 1, H, W]` to its contrast: local mean taken off, then divided by the
    deviation of the neighbourhood and of the page."""

    def forward(self, page: Tensor) -> Tensor:
        """H and W are multiples of BLOCK."""
        depth = page - _around(page)
        square = depth * depth
        deviation = (_around(square) + square.mean((1, 2, 3), keepdim=True)) / 2
        return depth / (deviation.clamp(min=0).sqrt() + FAINTEST)


def _around(values: Tensor) -> Tensor:
    """The mean of each pixel's neighbourhood of AROUND blocks."""
    blocks = F.avg_pool2d(values, BLOCK)
    smooth = F.avg_pool2d(blocks, AROUND, 1, AROUND // 2, count_include_pad=False)
    return F.interpolate(smooth, scale_factor=float(BLOCK), mode="bilinear", align_corners=False)


class Finder(nn.Module):
    """Features at strides 4 and 8, joined at 4."""

    def __init__(self) -> None:
        super().__init__()
        stem, fine, coarse, joint = WIDTHS
        self.even = Even()
        self.fine = nn.Sequential(conv(1, stem, stride=2), nn.ReLU(), Residual(stem, fine, 2))
        self.coarse = nn.Sequential(
            Residual(fine, coarse, 2), Residual(coarse, coarse, 1), Residual(coarse, coarse, 1)
        )
        self.from_fine, self.from_coarse = conv(fine, joint, 1), conv(coarse, joint, 1)
        told = nn.Conv2d(joint, CHANNELS, 1)
        self.head = nn.Sequential(nn.ReLU(), conv(joint, joint), nn.ReLU(), told)
        nn.init.constant_(cast(Tensor, told.bias)[:1], RARE)

    def forward(self, page: Tensor) -> Tensor:
        """Grey pages `[N, 1, H, W]`, 0 … 1, to `[N, CHANNELS, H / STRIDE, W / STRIDE]`: logits and sizes."""
        fine = self.fine(self.even(page).contiguous(memory_format=torch.channels_last))
        coarse = self.from_coarse(self.coarse(fine))
        joined = self.from_fine(fine) + F.interpolate(coarse, scale_factor=2.0, mode="nearest")
        out: Tensor = self.head(joined)
        return out


class Places(nn.Module):
    """The finder as it is exported: calibrated marks, classes, and boxes in pixels."""

    def __init__(self, finder: Finder, mark: tuple[float, float], temperature: float) -> None:
        """`mark` is the slope and the offset of the marks' logits (Platt 1999)."""
        super().__init__()
        self.finder, self.mark, self.temperature = finder, mark, temperature

    def forward(self, page: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Marks `[N, h, w]` (probability of a digit's centre), classes `[N, 10, h, w]` (sum 1), and
        boxes `[N, 4, h, w]` as middle (x, y), width and height in pixels."""
        out = self.finder(page)
        slope, offset = self.mark
        marks = torch.sigmoid(out[:, 0] * slope + offset)
        classes = torch.softmax(out[:, 1:11] / self.temperature, 1)
        rows = torch.arange(out.shape[2], device=page.device, dtype=page.dtype)
        columns = torch.arange(out.shape[3], device=page.device, dtype=page.dtype)
        across = (columns[None, None] + 0.5 + out[:, 11]) * STRIDE
        down = (rows[None, :, None] + 0.5 + out[:, 12]) * STRIDE
        sizes = torch.exp(out[:, 13:].clamp(-3, 3)) * UNIT
        return marks, classes, torch.cat((across[:, None], down[:, None], sizes), 1)
