"""One thing to read: its key, and where its bytes are. Small, so that it travels between processes."""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, NamedTuple

from inkdigits.errors import BadSource, FileUnreadable, InputError, TooManyBytes

#: The ways of packing in a zip that are read.
STORED, DEFLATED = 0, 8
_LOCAL = struct.Struct("<4s5H3L2H")


class TarMember(NamedTuple):
    """Bytes of a tar that is not compressed."""

    path: str
    offset: int
    size: int

    def read(self, most: int) -> bytes:
        """The bytes, of too many one too many. Raises InputError."""
        with _opened(self.path) as file:
            file.seek(self.offset)
            data = file.read(min(self.size, most + 1))
        if len(data) < min(self.size, most + 1):
            raise BadSource(f"The archive {self.path} ends early")
        return data


class ZipMember(NamedTuple):
    """A member of a zip: `offset` is that of its own header, `packed` its size there."""

    path: str
    offset: int
    packed: int
    size: int
    method: int
    crc: int

    def read(self, most: int) -> bytes:
        """The bytes, unpacked. Raises InputError."""
        if max(self.size, self.packed) > most:
            raise TooManyBytes(f"The picture is larger than {most:,} bytes")
        with _opened(self.path) as file:
            file.seek(self.offset)
            header = file.read(_LOCAL.size)
            if not header.startswith(b"PK\3\4") or len(header) < _LOCAL.size:
                raise BadSource(f"The archive {self.path} is damaged at byte {self.offset}")
            file.seek(sum(_LOCAL.unpack(header)[-2:]), 1)
            data = file.read(self.packed)
        return self._checked(data)

    def _checked(self, data: bytes) -> bytes:
        try:
            if self.method == DEFLATED:
                data = zlib.decompressobj(-zlib.MAX_WBITS).decompress(data, self.size + 1)
        except zlib.error as error:
            raise BadSource(f"The archive {self.path} is damaged at byte {self.offset} ({error})") from None
        if len(data) != self.size or zlib.crc32(data) != self.crc:
            raise BadSource(f"The archive {self.path} is damaged at byte {self.offset}")
        return data


#: A path, the bytes themselves, a place in an archive, or why there is nothing to read.
Source = str | bytes | TarMember | ZipMember | InputError


def size_of(source: Source) -> int:
    """Bytes that it takes, as far as can be known without opening it."""
    if isinstance(source, bytes):
        return len(source)
    if isinstance(source, TarMember | ZipMember):
        return source.size
    try:
        return os.stat(source).st_size if isinstance(source, str) else 0  # noqa: PTH116
    except (OSError, ValueError):  # it fails when it is read
        return 0


class Item(NamedTuple):
    """Something to read, and what it is called in the output: its path, or `archive!member`."""

    key: str
    source: Source


#: An item, and how far through its input it stands (0 to 1).
Entry = tuple[Item, float]


@contextmanager
def _opened(path: str) -> Iterator[BinaryIO]:
    """A file to read. Raises FileUnreadable, of what is done with it too."""
    try:
        with open(path, "rb") as file:  # noqa: PTH123
            yield file
    except OSError as error:
        raise FileUnreadable(f"{path} cannot be read: {error.strerror}") from None
