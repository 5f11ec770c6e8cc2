"""Picture files and arrays -> Raster; the only module that opens picture files."""

from __future__ import annotations

import io
import os
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from numbers import Integral
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import (
    BmpImagePlugin,
    GifImagePlugin,
    Image,
    JpegImagePlugin,
    MpoImagePlugin,
    PngImagePlugin,
    PpmImagePlugin,
    TiffImagePlugin,
    UnidentifiedImageError,
    WebPImagePlugin,
)

from inkdigits.bombs import most_pixels
from inkdigits.errors import (
    BadOption,
    FileUnreadable,
    NotAnImage,
    TooManyBytes,
    TooManyPixels,
    TruncatedImage,
    UnsupportedInput,
)
from inkdigits.files import NoRegularFile, check_regular
from inkdigits.grey import DAMAGE, of_array, of_image
from inkdigits.netpbm import at_once
from inkdigits.types import WORKING_SIDE, Raster

#: Pillow's name of each format that is read, and the file names it goes by.
FORMATS: dict[str, tuple[str, ...]] = {
    BmpImagePlugin.BmpImageFile.format: (".bmp",),
    GifImagePlugin.GifImageFile.format: (".gif",),
    JpegImagePlugin.JpegImageFile.format: (".jpg", ".jpeg"),
    MpoImagePlugin.MpoImageFile.format: (".mpo",),  # JPEG as some phones write it
    PngImagePlugin.PngImageFile.format: (".png",),
    PpmImagePlugin.PpmImageFile.format: (".pgm", ".ppm", ".pbm", ".pnm"),
    TiffImagePlugin.TiffImageFile.format: (".tif", ".tiff"),
    WebPImagePlugin.WebPImageFile.format: (".webp",),
    "HEIF": (".heic", ".heif"),  # with the extra `heif`
}
#: Pictures of more pixels are unpacked one at a time, so that threads do not need the memory of several.
LARGE = 2_000_000
_ALONE = threading.Lock()
OPEN = "Open it with mode 'rb', and let it be open until it is read."
OPEN_IMAGE = "Give it before it is closed, converted to L, RGB or RGBA."
REWIND = "If it was read or written before, go back to its start: file.seek(0)."
REGULAR = "Give a regular file, or its bytes; `inkdigits read -` takes those from its standard input."
#: Arrays that are pictures, by numpy's codes.
KINDS = frozenset(("b1", "u1", "u2", "f2", "f4", "f8"))
#: Bytes of a file that are read at first.
SMALL = 2**16
SUFFIXES = frozenset(suffix for suffixes in FORMATS.values() for suffix in suffixes)
_HEIF_BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1")


@dataclass(frozen=True)
class Limits:
    """The largest picture that is read: bytes of a file, pixels once unpacked. A JPEG in one scan, so no
    progressive one, may have twice as many: it is unpacked smaller."""

    max_bytes: int = 10_000_000
    max_pixels: int = 20_000_000

    def __post_init__(self) -> None:
        """Raises BadOption for a limit that is no whole number from 1."""
        for name, limit in vars(self).items():
            if not isinstance(limit, Integral) or limit < 1:
                raise BadOption(f"{name} cannot be {limit!r}", "Give a whole number from 1.")


def hush() -> None:
    """Let Pillow say nothing of odd metadata, which is not used, in this process: it would quote the file."""
    warnings.filterwarnings("ignore", category=UserWarning, module="PIL")


def decode(source: Any, limits: Limits = Limits()) -> Raster:
    """A path, bytes, a binary file, a PIL image or an array as a Raster; a Raster as it is.

    Arrays are `[H, W]` grey or `[H, W, 1 to 4]` grey, grey and alpha, RGB or RGBA; uint8,
    uint16, bool, or float from 0 to 1 or from 0 to 255. Of several frames the first is read;
    the EXIF rotation is obeyed and transparency laid over the paper that shows the ink.

    Raises FileUnreadable, NotAnImage, TruncatedImage, TooManyBytes, TooManyPixels, or
    UnsupportedInput.
    """
    if isinstance(source, Raster):
        return source
    if isinstance(source, Image.Image):
        return _of_open(source, limits.max_pixels)
    if isinstance(source, np.ma.MaskedArray):
        raise UnsupportedInput(
            "A masked array is not a picture", "Fill it: array.filled(255) makes white of it."
        )
    if isinstance(source, np.ndarray):
        return _of_array(np.asarray(source), limits)
    name, data = _bytes_of(source, limits.max_bytes)
    if len(data) > limits.max_bytes:
        raise TooManyBytes(f"{name} is larger than {limits.max_bytes:,} bytes")
    return _of_bytes(data, name, limits)


def _bytes_of(source: Any, most: int) -> tuple[str, bytes]:
    """What errors call the source, and its bytes; of too many just one too many."""
    if isinstance(source, bytes | bytearray | memoryview):
        return "The picture", bytes(source)
    if isinstance(source, str | os.PathLike):
        name = os.fsdecode(source)
        try:
            check_regular(source)
            with Path(name).open("rb") as file:
                return name, _start_of(file, most + 1)
        except OSError as error:
            remedy = REGULAR if isinstance(error, NoRegularFile) else None
            raise FileUnreadable(f"{name or repr(name)} cannot be read: {error.strerror}", remedy) from None
        except ValueError:
            raise FileUnreadable(f"{name!r} is not a path") from None
    if hasattr(source, "read"):
        return _read_file(source, most)
    raise UnsupportedInput(
        f"A {type(source).__name__} is not a picture",
        "Give a path, bytes, a binary file, a PIL image, an array or strokes.",
    )


