"""The words of the house, as frozen values. `to_dict` is the only wire form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from numbers import Integral
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from inkdigits.errors import BadOption

if TYPE_CHECKING:
    from inkdigits.explain import Explanation

FloatArray = NDArray[np.float32]
Mask = NDArray[np.bool_]

#: Pictures are worked on with this longest side (pixels) at most; larger ones are averaged down.
WORKING_SIDE = 1024
#: A pen stroke: points `[n, 2]` of x and y, y down, in any unit.
Stroke = FloatArray


@dataclass(frozen=True)
class Box:
    """A rectangle in pixels of the upright picture as given; x right, y down, from the top left."""

    x: int
    y: int
    width: int
    height: int

    def within(self, height: int, width: int) -> Box:
        """What of it lies in a picture of that size; at least one pixel."""
        left, top = min(max(self.x, 0), width - 1), min(max(self.y, 0), height - 1)
        right, bottom = min(self.x + self.width, width), min(self.y + self.height, height)
        return Box(left, top, max(1, right - left), max(1, bottom - top))

    def to_dict(self) -> dict[str, int]:
        return {"x": self.x, "y": self.y, "width": self.width, "height": self.height}


@dataclass(frozen=True)
class Raster:
    """A decoded picture: `pixels` `[H, W]` float32, 0 = black … 1 = white, upright and opaque.

    One of them is `scale` pixels of the picture wide and high.
    """

    pixels: FloatArray
    scale: float = 1.0


@dataclass(frozen=True)
class Ink:
    """Pen on paper: `pixels` `[H, W]` float32, exactly 0 = paper … 1 = pen.

    One ink pixel is `scale` picture pixels wide and high; the ink's top left corner stands at
    (`left`, `top`) of the picture. If printed rules were taken out of it, it is `ruled`: rests of them
    may be left.
    """

    pixels: FloatArray
    scale: float = 1.0
    left: float = 0.0
    top: float = 0.0
    ruled: bool = False


@dataclass(frozen=True)
class Glyph:
    """One symbol's ink `[h, w]`, cut to its Box, with its neighbours' ink taken out. If it is `nested`, a
    piece of it stands within the box of another."""

    ink: FloatArray
    box: Box
    nested: bool = False


@dataclass(frozen=True)
class Candidate:
    """What may be a digit: `exists` (0 to 1) is the probability that it is one, whole and alone.

    `probabilities` `[10]` (sum 1) hold if it is; `ink` `[h, w]` is its own, cut to the Box.
    """

    box: Box
    exists: float
    probabilities: FloatArray
    ink: FloatArray


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
    """What a picture says: `text`, lines and wide gaps kept, and its `digits` in that order.

    `confidence` (0 to 1) is the probability that the whole text is right. `reason` is None, or why
    there is no answer: `blank` (no ink), `too_faint`, `cut_off`, `not_a_digit` or `ambiguous`; then
    text and digits are empty, and `confidence` is that of the best guess. `turned` is by how many
    degrees clockwise the page was turned: 0, 90, 180 or 270. `ink` is the share of it that is ink (0 to 1).
    """

    text: str
    digits: tuple[Digit, ...]
    confidence: float
    reason: str | None = None
    turned: int = 0
    explained: Callable[[Reading, int | None], Explanation] | None = field(
        default=None, repr=False, compare=False
    )
    ink: float = field(default=0.0, repr=False, compare=False)

    def explain(self, most: int | None = None) -> Explanation:
        """The steps from picture to answer, as pictures; worked out when called.

        Each digit takes about as long as a picture is read; `most` is how many are shown, the first of them
        (None: all). Raises BadOption where it is no whole number from 0.
        """
        if most is not None and (not isinstance(most, Integral) or most < 0):
            raise BadOption(f"most cannot be {most!r}", "Give how many digits to show, from 0 on.")
        if self.explained is None:
            raise TypeError("only a Reading that a Reader of this process gave can explain itself")
        return self.explained(self, most)

    def __copy__(self) -> Reading:
        return replace(self)

    def __deepcopy__(self, _: dict[int, Any]) -> Reading:
        return replace(self)  # nothing in it can change

    def __getstate__(self) -> dict[str, Any]:
        """Without the way back to the Reader, so that a Reading can go to other processes."""
        return self.__dict__ | {"explained": None}

    def to_dict(self) -> dict[str, Any]:
        return {
            "text": self.text,
            "confidence": self.confidence,
            "reason": self.reason,
            "turned": self.turned,
            "digits": [digit.to_dict() for digit in self.digits],
        }
