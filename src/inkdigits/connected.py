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


def extents(labels: Labels) -> NDArray[np.intp]:
    """First and last row, first and last column of each of n labels, in their order, `[n, 4]`.

    Only what is labelled is gone through: of ink that is a small part of the page.
    """
    count = int(labels.max())
    if count == 1:  # as on most small pictures, in a fraction of the time
        rows, columns = (np.flatnonzero((labels > 0).any(axis)) for axis in (1, 0))
        return np.array([(rows[0], rows[-1], columns[0], columns[-1])])
    places = np.flatnonzero(labels > 0)
    own = labels.ravel()[places]
    order = own.argsort(kind="stable")
    rows, columns = np.divmod(places[order], labels.shape[1])
    ends = own[order].searchsorted(np.arange(1, count + 2))
    starts, last = ends[:-1], ends[1:] - 1
    left, right = np.minimum.reduceat(columns, starts), np.maximum.reduceat(columns, starts)
    return np.stack((rows[starts], rows[last], left, right), 1)
