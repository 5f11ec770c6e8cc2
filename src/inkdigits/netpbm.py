"""PBM, PGM and PPM files whose numbers Pillow would take one by one, as files that it takes at once."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from inkdigits.errors import NotAnImage, UnsupportedInput

#: Bytes in which a header must end, and comments that one in text may have: Pillow copies the rest for each.
HEADER, COMMENTS = 2**16, 1000
#: What Pillow takes for one: Netpbm's own, and more that it alone writes.
_STARTS = (b"P0", b"P1", b"P2", b"P3", b"P4", b"P5", b"P6", b"Pf", b"Py")
_SPACE = rb"(?:\s|#[^\r\n]*+[\r\n])"
_NUMBER = _SPACE + rb"++(\d{1,9})"
_BITS = re.compile(rb"(P[14])" + 2 * _NUMBER + rb"()" + _SPACE)
_LEVELS = re.compile(rb"(P[2356])" + 3 * _NUMBER + _SPACE)


def at_once(data: bytes, name: str) -> bytes:
    """The same picture, of which Pillow reads nothing number by number; other formats as they are.

    Raises NotAnImage, or UnsupportedInput for one with too many comments.
    """
    if not data.startswith(_STARTS):
        return data
    head = _BITS.match(data, 0, HEADER) or _LEVELS.match(data, 0, HEADER)
    if not head:
        raise NotAnImage(f"{name} is no PBM, PGM or PPM file, or has a very long header")
    kind, width, height, most = head.groups()
    if kind in (b"P1", b"P2", b"P3") and data.count(b"#") > COMMENTS:
        raise UnsupportedInput(f"{name} has more than {COMMENTS:,} comments", "Save it without them.")
    body = data[head.end() :]
    if most and 0 < int(most) < 2**16:
        kind, most, body = _levels(kind, int(most), body)
    return b" ".join(filter(None, (kind, width, height, most))) + b"\n" + body


def _levels(kind: bytes, most: int, body: bytes) -> tuple[bytes, bytes, bytes]:
    """Kind, highest number and numbers of a file in bytes, or for more levels of grey in pairs of them."""
    grey = kind in (b"P2", b"P5")
    whole = 65535 if grey and most > 255 else 255
    if kind in (b"P2", b"P3"):
        numbers = _of_text(body)
    elif most == whole:
        return kind, b"%d" % most, body
    else:
        size = 2 if most > 255 else 1
        numbers = np.frombuffer(body, f">u{size}", len(body) // size)
    levels = np.rint(np.arange(most + 1) * (whole / most)).astype(">u2" if whole > 255 else "u1")
    return b"P5" if grey else b"P6", b"%d" % whole, levels.take(numbers, mode="clip").tobytes()


def _of_text(body: bytes) -> NDArray[np.int64]:
    text = re.sub(rb"#[^\r\n]*", b"", body)
    if text.translate(None, b"0123456789 \t\n\v\f\r"):
        raise ValueError("what should be a number is none")
    return np.fromstring(text, np.int64, sep=" ")