def _start_of(file: BinaryIO, most: int) -> bytes:
    """So many bytes, or all; memory for `most` is set aside only where the file is not small."""
    data = file.read(min(most, SMALL))
    return data + file.read(most - SMALL) if len(data) == SMALL < most else data


def _read_file(file: BinaryIO, most: int) -> tuple[str, bytes]:
    data = bytearray()
    try:
        while len(data) <= most and (some := file.read(most + 1 - len(data))):  # a pipe gives less than asked
            data += some
    except (OSError, ValueError) as error:  # such as one that is closed
        raise FileUnreadable(f"The file cannot be read: {error}", OPEN) from None
    except TypeError:
        raise UnsupportedInput("The file is open for text", OPEN) from None
    if not data:
        raise NotAnImage("The file is empty, or was read to its end", REWIND)
    return "The file", bytes(data)


def _of_open(image: Image.Image, most: int) -> Raster:
    with _damage("The image"):
        try:
            return _of_image(image, "The image", most)
        except ValueError as error:
            raise UnsupportedInput(f"The image cannot be used ({error})", OPEN_IMAGE) from None


def _of_bytes(data: bytes, name: str, limits: Limits) -> Raster:
    if not data:
        raise NotAnImage(f"{name} is empty")
    if data[4:8] == b"ftyp" and data[8:12] in _HEIF_BRANDS:
        _register_heif(name)
    with _damage(name):
        try:
            data = at_once(data, name)
            most = most_pixels(data, name, limits.max_pixels)
            with Image.open(io.BytesIO(data), formats=_formats()) as image:
                return _of_image(image, name, most, own=True)
        except UnidentifiedImageError:
            raise NotAnImage(f"{name} is not in a picture format that is known here") from None
        except (Image.DecompressionBombError, Image.DecompressionBombWarning):
            raise TooManyPixels(f"{name} has more than {limits.max_pixels:,} pixels") from None


@contextmanager
def _damage(name: str) -> Iterator[None]:
    """Turns all that Pillow's readers let out for damaged data into one error."""
    try:
        yield
    except DAMAGE as error:
        why = str(error) or type(error).__name__
        raise TruncatedImage(f"{name} ends early or is damaged ({why})") from None


def _formats() -> tuple[str, ...]:
    return tuple(name for name in FORMATS if name in Image.OPEN)  # JPEG's reader opens MPO too


def _register_heif(name: str) -> None:
    try:
        import pillow_heif
    except ImportError:
        raise UnsupportedInput(
            f"{name} is a HEIC picture, for which a part is not installed",
            "Run: pip install 'inkdigits[heif]', or save it as JPEG.",
        ) from None
    pillow_heif.register_heif_opener()


def _of_image(image: Image.Image, name: str, most: int, *, own: bool = False) -> Raster:
    """A picture as a Raster; one that is our `own` may be changed by that."""
    width, height = image.size
    jpeg = image if own and isinstance(image, JpegImagePlugin.JpegImageFile) else None
    if width * height > most:
        raise TooManyPixels(f"{name} has {width} x {height} pixels, over {most:,}")
    if width * height == 0:
        raise NotAnImage(f"{name} has no pixels")
    if own and isinstance(image, TiffImagePlugin.TiffImageFile):
        image.is_animated = True  # else loading it makes objects of all of its EXIF data
    with _ALONE if width * height > LARGE else nullcontext():
        scale = _drafted(jpeg) if jpeg else 1
        return Raster(of_image(image), float(scale))


def _drafted(image: JpegImagePlugin.JpegImageFile) -> int:
    """Have a large JPEG decoded at a half, a quarter or an eighth, with less time and memory; by how much."""
    wide, high = image.size
    factor = max(wide, high) // WORKING_SIDE
    if factor < 2:
        return 1
    image.draft("L" if image.mode == "RGB" else None, (max(1, wide // factor), max(1, high // factor)))
    return round(wide / image.width)


def _of_array(array: NDArray[Any], limits: Limits) -> Raster:
    shape, kind = array.shape, array.dtype.str[1:]
    channels = shape[2] if len(shape) == 3 else 1
    if len(shape) not in (2, 3) or not 1 <= channels <= 4 or array.size == 0:
        raise UnsupportedInput(
            f"An array of shape {shape} is not a picture", "Give [H, W] or [H, W, 1 to 4]."
        )
    if shape[0] * shape[1] > limits.max_pixels:
        raise TooManyPixels(f"The array has {shape[1]} x {shape[0]} pixels, over {limits.max_pixels:,}")
    if kind not in KINDS:
        raise UnsupportedInput(
            f"An array of {array.dtype} is not a picture", "Give uint8, uint16, bool or float."
        )
    return Raster(of_array(array))
