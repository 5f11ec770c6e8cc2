"""Files that were made to do harm, and rare ones that only look so: the same ones for the same seed."""

from __future__ import annotations

import io
import json
import math
import random
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import cycle, islice

import numpy as np
from PIL import Image, PngImagePlugin

from inkdigits.bombs import SMALLER
from inkdigits.decode import Limits
from inkdigits.reader import KNOWN
from inkdigits.strokes import render, to_strokes

#: What the picture that all are made of says.
TEXT = str(KNOWN[0])
#: Frames of the long animations.
FRAMES = 5000
#: Sides in pixels of the bombs.
HUGE = 30_000
SOUND_FORMATS = ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP", "PPM")


@dataclass(frozen=True)
class Hostile:
    """One file: what it is, its bytes, the content type it goes under, and whether it must be read."""

    name: str
    data: bytes
    kind: str = "image/png"
    sound: bool = False


Maker = Callable[[random.Random], Hostile]


def files(number: int, seed: int = 0) -> Iterator[Hostile]:
    """So many files, each kind in turn."""
    source = random.Random(seed)
    for make in islice(cycle(MAKERS), number):
        yield make(source)


def seven(side: int = 140) -> Image.Image:
    """The digit, black on white, in a square of `side` pixels."""
    ink = render(to_strokes(KNOWN[1])).pixels
    pen = Image.fromarray(np.uint8(255 * ink))
    pen.thumbnail((side * 3 // 5, side * 3 // 5))
    page = Image.new("L", (side, side), 255)
    page.paste(0, ((side - pen.width) // 2, (side - pen.height) // 2), pen)
    return page


def encoded(image: Image.Image, form: str = "PNG", **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, depth: int, colour: int, packed: bytes, *extra: bytes) -> bytes:
    """A PNG file of parts that need not fit together."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(extra) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


@cache
def zeros(size: int) -> bytes:
    """So many zero bytes, packed, without ever holding them all."""
    packer = zlib.compressobj(9)
    block = bytes(1_000_000)
    parts = [packer.compress(block) for _ in range(size // len(block))]
    return b"".join([*parts, packer.compress(bytes(size % len(block))), packer.flush()])


def truncated(source: random.Random) -> Hostile:
    form = source.choice(SOUND_FORMATS)
    data = encoded(seven(), form)
    return Hostile(f"truncated {form}", data[: source.randrange(1, len(data))])


def flipped(source: random.Random) -> Hostile:
    form = source.choice(SOUND_FORMATS)
    data = bytearray(encoded(seven(), form))
    for _ in range(source.randrange(1, 30)):
        data[source.randrange(8, len(data))] ^= 1 << source.randrange(8)
    return Hostile(f"flipped {form}", bytes(data))


def overwritten(source: random.Random) -> Hostile:
    form = source.choice(SOUND_FORMATS)
    data = bytearray(encoded(seven(), form))
    start = source.randrange(8, len(data))
    data[start : start + source.randrange(1, 40)] = source.randbytes(source.randrange(0, 40))
    return Hostile(f"overwritten {form}", bytes(data))


def bomb(source: random.Random) -> Hostile:
    """Small files that say they are, or that are, HUGE."""
    return source.choice(BOMBS)(source)


def _png_bomb(source: random.Random) -> Hostile:
    depth, colour, channels = source.choice(((1, 0, 1), (8, 0, 1), (8, 6, 4), (16, 2, 3)))
    size = min(HUGE * (HUGE * channels * depth // 8 + 1), 900_000_000)
    return Hostile(f"PNG bomb of {depth} bits", png(HUGE, HUGE, depth, colour, zeros(size)))


def _png_lie(source: random.Random) -> Hostile:
    side = source.choice((HUGE, 7000, 2**31 - 1, 0))
    return Hostile(f"PNG that says {side}", png(side, side, 8, 0, zlib.compress(bytes(1000))))


def _gif_bomb(_: random.Random) -> Hostile:
    data = bytearray(encoded(seven(), "GIF"))
    data[6:10] = struct.pack("<HH", HUGE, HUGE)
    return Hostile("GIF that says 30,000", bytes(data), "image/gif")


def _jpeg_bomb(source: random.Random) -> Hostile:
    data = bytearray(encoded(seven(), "JPEG", progressive=source.random() < 0.5))
    start = next(place for place in range(len(data)) if data[place : place + 2] in (b"\xff\xc0", b"\xff\xc2"))
    data[start + 5 : start + 9] = struct.pack(">HH", HUGE, source.choice((HUGE, 1000)))
    return Hostile("JPEG that says 30,000", bytes(data), "image/jpeg")


def _jpeg_scans(_: random.Random) -> Hostile:
    """A progressive JPEG whose last scan is repeated thousands of times, each of them work."""
    data = encoded(seven(1000), "JPEG", progressive=True)
    last = data.rindex(b"\xff\xda")
    return Hostile("JPEG of many scans", data[:last] + data[last:-2] * 2000 + data[-2:], "image/jpeg")


def _jpeg_parts(source: random.Random) -> Hostile:
    """A JPEG of countless comments or filling bytes before its pixels."""
    data = encoded(seven(), "JPEG")
    part = source.choice((b"\xff\xfe\0\2", b"\xff\xff\xff\xff"))
    return Hostile("JPEG of many parts", data[:2] + part * 2_000_000 + data[2:], "image/jpeg")


def _jpeg_whole(_: random.Random) -> Hostile:
    """A progressive JPEG of as many pixels as one in a single scan may have."""
    page = Image.new("CMYK", (8000, 4990))
    return Hostile("progressive JPEG of 40 megapixels", encoded(page, "JPEG", progressive=True), "image/jpeg")


def _bmp_bomb(source: random.Random) -> Hostile:
    data = bytearray(encoded(seven(), "BMP"))
    data[18:26] = struct.pack("<ii", source.choice((HUGE, -HUGE)), HUGE)
    data[30:34] = struct.pack("<I", source.choice((0, 1)))
    return Hostile("BMP that says 30,000", bytes(data), "image/bmp")


@cache
def _huge_tiff() -> bytes:
    return encoded(Image.new("1", (HUGE, HUGE)), "TIFF", compression="group4")


def _tiff_bomb(_: random.Random) -> Hostile:
    return Hostile("TIFF bomb", _huge_tiff(), "image/tiff")


def tiff(data: bytes, **tags: tuple[int, int, int]) -> bytes:
    """A grey TIFF of 28 x 28 pixels; each tag has a type, a count and a number, the data is at 512."""
    known = {"t256": (4, 1, 28), "t257": (4, 1, 28), "t258": (4, 1, 8), "t262": (4, 1, 1)} | tags
    entries = b"".join(struct.pack("<HHII", int(tag[1:]), *known[tag]) for tag in sorted(known))
    return (b"II*\0\x08\0\0\0" + struct.pack("<H", len(known)) + entries).ljust(512, b"\0") + data


def _tile_bomb(source: random.Random) -> Hostile:
    """One tile of a gigabyte around a small picture."""
    high = source.choice((38400, 64000))
    data = zeros(16384 * high)
    tile = {"t322": (4, 1, 16384), "t323": (4, 1, high), "t324": (4, 1, 512), "t325": (4, 1, len(data))}
    return Hostile("TIFF of a huge tile", tiff(data, t259=(4, 1, 8), **tile), "image/tiff")


def _strip_bomb(source: random.Random) -> Hostile:
    """A small picture of countless strips, whose resolution is countless fractions."""
    count, kind = 500_000, source.choice((1, 3))
    strips = {"t273": (kind, count, 512), "t278": (4, 1, 1), "t282": (5, count, 512)}
    return Hostile("TIFF of many strips", tiff(bytes(8 * count), **strips), "image/tiff")


def _webp_bomb(_: random.Random) -> Hostile:
    vp8x = b"VP8X" + struct.pack("<II", 10, 0) + (HUGE - 1).to_bytes(3, "little") * 2
    body = b"WEBP" + vp8x + encoded(seven(), "WEBP")[12:]
    return Hostile("WebP that says 30,000", b"RIFF" + struct.pack("<I", len(body)) + body, "image/webp")


def _ppm_bomb(source: random.Random) -> Hostile:
    header = source.choice((b"P5 30000 30000 255\n", b"P1 30000 30000\n", b"P5 " + b"9" * 5000 + b" 1 255\n"))
    return Hostile("PPM that says 30,000", header + bytes(1000), "image/x-portable-graymap")


def _ppm_numbers(source: random.Random) -> Hostile:
    """One of text with countless comments or numbers, of odd levels, or with a header without end."""
    many = 3_000_000
    data = source.choice((
        b"P2 28 28 255\n" + b"#\n" * many + b"0 " * 784, b"P3 1000 1000 255\n" + b"0 " * many,
        b"P5 2000 1500 254\n" + bytes(many), b"P5 " + b" " * many + b"28 28 255\n" + bytes(784),
    ))  # fmt: skip
    return Hostile("PPM of many numbers", data, "image/x-portable-graymap")


def _text_bomb(source: random.Random) -> Hostile:
    """A sound picture with a text, a profile or a comment that unpacks to 300 MB."""
    kind = source.choice((b"zTXt", b"iCCP", b"iTXt"))
    before = b"a\0\1\0\0\0" if kind == b"iTXt" else b"a\0\0"
    data = encoded(seven())
    return Hostile(f"{kind.decode()} bomb", data[:33] + chunk(kind, before + zeros(300_000_000)) + data[33:])


BOMBS: tuple[Maker, ...] = (
    _png_bomb, _png_lie, _gif_bomb, _jpeg_bomb, _jpeg_scans, _jpeg_parts, _jpeg_whole, _bmp_bomb,
    _tiff_bomb, _tile_bomb, _strip_bomb, _webp_bomb, _ppm_bomb, _ppm_numbers, _text_bomb,
)  # fmt: skip


def animation(source: random.Random) -> Hostile:
    """FRAMES frames, of which the first is read."""
    form = source.choice(("GIF", "PNG", "WEBP", "TIFF"))
    return Hostile(f"{form} of {FRAMES} frames", _animated(form), f"image/{form.lower()}", sound=True)


@cache
def _animated(form: str) -> bytes:
    side = 40
    frames = [seven(side), *(Image.new("L", (side, side), shade % 256) for shade in range(FRAMES - 1))]
    options = {"quality": 0, "method": 0} if form == "WEBP" else {}
    return encoded(frames[0], form, save_all=True, append_images=frames[1:], **options)


def turning(_: random.Random) -> Hostile:
    """A TIFF whose list of frames leads back to its start."""
    data = bytearray(encoded(seven(), "TIFF", save_all=True, append_images=[seven()]))
    start = struct.unpack("<I", data[4:8])[0]
    end = start + 2 + 12 * struct.unpack("<H", data[start : start + 2])[0]
    data[end : end + 4] = struct.pack("<I", start)
    return Hostile("TIFF in a circle", bytes(data), "image/tiff", sound=True)


def odd_mode(source: random.Random) -> Hostile:
    mode, form = source.choice((
        ("1", "PNG"), ("1", "TIFF"), ("LA", "PNG"), ("La", "TIFF"), ("P", "GIF"), ("PA", "TIFF"),
        ("CMYK", "JPEG"), ("CMYK", "TIFF"), ("YCbCr", "TIFF"), ("LAB", "TIFF"), ("I;16", "PNG"),
        ("I;16B", "TIFF"), ("I", "TIFF"), ("F", "TIFF"), ("RGBA", "WEBP"), ("RGBA", "TIFF"), ("P", "PNG"),
    ))  # fmt: skip
    try:
        data = encoded(_in_mode(mode), form)
    except (OSError, ValueError, KeyError):
        return Hostile(f"{mode} that cannot be written", b"", sound=False)
    return Hostile(f"{mode} {form}", data, f"image/{form.lower()}", sound=True)


def _in_mode(mode: str) -> Image.Image:
    grey = seven()
    if mode.startswith("I"):
        values = np.asarray(grey, np.uint16) * 257
        return Image.fromarray(values.astype(np.int32) if mode == "I" else values)
    if mode == "F":
        return Image.fromarray(np.asarray(grey, np.float32) / 255)
    if mode == "LAB":
        channels = [grey, *(Image.new("L", grey.size, 128) for _ in "AB")]
        return Image.merge("LAB", channels)
    return grey.convert("RGB").convert(mode) if mode in ("CMYK", "YCbCr", "RGBA", "P") else grey.convert(mode)


def odd_numbers(source: random.Random) -> Hostile:
    """Floating point pictures with no brightness in them."""
    values = np.full((50, 50), source.choice((np.nan, np.inf, -np.inf, 1e38, -1.0)), np.float32)
    values[10:40, 20:25] = source.random()
    return Hostile("TIFF of odd numbers", encoded(Image.fromarray(values), "TIFF"), "image/tiff")


def odd_size(source: random.Random) -> Hostile:
    size = source.choice(((1, 1), (1, 60000), (60000, 1), (2, 2), (65535, 3), (7, 20000), (3, 3)))
    shade = source.randrange(256)
    image = Image.new("L", size, shade)
    image.putpixel((size[0] // 2, size[1] // 2), 255 - shade)
    return Hostile(f"{size[0]}x{size[1]}", encoded(image))


def large(source: random.Random) -> Hostile:
    """As large as may be, and sound."""
    form = source.choice(("PNG", "JPEG", "GIF", "WEBP"))
    most = Limits().max_pixels * (SMALLER if form == "JPEG" else 1)
    side = math.isqrt(most) - source.choice((0, 1000))
    page = Image.new("L", (side, side), 255)
    page.paste(seven(side // 2), (side // 4, side // 4))
    return Hostile(f"{side} pixels of {form}", encoded(page, form), f"image/{form.lower()}", sound=True)


def noise(source: random.Random) -> Hostile:
    """Pictures that give a reader as much to look at as can be."""
    side = source.choice((300, 1000, 2000))
    grain = np.random.default_rng(source.randrange(2**32))
    values = grain.integers(0, 256, (side, side), np.uint8)
    if source.random() < 0.7:
        values = np.where(values < source.choice((3, 20, 128)), 0, 255).astype(np.uint8)
    return Hostile(f"noise of {side} pixels", encoded(Image.fromarray(values), compress_level=1))


def tiles(source: random.Random) -> Hostile:
    """A page full of digits."""
    side = source.choice((24, 40))
    row = np.tile(np.asarray(seven(side)), (1000 // side, 1000 // side))
    return Hostile(f"page of digits of {side}", encoded(Image.fromarray(row)))


def wrong_kind(source: random.Random) -> Hostile:
    """A sound picture under another's name."""
    form = source.choice(SOUND_FORMATS)
    kind = source.choice(("image/png", "image/jpeg", "image/x-unknown", "application/octet-stream"))
    return Hostile(f"{form} as {kind}", encoded(seven(), form), kind, sound=True)


def no_picture(source: random.Random) -> Hostile:
    """Files of other kinds, some of which other readers would run, include or fetch."""
    return Hostile(
        "no picture",
        source.choice((
            b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 100 100\n(/etc/passwd) (r) file\n",
            b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>',
            b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
            b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\n", b"PK\3\4" + bytes(100), b"\x7fELF" + bytes(200),
            b"push graphic-context\nimage over 0,0 1,1 'https://localhost/a'\npop graphic-context",
            b"SIMPLE  =                    T" + b" " * 2850, b"8BPS\0\1" + bytes(100),
            b"\0\0\1\0" + bytes(50),
            b"MM\0*\0\0\0\x08\xff\xff" + bytes(100), b"II*\0\xff\xff\xff\xff", b"RIFF\xff\xff\xff\xffWEBP",
            b"P7\nWIDTH 10\nHEIGHT 10\nDEPTH 5\nMAXVAL 255\nENDHDR\n", b"GIF89a", b"BM", b"\xff\xd8\xff",
            b"\0\0\0\x20ftypheic" + bytes(200), b"\0\0\0\x20ftypavif" + bytes(200),
            b"Pf\n9 9\nnan\n" + bytes(99),
        )),
        source.choice(("image/png", "image/svg+xml", "image/x-eps", "application/octet-stream")),
    )  # fmt: skip


def zero_bytes(source: random.Random) -> Hostile:
    size = source.choice((0, 1, 7, 1000, 9_999_999, 10_000_001))
    return Hostile(f"{size} zero bytes", bytes(size))


def random_bytes(source: random.Random) -> Hostile:
    start = source.choice(
        (b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"GIF89a", b"BM", b"II*\0", b"P5 ")
    )
    return Hostile(f"random bytes after {start!r}", start + source.randbytes(source.randrange(10_000)))


def polyglot(source: random.Random) -> Hostile:
    """A sound picture that is a page, an archive or a script as well."""
    form = source.choice(("PNG", "JPEG", "GIF", "BMP"))
    tail = source.choice(
        (b"<script>alert(1)</script>", b"PK\5\6" + bytes(18), b"\n%PDF-1.4\n", b"#!/bin/sh\n")
    )
    return Hostile(f"{form} and {tail[:6]!r}", encoded(seven(), form) + tail * 50, sound=True)


def comments(source: random.Random) -> Hostile:
    """Sound pictures with more beside them than they hold."""
    if source.random() < 0.5:
        info = PngImagePlugin.PngInfo()
        for place in range(2000):
            info.add_text(f"key {place}", "x" * 500)
        return Hostile("PNG of 2,000 texts", encoded(seven(), pnginfo=info), sound=True)
    data = encoded(seven(), "JPEG")
    marks = b"".join(b"\xff\xfe" + struct.pack(">H", 60_000) + bytes(59_998) for _ in range(100))
    return Hostile("JPEG of 6 MB comments", data[:2] + marks + data[2:], "image/jpeg", sound=True)


def rotation(source: random.Random) -> Hostile:
    """EXIF data that lies, or is none."""
    entry = struct.pack("<HHII", 0x112, source.choice((3, 7, 2)), source.choice((1, 2**31)), 2**32 - 1)
    exif = b"Exif\0\0II*\0\x08\0\0\0" + struct.pack("<H", source.choice((1, 65535))) + entry + bytes(4)
    form, cut = source.choice(("JPEG", "PNG", "WEBP")), source.choice((len(exif), 10))
    return Hostile(f"{form} with odd EXIF", encoded(seven(), form, exif=exif[:cut]), f"image/{form.lower()}")


def structured(source: random.Random) -> Hostile:
    """Bodies of JSON that are hard to take."""
    deep = 100_000
    bodies: tuple[bytes, ...] = (
        b"[" * deep, b'{"image":' * deep, b'{"pixels":[' + b"9" * 10_000 + b"]}",
        b'{"strokes":[[[1e999,0]]]}',
        b'{"strokes":' + b"[" * 500 + b"]" * 500 + b"}", b'{"pixels":[NaN]}', b'{"image":"\\ud800"}',
        json.dumps({"strokes": [[[source.random() * 10**300, 0], [0, 0]]] * 200}).encode(),
        json.dumps({"strokes": [[[i, i % 7] for i in range(50_000)]]}).encode(),
        json.dumps({"strokes": [[[i, i], [i + 1, i]] for i in range(20_000)]}).encode(),
        json.dumps({"image": "data:image/png;base64," + "A" * 1_000_000}).encode(),
        json.dumps({"strokes": [[[0, 0], [10**6, 1]], [[0, 0], [1, 10**6]]]}).encode(),
        b'{"image":"https://localhost/a.png"}', b'{"image":"/etc/passwd"}', b"\xff\xfe{\0}\0", b'"\xc0\x80"',
    )  # fmt: skip
    return Hostile("JSON", source.choice(bodies), "application/json")


def headers(_: random.Random) -> Hostile:
    """A sound picture in a form that is nearly all headers."""
    head = b'--edge\r\nContent-Disposition: form-data; name="image"; filename="a"' + b"\r\nA:" * 3_000_000
    data = head + b"\r\n\r\n" + encoded(seven()) + b"\r\n--edge--\r\n"
    return Hostile("form of many headers", data, "multipart/form-data; boundary=edge")


def boundary(_: random.Random) -> Hostile:
    """A form whose long boundary might begin at each of its bytes."""
    kind = "multipart/form-data; boundary=" + "-" * 60_000 + "x"
    return Hostile("form of a long boundary", b"-" * 12_000_000, kind)


MAKERS: tuple[Maker, ...] = (
    truncated, flipped, bomb, odd_mode, overwritten, wrong_kind, zero_bytes, polyglot, random_bytes,
    no_picture, truncated, odd_size, bomb, odd_numbers, noise, comments, rotation, structured, flipped,
    turning, tiles, large, truncated, overwritten, animation, headers, boundary,
)  # fmt: skip
