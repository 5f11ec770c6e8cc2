"""How straight points lie, and which way."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

TINY = 1e-12


def straightness(points: NDArray[Any]) -> tuple[float, float]:
    """How many times the deviation of points `[n, 2]` (x, y down) along their main axis is that across it,
    and by how many degrees this leans to the right of upright, -90 to 90. Of fewer than two both are 0.
    """
    if len(points) < 2:
        return 0.0, 0.0
    across, down = (points - points.mean(0)).T.astype(float)
    square, other, both = across @ across, down @ down, across @ down
    middle, apart = (other + square) / 2, np.hypot((other - square) / 2, both)
    lean = float(np.degrees(np.arctan2(-2 * both, other - square) / 2))
    return float(np.sqrt((middle + apart) / max(middle - apart, TINY * (middle + TINY)))), lean
