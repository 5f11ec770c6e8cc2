"""Pictures and arrays of any kind as grey numbers, with no more memory than the numbers need."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image

from inkdigits.errors import UnsupportedInput
from inkdigits.types import FloatArray

#: Pictures are turned to numbers so many pixels at a time.
STRIP = 2**20
#: Bytes of EXIF data that are looked at: Pillow would make objects of all numbers in it.
EXIF = 2**18
#: All that Pillow's readers let out for damaged data.
DAMAGE = (
    OSError, SyntaxError, ValueError, EOFError, ArithmeticError, LookupError, TypeError, struct.error,
    RuntimeError, MemoryError,
)  # fmt: skip
#: Fractions up to this are of 1, and by so much of white they may be out of range.
FRACTION, OVERSHOOT = 2.0, 0.125
#: Shares of red, green and blue in grey (ITU-R BT.601, as Pillow has it).
GREY = np.array((0.299, 0.587, 0.114), np.float32)
#: What each EXIF orientation but the usual asks for, as views.
TURNS: dict[int, Callable[[FloatArray], FloatArray]] = {
    2: lambda grey: grey[:, ::-1],
    3: lambda grey: grey[::-1, ::-1],
    4: lambda grey: grey[::-1],
    5: lambda grey: grey.T,
    6: lambda grey: grey.T[:, ::-1],
    7: lambda grey: grey[::-1, ::-1].T,
    8: lambda grey: grey.T[::-1],
}


def of_image(image: Image.Image) -> FloatArray:
    """A picture of any mode as grey `[H, W]`, 0 to 1, upright and opaque.

    Raises UnsupportedInput for numbers out of range, and whatever Pillow raises for damaged data.
    """
    image.load()  # a TIFF turns itself by that, and no longer asks for it
    turn = TURNS.get(_orientation(image))
    return turn(_grey(image)) if turn else _grey(image)


def of_array(array: NDArray[Any]) -> FloatArray:
    """An array `[H, W]` or `[H, W, channels]` as grey `[H, W]`, 0 to 1, opaque; a strip at a time.

    Raises UnsupportedInput for numbers out of range.
    """
    channels, white = array.shape[2] if array.ndim == 3 else 1, _white(array)

    def strips() -> Iterator[tuple[slice, FloatArray]]:
        return ((rows, _scaled(array[rows], white)) for rows in _rows(*array.shape[:2]))

    paper = _paper_behind(_four(strip) for _, strip in strips()) if channels in (2, 4) else 1.0
    if array.shape[0] * array.shape[1] <= STRIP:
        return _flat(_scaled(array, white), channels, paper)
    grey = np.empty(array.shape[:2], np.float32)
    for rows, strip in strips():
        grey[rows] = _flat(strip, channels, paper)
    return grey


def _flat(values: FloatArray, channels: int, paper: float) -> FloatArray:
    if channels == 1:
        return values.reshape(values.shape[:2])
    return values @ GREY if channels == 3 else _over(_four(values), paper)


def _four(values: FloatArray) -> FloatArray:
    """Grey and alpha, or RGBA, as RGBA."""
    return np.repeat(values, (3, 1), axis=2) if values.shape[2] == 2 else values


def _white(numbers: NDArray[Any]) -> float:
    """The number that is white: for whole ones by their kind, but of 16 bits and more where no more than 8
    are used; for fractions 1, or 255 if any is far above 1."""
    if numbers.dtype.kind == "f":
        return 1.0 if float(numbers.max()) <= FRACTION else 255.0
    if numbers.dtype.itemsize == 1:
        return 1.0 if numbers.dtype.kind == "b" else 255.0
    return 255.0 if int(numbers.max()) <= 255 else 65535.0


def _scaled(numbers: NDArray[Any], white: float) -> FloatArray:
    """Numbers as 0 to 1; fractions a little out of range, as resampling leaves them, are cut off.

    Raises UnsupportedInput if any lies outside.
    """
    scaled: FloatArray = np.divide(numbers, np.float32(white), dtype=np.float32)
    if numbers.dtype.itemsize == 1:
        return scaled  # none can be out of range
    low, high = float(scaled.min()), float(scaled.max())
    over = OVERSHOOT if numbers.dtype.kind == "f" else 0.0
    if not (-over <= low and high <= 1 + over):
        raise UnsupportedInput(
            "The picture holds numbers that are no brightness",
            f"Give whole numbers from 0 to {white:,.0f}, or fractions from 0 to 1 or from 0 to 255.",
        )
    return scaled if low >= 0 and high <= 1 else np.clip(scaled, 0, 1)


def _orientation(image: Image.Image) -> Any:
    """As EXIF has it; where that cannot be read none, for the pixels may be sound."""
    if len(image.info.get("exif") or b"") > EXIF:
        return None
    try:
        return image.getexif().get(ExifTags.Base.Orientation)
    except DAMAGE:
        return None


def _grey(image: Image.Image) -> FloatArray:
    """A picture of any mode as grey `[H, W]`, 0 to 1."""
    if image.has_transparency_data:
        paper = _paper_behind(_rgba(strip) for _, strip in _strips(image))
        return _filled(image, lambda strip: _over(_rgba(strip), paper))
    if image.mode.startswith(("I", "F")):
        numbers = np.asarray(image)
        return _scaled(numbers, 65535.0 if image.mode.startswith("I;") else _white(numbers))
    if image.mode == "LAB":
        return _filled(image, lambda strip: _shares(strip.getchannel(0)))
    return _filled(image, lambda strip: _shares(strip if strip.mode == "L" else strip.convert("L")))


def _filled(image: Image.Image, values: Callable[[Image.Image], FloatArray]) -> FloatArray:
    """The values `[H, W]` of a picture, a strip at a time: a whole copy in colour is never held."""
    if image.height * image.width <= STRIP:
        return values(image)
    grey = np.empty((image.height, image.width), np.float32)
    for rows, strip in _strips(image):
        grey[rows] = values(strip)
    return grey


def _strips(image: Image.Image) -> Iterator[tuple[slice, Image.Image]]:
    """The picture from top to bottom in strips of about STRIP pixels, each with its rows."""
    for rows in _rows(image.height, image.width):
        whole = rows == slice(0, image.height)
        yield rows, image if whole else image.crop((0, rows.start, image.width, rows.stop))


def _rows(height: int, width: int) -> Iterator[slice]:
    """The rows of each strip."""
    high = max(1, STRIP // width)
    for top in range(0, height, high):
        yield slice(top, min(top + high, height))


def _rgba(image: Image.Image) -> FloatArray:
    """`[H, W, 4]`, 0 to 1; not Pillow's own where it would make white of all of 16 bits from 255 on."""
    if image.mode.startswith("I"):
        numbers = np.asarray(image)
        grey = _scaled(numbers, 65535.0)
        return np.dstack((grey, grey, grey, numbers != image.info["transparency"]))
    return _shares(image.convert("RGBA"))


def _shares(image: Image.Image) -> FloatArray:
    """Bytes as 0 to 1."""
    shares: FloatArray = np.divide(np.asarray(image), np.float32(255), dtype=np.float32)
    return shares


def _paper_behind(pictures: Iterable[FloatArray]) -> float:
    """What to lay transparent `[H, W, 4]` over: white paper, or black where what is drawn is light."""
    weight = light = 0.0
    for rgba in pictures:
        weight += float(rgba[..., 3].sum())
        light += float((rgba[..., :3] @ GREY * rgba[..., 3]).sum())
    return 1.0 if weight == 0 or light / weight < 0.5 else 0.0


def _over(rgba: FloatArray, paper: float) -> FloatArray:
    """Grey over the paper."""
    grey, alpha = rgba[..., :3] @ GREY, rgba[..., 3]
    return grey if float(alpha.min()) == 1 else grey * alpha + paper * (1 - alpha)
