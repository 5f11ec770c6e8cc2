"""PBM, PGM and PPM files of every form, sound and damaged."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from inkdigits.decode import decode
from inkdigits.errors import InputError, NotAnImage, TruncatedImage, UnsupportedInput
from inkdigits.netpbm import COMMENTS, HEADER, at_once

NETPBM = [
    (b"P1 #a\n4 2#b\n1 1 0#c\r0 0011", [[0, 0, 1, 1], [1, 1, 0, 0]]),
    (b"P2 2#a\n2 5\n0 1\t4#b\n5", [[0, 0.2], [0.8, 1]]),
    (b"P2 2 1 1000\n250#a\r\n1000", [[0.25, 1]]),
    (b"P3 1 1 5\n5 5 5 9", [[1]]),
    (b"P4 #a\n4 2\n\xc0\x30", [[0, 0, 1, 1], [1, 1, 0, 0]]),
    (b"P5 2 1 #a\n5\n\4\7", [[0.8, 1]]),
    (b"P5 2 1 1000\n\0\xfa\3\xe8", [[0.25, 1]]),
    (b"P5 2 1 255\n#\xff", [[35 / 255, 1]]),
    (b"P5 2 1 65535\n#\0\xff\xff", [[0x2300 / 65535, 1]]),
    (b"P6 1 1 5\n\1\1\1", [[0.2]]),
    (b"P6 1 1 65535\n\xff\xff\xff\xff\xff\xff", [[1]]),
]


@pytest.mark.parametrize(("data", "grey"), NETPBM, ids=[str(data) for data, _ in NETPBM])
def test_every_form_of_netpbm_is_read_at_once(data: bytes, grey: list[list[float]]) -> None:
    """With comments anywhere, and few levels or many; Pillow takes no number by itself but of bits."""
    np.testing.assert_allclose(decode(data).pixels, grey, atol=1e-4)
    with Image.open(io.BytesIO(at_once(data, "it"))) as image:
        assert image.tile[0].codec_name == ("ppm_plain" if data.startswith(b"P1") else "raw")


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"P2\n28 28\n255\n" + b"#\n" * (COMMENTS + 1) + b"0 " * 784, UnsupportedInput),
        (b"P5 " + b" " * HEADER + b"28 28 255\n" + bytes(784), NotAnImage),
        (b"P5 #" + b"a" * HEADER + b"\n28 28 255\n" + bytes(784), NotAnImage),
        (b"Pf " + b" " * HEADER + b"28 28 1\n" + bytes(4 * 784), NotAnImage),
        (b"P2 2 2 255\n1 2 -3 4", TruncatedImage),
        (b"P2 2 2 255\n1 2 3", TruncatedImage),
        (b"P5 2 2 300\n1 2 3", TruncatedImage),
        (b"P5 2 2 0\n1234", TruncatedImage),
        (b"P5 28", NotAnImage),
    ],
)
def test_a_netpbm_of_countless_comments_or_damaged_is_refused(data: bytes, error: type[InputError]) -> None:
    with pytest.raises(error):
        decode(data)
