"""The words of the house, as frozen values. `to_dict` is the only wire form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]

#: A pen stroke: points `[n, 2]` of x and y, y down, in any unit.
Stroke = FloatArray


@dataclass(frozen=True)
class Box:
    """A rectangle in pixels of the upright picture as given; x right, y down, from the top left."""

    x: int
    y: int
    width: int
    height: int

    def to_dict(self) -> dict[str, int]:
        return {"x": self.x, "y": self.y, "width": self.width, "height": self.height}


@dataclass(frozen=True)
class Raster:
    """A decoded picture: `pixels` `[H, W]` float32, 0 = black … 1 = white, upright and opaque."""

    pixels: FloatArray


@dataclass(frozen=True)
class Ink:
    """Pen on paper: `pixels` `[H, W]` float32, exactly 0 = paper … 1 = pen.

    One ink pixel is `scale` picture pixels wide and high; the ink's top left corner stands at
    (`left`, `top`) of the picture.
    """

    pixels: FloatArray
    scale: float = 1.0
    left: float = 0.0
    top: float = 0.0


@dataclass(frozen=True)
class Glyph:
    """One symbol's ink `[h, w]`, cut to its Box, with its neighbours' ink taken out."""

    ink: FloatArray
    box: Box


@dataclass(frozen=True)
class Digit:
    """One answer: `value` 0 to 9, its `confidence`, and the ten `probabilities` (sum 1)."""

    value: int
    confidence: float
    probabilities: tuple[float, ...]
    box: Box

    def to_dict(self) -> dict[str, Any]:
        return {
            "value": self.value,
            "confidence": self.confidence,
            "probabilities": list(self.probabilities),
            "box": self.box.to_dict(),
        }


@dataclass(frozen=True)
class Reading:
    """What a picture says: `digits` from left to right, and their `text`.

    `confidence` (0 to 1) is the probability that the whole text is right; `reason` is
    None, or why there is no answer (`blank`: no ink was found).
    """

    text: str
    digits: tuple[Digit, ...]
    confidence: float
    reason: str | None = None

    def to_dict(self) -> dict[str, Any]:
        return {
            "text": self.text,
            "confidence": self.confidence,
            "reason": self.reason,
            "digits": [digit.to_dict() for digit in self.digits],
        }
