"""Why a Reading says what it says: pictures of the way from the page to the answer.

The saliency map is the model's own word, by occlusion (Zeiler and Fergus 2014,
https://arxiv.org/abs/1311.2901): ink is taken away here and there, and where the answer loses most
of its probability, there is the ink that decided. What is not on the paper decides too (a 6 is a 6
because nothing closes it above); that, occlusion cannot show.
"""

from __future__ import annotations

import base64
import io
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont, UnidentifiedImageError
from PIL.PngImagePlugin import PngInfo

from inkdigits.errors import NotWritten
from inkdigits.files import write_atomically, writing
from inkdigits.model import Model
from inkdigits.page import Shown, shades
from inkdigits.types import Box, FloatArray, Reading

#: Side of what the network sees (pixels), and how many times larger it is shown.
TILE = 28
ZOOM = 8
#: What takes ink away is a soft disc: a Gaussian with this standard deviation, every so many pixels
#: of the tile; where it would take less ink than this many full pixels it is not tried.
SOFTNESS = 2.0
STRIDE = 2
LEAST_INK = 0.5
#: Smaller pictures are shown enlarged, by a whole factor, to about this longest side (pixels).
SHOWN_SIDE = 480
#: Sizes of letters (pixels) on the picture with the boxes.
LETTERS = (12, 32)
#: Red, green, blue: boxes of digits, of what was looked at and not taken, and the map's colours from
#: hardly to most salient. Blue and orange are told apart with any kind of colour vision.
TAKEN = (0, 114, 178)
PASSED_OVER = (213, 94, 0)
HEAT = np.array([(255, 237, 160), (253, 141, 60), (189, 0, 38)], np.float32)
#: How dark full ink is under the map, so that the map's colours stand out on it.
PALE = 0.6
TINY = 1e-6
#: What the pictures say of whence they are, so that no others are replaced.
MADE_BY = "inkdigits"

Colour = tuple[int, int, int]


@dataclass(frozen=True)
class Seen:
    """One digit of the answer as the network saw it.

    `tile` is a PNG of the 28x28 (dark on white, eight times enlarged), `saliency` the same under a
    map of the ink that the answer hangs on, from yellow (a little) to red (most).
    """

    value: int
    box: Box
    tile: bytes
    saliency: bytes

    def to_dict(self) -> dict[str, Any]:
        return {
            "value": self.value,
            "box": self.box.to_dict(),
            "tile": _url(self.tile),
            "saliency": _url(self.saliency),
        }


@dataclass(frozen=True)
class Explanation:
    """The steps of a Reading as PNG files.

    `ink` is what was taken for ink, on white; `boxes` the picture in grey, with the digits' boxes
    and values in blue and what was looked at but not taken in orange.
    """

    ink: bytes
    boxes: bytes
    digits: tuple[Seen, ...]

    def to_dict(self) -> dict[str, Any]:
        """For JSON: every PNG as a data URL."""
        return {
            "ink": _url(self.ink),
            "boxes": _url(self.boxes),
            "digits": [digit.to_dict() for digit in self.digits],
        }

    def write(self, folder: Path | str, stem: str) -> list[Path]:
        """Write STEM-ink.png, STEM-boxes.png and, for each digit from 1, STEM-1-tile.png and
        STEM-1-saliency.png into `folder`, which is made if need be; their paths. Of an earlier picture
        of that name no further digits stay.

        Raises NotWritten where that cannot be done, before anything is written where it would take the
        place of a picture that is not of this kind.
        """
        paths = [(Path(folder) / f"{stem}-{name}.png", data) for name, data in self._pictures()]
        former = list(_further(Path(folder), stem, len(self.digits) + 1))
        for path in (*(path for path, _ in paths), *former):
            _check_ours(path)
        for path, data in paths:
            write_atomically(path, data)
        for path in former:
            with writing(path):
                path.unlink(missing_ok=True)
        return [path for path, _ in paths]

    def _pictures(self) -> Iterator[tuple[str, bytes]]:
        yield "ink", self.ink
        yield "boxes", self.boxes
        for place, digit in enumerate(self.digits, 1):
            yield f"{place}-tile", digit.tile
            yield f"{place}-saliency", digit.saliency


def _further(folder: Path, stem: str, first: int) -> Iterator[Path]:
    """What there is that shows digits from the `first` on."""
    for place in count(first):
        paths = [folder / f"{stem}-{place}-{picture}.png" for picture in ("tile", "saliency")]
        there = [path for path in paths if os.path.exists(path)]  # noqa: PTH110  (raises nothing)
        if not there:
            return
        yield from there


def _check_ours(path: Path) -> None:
    """Raises NotWritten for a file that is no picture of an Explanation: it may be somebody's own."""
    try:
        with Image.open(path, formats=["PNG"]) as picture:
            ours = picture.info.get("Software") == MADE_BY
    except FileNotFoundError:
        return
    except UnidentifiedImageError:
        ours = False
    except OSError:
        return  # writing says why it cannot be done
    if not ours:
        raise NotWritten(f"{path} is there already, and is not of this kind", "Name another folder.")


