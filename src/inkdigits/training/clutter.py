"""What people's pictures hold beside a digit, and what cameras and copiers do to its strokes.

Some kinds resemble kinds of the MNIST-C benchmark, which is measured on: specks, lines, drops,
outlines and shaken pixels. They are drawn here in other ways and in varied form, but a model that
learnt them is no longer one that never saw anything like that benchmark.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F  # noqa: N812  (its customary name)
from torch import Generator, Tensor

#: Side of a tile in pixels: twice MNIST's, so that warping costs no sharpness.
TILE = 56


def cluttered(tiles: Tensor, share: float, generator: Generator) -> Tensor:
    """Ink tiles `[N, 1, TILE, TILE]`, a share of them with one kind of clutter each."""
    kinds = torch.randint(round(len(KINDS) / share), (len(tiles),), generator=generator)
    spoilt = tiles.clone()
    for place, kind in enumerate(KINDS):
        chosen = torch.nonzero(kinds == place)[:, 0]
        if len(chosen):
            spoilt[chosen] = kind(tiles[chosen], generator)
    return spoilt


def _specks(tiles: Tensor, generator: Generator) -> Tensor:
    """Dust and holes, fine or coarse, from hardly any to a third of the pixels."""
    side = TILE // (1 + int(torch.randint(2, (), generator=generator)))
    dice = F.interpolate(torch.rand(len(tiles), 1, side, side, generator=generator), size=TILE)
    many = 0.17 * _uniform(tiles, generator) ** 2
    return torch.where(dice < many, 0.0, torch.where(dice > 1 - many, 1.0, tiles))


def _lines(tiles: Tensor, generator: Generator) -> Tensor:
    """A thin line through it: straight, wavy or zigzag, whole or dotted."""
    return torch.maximum(tiles, _line(tiles, generator))


def _drops(tiles: Tensor, generator: Generator) -> Tensor:
    """Blots beside and on it."""
    return torch.maximum(tiles, _spots(tiles, 0.02, 0.16, generator))


def _gaps(tiles: Tensor, generator: Generator) -> Tensor:
    """Strokes broken by a line or by spots where the pen left nothing."""
    holes = torch.maximum(_line(tiles, generator), _spots(tiles, 0.0, 0.12, generator))
    return tiles * (1 - holes)


def _outlines(tiles: Tensor, generator: Generator) -> Tensor:
    """Only the strokes' edges, in lines of one to two pixels of MNIST, inside or on both sides."""
    inner = -highest(-tiles)
    outer = torch.where(_uniform(tiles, generator) < 0.5, tiles, highest(tiles))
    return (outer - torch.where(_uniform(tiles, generator) < 0.5, inner, -highest(-inner))).clamp(0, 1)


def _shaken(tiles: Tensor, generator: Generator) -> Tensor:
    """Pixels astray by up to a twelfth of the tile, as behind rough glass, then a little blurred."""
    steps = (2 * torch.arange(TILE) + 1) / TILE - 1
    grid = torch.stack(torch.meshgrid(steps, steps, indexing="xy"), -1)
    most = 0.03 + 0.14 * _uniform(tiles, generator)
    astray = (torch.rand(len(tiles), TILE, TILE, 2, generator=generator) * 2 - 1) * most
    return _blurred(F.grid_sample(tiles, grid + astray, align_corners=False), 3)


def _soft(tiles: Tensor, generator: Generator) -> Tensor:
    """Out of focus."""
    return _blurred(_blurred(tiles, 5), 3 + 2 * int(torch.randint(3, (), generator=generator)))


def _neighbours(tiles: Tensor, generator: Generator) -> Tensor:
    """The near end of another picture at its left or right."""
    others = tiles.roll(1, 0)
    away = int(torch.randint(TILE * 4 // 7, TILE * 6 // 7, (), generator=generator))
    shifted = torch.zeros_like(tiles)
    if torch.rand((), generator=generator) < 0.5:
        shifted[..., away:] = others[..., :-away]
    else:
        shifted[..., :-away] = others[..., away:]
    return torch.maximum(tiles, shifted)


#: What there is more of counts twice.
KINDS = (
    *(_specks, _specks, _lines, _lines, _drops, _drops, _shaken, _shaken),
    *(_gaps, _outlines, _soft, _neighbours),
)


def _line(tiles: Tensor, generator: Generator) -> Tensor:
    """A mask of a line right across each tile."""
    angle, middle, waves, tall, wide = (_uniform(tiles, generator) for _ in range(5))
    steps = (2 * torch.arange(TILE) + 1) / TILE - 1
    cos, sin = torch.cos(angle * torch.pi), torch.sin(angle * torch.pi)
    along, across = cos * steps + sin * steps[:, None], cos * steps[:, None] - sin * steps
    phase = (1 + 9 * waves) * along + 7 * middle
    swing = torch.where(waves < 0.5, torch.sin(phase), (2 / torch.pi) * torch.asin(torch.sin(phase)))
    tall = 0.22 * (3 * tall - 1).clamp(0, 1)
    steep = 1 + tall * (1 + 9 * waves)
    near = (across - 1.2 * (middle - 0.5) - tall * swing).abs() < (0.012 + 0.032 * wide) * steep
    dots = torch.sin(along * (12 + 20 * _uniform(tiles, generator))) > 0
    dotted = _uniform(tiles, generator) < 0.3
    return (near & (dots | ~dotted)).float()


def _spots(tiles: Tensor, least: float, most: float, generator: Generator) -> Tensor:
    """A mask of round spots that cover between these shares of each tile."""
    cells = 8 + 4 * int(torch.randint(3, (), generator=generator))
    field = torch.randn(len(tiles), 1, cells, cells, generator=generator)
    field = F.interpolate(field, size=TILE, mode="bicubic")
    cover = least + (most - least) * _uniform(tiles, generator)
    ranks = field.flatten(1).sort(1, descending=True).values
    place = (cover[:, 0, 0] * TILE * TILE).long()
    return (field > ranks.gather(1, place)[:, :, None, None]).float()


def highest(tiles: Tensor) -> Tensor:
    """Each pixel as the largest of the 3x3 around it."""
    wide = F.pad(tiles, (1, 1, 1, 1), value=-1.0)
    rows = torch.maximum(torch.maximum(wide[..., :-2, :], wide[..., 1:-1, :]), wide[..., 2:, :])
    return torch.maximum(torch.maximum(rows[..., :-2], rows[..., 1:-1]), rows[..., 2:])


def _blurred(tiles: Tensor, size: int) -> Tensor:
    return F.avg_pool2d(tiles, size, 1, size // 2)


def _uniform(tiles: Tensor, generator: Generator) -> Tensor:
    """A number from 0 to 1 for each tile, `[N, 1, 1, 1]`."""
    return torch.rand(len(tiles), 1, 1, 1, generator=generator)
