"""The IDX format, in which MNIST is published: a header of sizes, then the bytes.

00 00 08 nn          two zeros, the type (unsigned byte), the number of dimensions
ss ss ss ss  × nn    each size, big-endian
.. .. ..             size × size × ... bytes, last dimension fastest
"""

from __future__ import annotations

import math
import struct
import zlib

import numpy as np
from numpy.typing import NDArray

from inkdigits.errors import MalformedFile

#: The largest file taken, after unpacking; twice the largest of MNIST.
MAX_BYTES = 100_000_000
_UNSIGNED_BYTE = 0x08
_MAX_DIMENSIONS = 3


def parse_idx(data: bytes, name: str) -> NDArray[np.uint8]:
    """The array in an IDX file of unsigned bytes with 1 to 3 dimensions; gzip is unpacked first.

    `name` is what errors call the file. Raises MalformedFile with the offset in the
    unpacked bytes.
    """
    if data[:2] == b"\x1f\x8b":
        data = gunzip(data, name)
    shape = _parse_shape(data, name)
    start, size = 4 + 4 * len(shape), math.prod(shape)
    if len(data) < start + size:
        raise MalformedFile(name, len(data), f"the file ends, {start + size - len(data)} bytes too early")
    if len(data) > start + size:
        raise MalformedFile(name, start + size, f"{len(data) - start - size} bytes too many")
    return np.frombuffer(data, np.uint8, size, start).reshape(shape).copy()


def gunzip(data: bytes, name: str, max_bytes: int = MAX_BYTES) -> bytes:
    """The content of one gzip stream of at most `max_bytes` unpacked; raises MalformedFile."""
    stream = zlib.decompressobj(wbits=31)
    try:
        content = stream.decompress(data, max_bytes + 1)
    except zlib.error as error:
        raise MalformedFile(name, 0, f"not a sound gzip stream ({error})") from None
    if len(content) > max_bytes:
        raise MalformedFile(name, 0, f"more than {max_bytes} bytes when unpacked")
    if not stream.eof:
        raise MalformedFile(name, len(data), "the gzip stream ends too early")
    if stream.unused_data:
        raise MalformedFile(name, len(data) - len(stream.unused_data), "data after the gzip stream")
    return content


def _parse_shape(data: bytes, name: str) -> tuple[int, ...]:
    if len(data) < 4:
        raise MalformedFile(name, len(data), "the file ends within its first four bytes")
    if data[:2] != b"\0\0":
        raise MalformedFile(name, 0, f"an IDX file begins with 00 00, not {data[:2].hex(' ')}")
    if data[2] != _UNSIGNED_BYTE:
        raise MalformedFile(name, 2, f"type {data[2]:#04x} is not 0x08 (unsigned byte)")
    if not 1 <= data[3] <= _MAX_DIMENSIONS:
        raise MalformedFile(name, 3, f"{data[3]} dimensions, not 1 to {_MAX_DIMENSIONS}")
    if len(data) < 4 + 4 * data[3]:
        raise MalformedFile(name, len(data), f"the file ends within its {data[3]} sizes")
    shape = struct.unpack_from(f">{data[3]}I", data, 4)
    if 0 in shape:
        raise MalformedFile(name, 4 + 4 * shape.index(0), "a size is zero")
    if math.prod(shape) > MAX_BYTES:
        raise MalformedFile(name, 4, f"sizes {' x '.join(map(str, shape))} are more than {MAX_BYTES} bytes")
    return shape
