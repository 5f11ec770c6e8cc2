"""Boxes as arrays `[n, 4]`: middle (x, y), width and height."""

from __future__ import annotations

import numpy as np

from inkdigits.types import FloatArray


def common(some: FloatArray, others: FloatArray) -> FloatArray:
    """The areas `[n, m]` that boxes `[n, 4]` and others `[m, 4]` have in common."""
    apart = np.abs(some[:, None, :2] - others[None, :, :2])
    sizes, theirs = some[:, None, 2:], others[None, :, 2:]
    sides = np.minimum((sizes + theirs) / 2 - apart, np.minimum(sizes, theirs))
    areas: FloatArray = np.clip(sides, 0, None).prod(2)
    return areas


def overlap(some: FloatArray, others: FloatArray) -> FloatArray:
    """What share of their union boxes `[n, 4]` and others `[m, 4]` have in common, `[n, m]`."""
    both = common(some, others)
    shares: FloatArray = both / (some[:, None, 2:].prod(2) + others[None, :, 2:].prod(2) - both)
    return shares


def shared(some: FloatArray, others: FloatArray) -> FloatArray:
    """What share of the smaller one each of some boxes `[n, 4]` and of others `[m, 4]` have in common."""
    share: FloatArray = common(some, others) / np.minimum(
        some[:, None, 2:].prod(2), others[None, :, 2:].prod(2)
    )
    return share