def explain(
    model: Model,
    reading: Reading,
    shown: Shown,
    inks: Sequence[FloatArray],
    others: Sequence[Box],
    most: int | None = None,
) -> Explanation:
    """Show how `reading` came about; of its digits `most` by themselves, all where that is None.

    `inks` holds the ink `[h, w]` of each of the reading's digits, in their order; `others` the boxes of what
    was not taken, which is all of it where the reading was declined.
    """
    tiles = model.tiles(inks[:most])
    digits = tuple(
        Seen(
            digit.value,
            digit.box,
            _png(_enlarged(1 - tile)),
            _heated(tile, saliency(model, tile, digit.value)),
        )
        for digit, tile in zip(reading.digits[:most], tiles, strict=True)
    )
    return Explanation(_png(shown.ink), _boxes(shown, reading, others), digits)


def saliency(model: Model, tile: FloatArray, value: int) -> FloatArray:
    """How much each place of a tile `[28, 28]` speaks for `value`: `[28, 28]`, 0 … 1 (the most).

    Each place has the mean of what the answer's probability loses under the discs that cover it.
    All zeros where no ink speaks for the value.
    """
    discs = _discs()
    tried = np.flatnonzero((discs * tile).sum((1, 2)) >= LEAST_INK)
    probabilities, exists = model.classify([tile, *(tile * (1 - discs[tried]))])
    answer = probabilities[:, value] * exists
    loss = np.zeros(len(discs), np.float32)
    loss[tried] = np.maximum(answer[0] - answer[1:], 0)
    heat = np.tensordot(loss, discs, 1) / discs.sum(0)
    salient: FloatArray = heat / max(float(heat.max()), TINY)
    return salient


@cache
def _discs() -> FloatArray:
    """The soft discs `[n, 28, 28]`, 1 in their middle, all over the tile."""
    places = np.arange(TILE, dtype=np.float32)
    middles = np.arange(STRIDE / 2, TILE, STRIDE, dtype=np.float32)
    bells = np.exp(-((places - middles[:, None]) ** 2) / (2 * SOFTNESS**2))
    discs: FloatArray = np.einsum("iy,jx->ijyx", bells, bells).reshape(-1, TILE, TILE)
    return discs


def _heated(tile: FloatArray, heat: FloatArray) -> bytes:
    """The tile in pale ink, with the map's colours over it."""
    ink, strength = _enlarged(1 - PALE * tile)[..., None], _enlarged(heat, smooth=True)[..., None] / 255
    steps = np.linspace(0, 1, len(HEAT))
    colours = np.concatenate([np.interp(strength, steps, channel) for channel in HEAT.T], axis=2)
    return _png(np.round(ink + (colours - ink) * strength).astype(np.uint8))


def _enlarged(tile: FloatArray, *, smooth: bool = False) -> NDArray[np.uint8]:
    """A tile as bytes, ZOOM times as large, its pixels as squares unless `smooth`."""
    way = Image.Resampling.BICUBIC if smooth else Image.Resampling.NEAREST
    return np.asarray(Image.fromarray(shades(tile)).resize((TILE * ZOOM, TILE * ZOOM), way))


def _boxes(shown: Shown, reading: Reading, others: Sequence[Box]) -> bytes:
    """The page with the digits' boxes and values, and the boxes of the others."""
    grow = max(1, round(SHOWN_SIDE / max(shown.page.shape)))
    size = (shown.page.shape[1] * grow, shown.page.shape[0] * grow)
    picture = Image.fromarray(shown.page).resize(size, Image.Resampling.NEAREST).convert("RGB")
    draw = ImageDraw.Draw(picture)
    for box, value, colour in (
        *((other, "", PASSED_OVER) for other in others),
        *((digit.box, str(digit.value), TAKEN) for digit in reading.digits),
    ):
        left, top = (
            (place - start) * grow / shown.scale for place, start in ((box.x, shown.left), (box.y, shown.top))
        )
        width, height = (side * grow / shown.scale for side in (box.width, box.height))
        _box(draw, (left, top, left + width, top + height), value, colour, max(1, max(size) // 400))
    return _png(np.asarray(picture))


def _box(
    draw: ImageDraw.ImageDraw, place: tuple[float, float, float, float], value: str, colour: Colour, line: int
) -> None:
    """One box, and its value on a label at its top left: above it, or in it where the page ends."""
    left, top, _, bottom = place
    draw.rectangle(place, outline=colour, width=line)
    if not value:
        return
    least, most = LETTERS
    font = ImageFont.load_default(min(max(least, (bottom - top) / 3), most))
    edge = 3 * line
    width, height = (side + 2 * edge for side in draw.textbbox((0, 0), value, font, "lt")[2:])
    start = top - height if top > height else top
    draw.rectangle((left, start, left + width, start + height), fill=colour)
    draw.text((left + edge, start + edge), value, "white", font, "lt")


def _png(pixels: NDArray[np.uint8]) -> bytes:
    file, made = io.BytesIO(), PngInfo()
    made.add_text("Software", MADE_BY)
    Image.fromarray(pixels).save(file, "PNG", pnginfo=made)
    return file.getvalue()


def _url(png: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(png).decode()
