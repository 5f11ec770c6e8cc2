"""Connected parts of a mask: each under a number, and where each is."""

from __future__ import annotations

from typing import Literal

import cc3d
import numpy as np
from numpy.typing import NDArray

from inkdigits.types import Mask

Labels = NDArray[np.integer]


def labelled(where: Mask, connectivity: Literal[4, 8] = 8) -> Labels:
    """Each connected part of `where` `[H, W]` under a number of its own, from 1 on; 0 is elsewhere.

    Parts touch at their sides or, unless `connectivity` is 4, at corners.
    """
    # Of booleans cc3d 4.1 takes some for others where the width is odd.
    labels: Labels = cc3d.connected_components(where.view(np.uint8), connectivity=connectivity)
    return labels


def occupied(where: Mask) -> tuple[slice, slice]:
    """The rows and columns that hold all of `where` `[H, W]`; empty slices if there is nothing."""
    rows, columns = (np.flatnonzero(where.any(axis)) for axis in (1, 0))
    if not rows.size:
        return slice(0, 0), slice(0, 0)
    return slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)


def extents(labels: Labels) -> NDArray[np.intp]:
    """First and last row, first and last column of each of n labels, in their order, `[n, 4]`.

    Only what is labelled is gone through: of ink that is a small part of the page.
    """
    count = int(labels.max())
    places = np.flatnonzero(labels > 0)
    own = labels.ravel()[places]
    order = own.argsort(kind="stable")
    rows, columns = np.divmod(places[order], labels.shape[1])
    ends = own[order].searchsorted(np.arange(1, count + 2))
    starts, last = ends[:-1], ends[1:] - 1
    left, right = np.minimum.reduceat(columns, starts), np.maximum.reduceat(columns, starts)
    return np.stack((rows[starts], rows[last], left, right), 1)
