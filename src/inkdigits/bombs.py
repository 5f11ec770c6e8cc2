"""Picture files that would take far more time or memory than their pixels say, known before it happens."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from itertools import islice

from inkdigits.errors import TooManyPixels, UnsupportedInput

#: Numbers in the directory of a TIFF: Pillow makes an object or a tile of each.
VALUES = 2**16
ANEW = "Open it in an image editor and save it as PNG."
#: How a TIFF begins, and how one does that Pillow and libtiff do not agree on.
_TIFF, _UNCLEAR = (b"II*\0", b"MM\0*", b"II\0*", b"MM*\0", b"II+\0"), b"MM\0+"
#: Tags of its width, its height, its tiles' width and their height.
_SIZES = (256, 257, 322, 323)
#: Places of strips, colours, places of tiles: Pillow goes through these even where they are bytes.
_LISTS = (273, 320, 324)
#: Types of TIFF that are read at once (bytes, text, anything), and those of a single number.
_WHOLE = (1, 2, 7)
_NUMBER = {1: "B", 3: "H", 4: "L", 16: "Q"}


def most_pixels(data: bytes, name: str, most: int) -> int:
    """How many pixels this file may have, where `most` is what pictures may have.

    Raises TooManyPixels or UnsupportedInput for one that is more work than its pixels say.
    """
    if data.startswith(_UNCLEAR):
        raise UnsupportedInput(f"{name} is a BigTIFF with its highest bytes first", ANEW)
    if data.startswith(_TIFF):
        _check_tiff(data, name, most)
    return most


def _check_tiff(data: bytes, name: str, most: int) -> None:
    entries = list(islice(_entries(data), VALUES + 1))
    values = sum(1 if kind in _WHOLE and tag not in _LISTS else count for tag, kind, count, _ in entries)
    if values > VALUES:
        raise UnsupportedInput(f"{name} is a TIFF whose directory holds over {VALUES:,} numbers", ANEW)
    width, height, tile_width, tile_height = (
        max((number for found, _, _, number in entries if found == tag), default=1) for tag in _SIZES
    )
    # libtiff unpacks tiles whole, however little of them is in the picture.
    wide, high = -(-width // tile_width) * tile_width, -(-height // tile_height) * tile_height
    if wide * high > most:
        raise TooManyPixels(f"{name} unpacks to {wide} x {high} pixels, over {most:,}")


def _entries(data: bytes) -> Iterator[tuple[int, int, int, int]]:
    """Tag, type, count and, of those that say a size, number of each entry of a TIFF's first directory."""
    order = "<" if data.startswith(b"II") else ">"
    big = data[2] == 43
    head, length, entry = (8, "Q", "HHQ8s") if big else (4, "L", "HHL4s")
    (start,) = struct.unpack_from(order + length, data, head)
    (entries,) = struct.unpack_from(order + ("Q" if big else "H"), data, start)
    size, start = struct.calcsize(order + entry), start + (8 if big else 2)
    for place in range(start, min(start + entries * size, len(data) - size + 1), size):
        tag, kind, count, value = struct.unpack_from(order + entry, data, place)
        number = struct.unpack_from(order + _NUMBER[kind], value)[0] if tag in _SIZES else 0
        yield tag, kind, count, number
