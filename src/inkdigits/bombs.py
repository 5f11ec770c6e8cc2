"""Picture files that would take far more time or memory than their pixels say, known before it happens."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from itertools import islice

from inkdigits.errors import TooManyPixels, TruncatedImage, UnsupportedInput

#: A JPEG in one scan may have so many times as many pixels as others: it takes as much less memory.
SMALLER = 2
#: Scans of any other JPEG: libjpeg holds all pixels and goes through all for each. Encoders make about 10.
SCANS = 50
#: Parts of a JPEG; so many bytes of EXIF data, or between parts, where Pillow reads each, count as one more.
PARTS, BYTES = 1000, 256
#: Numbers in the directory of a TIFF: Pillow makes an object or a tile of each.
VALUES = 2**16
REMEDY = "Open it in an image editor and save it as PNG."
_MARKER = re.compile(rb"\xff([^\x00\x01\xd0-\xd8\xff])")
#: Markers of a scan, of the end, and of the frames that may be in one scan.
_SCAN, _END, _SEQUENTIAL = 0xDA, 0xD9, (0xC0, 0xC1, 0xC9)
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

    Raises TooManyPixels, TruncatedImage or UnsupportedInput for one that is more work than its pixels say.
    """
    if data.startswith(b"\xff\xd8"):
        return most * _jpeg_factor(data, name)
    if data.startswith(_UNCLEAR):
        raise UnsupportedInput(f"{name} is a BigTIFF with its highest bytes first", REMEDY)
    if data.startswith(_TIFF):
        _check_tiff(data, name, most)
    return most


def _jpeg_factor(data: bytes, name: str) -> int:
    """How many times as many pixels as others a JPEG may have."""
    components = parts = scans = 0
    for marker, content, skipped in _segments(data):
        parts += 1 + (0 if scans else skipped + len(content) * content.startswith(b"Exif")) // BYTES
        scans += marker == _SCAN
        if parts > PARTS or scans > SCANS:
            raise UnsupportedInput(f"{name} is a JPEG of more than {SCANS} scans or {PARTS:,} parts", REMEDY)
        if marker in _SEQUENTIAL:
            components = content[5]
        if marker == _SCAN and scans == 1 and content[0] == components:
            return SMALLER  # the whole picture, as it comes
    if not scans:  # Pillow would look for one to the end, byte by byte
        raise TruncatedImage(f"{name} ends early or is damaged (no scan)")
    return 1


def _segments(data: bytes) -> Iterator[tuple[int, bytes, int]]:
    """Marker, content and bytes skipped before it of each segment of a JPEG, as libjpeg finds them."""
    place = 0
    while (found := _MARKER.search(data, place)) and found[1][0] != _END:
        start = found.end() + 2
        end = found.end() + int.from_bytes(data[found.end() : start])
        yield found[1][0], data[start:end], found.start() - place
        place = end


def _check_tiff(data: bytes, name: str, most: int) -> None:
    entries = list(islice(_entries(data), VALUES + 1))
    values = sum(1 if kind in _WHOLE and tag not in _LISTS else count for tag, kind, count, _ in entries)
    if values > VALUES:
        raise UnsupportedInput(f"{name} is a TIFF whose directory holds over {VALUES:,} numbers", REMEDY)
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
