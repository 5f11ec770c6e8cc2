"""A composed page: its pixels, and where its digits stand."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from inkdigits.types import FloatArray

#: A digit of which less than WHOLE of its box is on the page is neither to be found nor to be missed;
#: of which less than HARDLY, it counts for nothing.
WHOLE, HARDLY = 0.75, 0.05
#: A label for such digits, and one for what is none.
UNSURE, NONE = -1, -2

Box4 = tuple[float, float, float, float]


@dataclass
class Page:
    """A picture `[H, W]`, 0 = black … 1 = white; `boxes` as left, top, right, bottom in pixels, with
    `labels` 0 to 9 or UNSURE."""

    pixels: FloatArray
    boxes: list[Box4] = field(default_factory=list)
    labels: list[int] = field(default_factory=list)

    def draw(self, ink: FloatArray, x: int, y: int) -> None:
        """Set ink with its upper left corner there."""
        height, width = ink.shape
        own = ink[max(-y, 0) :, max(-x, 0) :]
        under = self.pixels[max(y, 0) : max(y + height, 0), max(x, 0) : max(x + width, 0)]
        np.maximum(under, own[: under.shape[0], : under.shape[1]], out=under)

    def mark(self, box: Box4, label: int) -> None:
        """Note a digit, unless hardly any of it is on the page."""
        high, wide = self.pixels.shape
        left, top, right, bottom = box
        shown = max(left, 0), max(top, 0), min(right, wide), min(bottom, high)
        across, down = max(0, shown[2] - shown[0]), max(0, shown[3] - shown[1])
        inside = across * down / ((right - left) * (bottom - top))
        if inside > HARDLY:
            self.boxes.append(shown)
            self.labels.append(label if inside >= WHOLE else UNSURE)
