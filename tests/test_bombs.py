"""Files that would cost far more than their pixels say are refused before they do; sound ones are not."""

from __future__ import annotations

import struct
import zlib

import pytest
from PIL import Image, TiffImagePlugin
from test_decode import encoded

from inkdigits.bombs import PARTS, SCANS, VALUES
from inkdigits.decode import Limits, decode
from inkdigits.errors import TooManyPixels, TruncatedImage, UnsupportedInput


def test_a_jpeg_of_several_scans_may_not() -> None:
    """libjpeg holds it whole."""
    data = encoded(Image.new("RGB", (3000, 2200)), "JPEG", progressive=True)
    assert decode(data, Limits(max_pixels=6_600_000)).pixels.shape == (1100, 1500)
    with pytest.raises(TooManyPixels, match="3000 x 2200 pixels, over 6,500,000"):
        decode(data, Limits(max_pixels=6_500_000))
    plain = encoded(Image.new("RGB", (3000, 2200)), "JPEG")
    first = plain.index(b"\xff\xda")
    with pytest.raises(TooManyPixels):  # not progressive, but its first scan is of one component
        decode(plain[:first] + b"\xff\xda\0\x08\1\1\0\0\x3f\0" + plain[first:], Limits(max_pixels=6_500_000))


def test_a_jpeg_of_countless_scans_is_refused() -> None:
    """Each is work for all of its pixels, and may be of few bytes."""
    data = encoded(Image.new("RGB", (40, 30)), "JPEG", progressive=True)
    last = data.rindex(b"\xff\xda")
    assert decode(data[:-2] + data[last:-2] * 30 + data[-2:]).pixels.shape == (30, 40)
    with pytest.raises(UnsupportedInput, match="more than 50 scans"):
        decode(data[:-2] + data[last:-2] * SCANS + data[-2:])


@pytest.mark.parametrize("progressive", [True, False])
def test_scans_of_thumbnails_and_of_what_follows_do_not_count(progressive: bool) -> None:
    data = encoded(Image.new("RGB", (40, 30)), "JPEG", progressive=progressive)
    other = b"\xff\xda\0\2" * 2 * SCANS
    thumbnail = b"\xff\xe1" + struct.pack(">H", len(other) + 2) + other
    assert decode(data[:2] + thumbnail + data[2:] + other).pixels.shape == (30, 40)


@pytest.mark.parametrize("part", [b"\xff\xfe\0\2", b"\xff" * 256, b"\xff\xe1\1\6Exif" + bytes(256)])
def test_a_jpeg_of_countless_parts_is_refused(part: bytes) -> None:
    data = encoded(Image.new("RGB", (40, 30)), "JPEG")
    assert decode(data[:2] + part * 100 + data[2:]).pixels.shape == (30, 40)
    for place in (2, data.index(b"\xff\xda")):
        with pytest.raises(UnsupportedInput, match="1,000 parts"):
            decode(data[:place] + part * PARTS + data[place:])
    for endless in (part * PARTS, b"\xff\xd9" + part * PARTS + data[2:]):
        with pytest.raises((TruncatedImage, UnsupportedInput), match=r"no scan|1,000 parts"):
            decode(data[:2] + endless)


def tiff(data: bytes, order: str = "<", *, big: bool = False, **tags: tuple[int, int, int | None]) -> bytes:
    """A grey TIFF of 28 x 28 pixels; each tag has a type, a count, a number (None: where the data is)."""
    number, length, entry = ("Q", "Q", "HHQQ") if big else ("L", "H", "HHLL")
    head = struct.pack(order + "HHHQ", 43, 8, 0, 16) if big else struct.pack(order + "HL", 42, 8)
    known = {int(tag[1:]): tags[tag] for tag in tags}
    known = {256: (4, 1, 28), 257: (4, 1, 28), 258: (4, 1, 8), 262: (4, 1, 1)} | known
    start = 2 + len(head) + struct.calcsize(order + length + entry * len(known) + number)
    entries = (
        struct.pack(order + entry, tag, kind, count, start if value is None else value)
        for tag, (kind, count, value) in sorted(known.items())
    )
    directory = struct.pack(order + length, len(known)) + b"".join(entries) + struct.pack(order + number, 0)
    return (b"II" if order == "<" else b"MM") + head + directory + data


@pytest.mark.parametrize(("order", "big"), [("<", False), (">", False), ("<", True)])
def test_a_tile_of_gigabytes_in_a_small_picture_is_refused(order: str, big: bool) -> None:
    """libtiff unpacks it whole."""

    def tiled(side: int) -> bytes:
        packed = zlib.compress(bytes(side * side))
        tags = {"t259": 8, "t322": side, "t323": side, "t325": len(packed)}
        return tiff(packed, order, big=big, t324=(4, 1, None), **{tag: (4, 1, tags[tag]) for tag in tags})

    assert decode(tiled(4096)).pixels.shape == (28, 28)
    with pytest.raises(TooManyPixels, match="unpacks to 4624 x 4624 pixels, over 20,000,000"):
        decode(tiled(4624))


def test_a_tiff_that_libraries_read_differently_is_refused() -> None:
    with pytest.raises(UnsupportedInput, match="highest bytes first"):
        decode(tiff(bytes(784), ">", big=True, t273=(4, 1, None)))


@pytest.mark.parametrize("kind", [1, 3])
def test_a_tiff_of_countless_strips_is_refused(kind: int) -> None:
    def strips(count: int) -> bytes:
        return tiff(bytes(count * 2), t273=(kind, count, None), t278=(4, 1, 1))

    assert decode(strips(28)).pixels.shape == (28, 28)
    with pytest.raises(UnsupportedInput, match="directory holds over 65,536 numbers"):
        decode(strips(VALUES))


def test_of_the_exif_data_of_a_tiff_nothing_but_the_rotation_is_unpacked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Not a million fractions in a directory of their own."""
    exposure = struct.pack("<HHHLLL", 1, 0x829A, 5, 1, 8, 0)
    data = tiff(exposure + bytes(784), t273=(4, 1, 8), t34665=(4, 1, None))
    monkeypatch.setattr(TiffImagePlugin, "IFDRational", None)
    assert decode(data).pixels.shape == (28, 28)
