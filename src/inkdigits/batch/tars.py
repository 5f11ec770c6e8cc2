"""Tar archives, read once from their beginning to their end."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import re
import tarfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Self

from inkdigits.batch.folders import is_picture
from inkdigits.batch.items import Entry, Item, Source, TarMember
from inkdigits.batch.own import OWN
from inkdigits.errors import BadSource, TooManyBytes

#: How a compressed tar begins, and what unpacks it.
PACKED: dict[bytes, Callable[[BinaryIO], Any]] = {
    rb"\x1f\x8b\x08": gzip.open,
    rb"BZh.1AY&SY": bz2.open,
    rb"\xfd7zXZ": lzma.open,
}
#: What comes before a member and tells its name or more of it, and how many bytes of it are read.
NAMES = (
    *(tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE),
    *(tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK),
)
LONGEST = 1_000_000
#: How to have the bytes of a file behind each of its names.
UNLINKED = "Pack the archive anew, with tar --hard-dereference."


class _Header(tarfile.TarInfo):
    """A damaged header; tarfile would take it for the archive's end, or go back to what was read before.

    Also one whose names are longer than any: they are unpacked into memory.
    """

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        info = super().frombuf(buf, encoding, errors)
        if info.type in NAMES and info.size > LONGEST:
            raise tarfile.ReadError(f"a header of {info.size:,} bytes")
        return info

    @classmethod
    def fromtarfile(cls, tar: tarfile.TarFile) -> Self:
        try:
            info = super().fromtarfile(tar)
        except (tarfile.InvalidHeaderError, tarfile.TruncatedHeaderError) as error:  # type: ignore[attr-defined]
            raise tarfile.ReadError(str(error)) from None
        if info.size < 0 or tar.offset <= info.offset:
            raise tarfile.ReadError("a size is negative")
        return info


def tar_items(name: str) -> Iterator[Entry]:
    """The pictures in a tar, compressed or not, in its order. Raises BadSource where it is damaged.

    Of one that is not compressed only the headers are read; of others every picture is unpacked here.
    """
    with Path(name).open("rb") as file, _damage(name), _unpacked(file) as data:
        size = max(os.fstat(file.fileno()).st_size, 1)
        with tarfile.open(fileobj=data, mode="r:", tarinfo=_Header) as tar:
            while info := tar.next():
                tar.members.clear()  # type: ignore[attr-defined]  # else all would be kept
                if is_picture(info.name) and not info.isdir():
                    source = _source(name, tar, info, plain=data is file)
                    yield Item(f"{name}!{info.name}", source), file.tell() / size


def _unpacked(file: BinaryIO) -> BinaryIO:
    """What the file holds; itself, if it is not compressed."""
    start = file.read(10)
    file.seek(0)
    return next((unpack(file) for magic, unpack in PACKED.items() if re.match(magic, start, re.DOTALL)), file)


@contextmanager
def _damage(name: str) -> Iterator[None]:
    """Turns all that tarfile and what unpacks for it let out of a damaged archive into one error."""
    try:
        yield
    except (
        tarfile.TarError, OSError, EOFError, zlib.error, lzma.LZMAError, ValueError, LookupError,
        OverflowError, MemoryError, RecursionError,
    ) as error:  # fmt: skip
        why = str(error) or type(error).__name__
        raise BadSource(f"The archive {name} ends early or is damaged ({why})") from None


def _source(name: str, tar: tarfile.TarFile, info: tarfile.TarInfo, *, plain: bool) -> Source:
    if info.islnk():  # where the other name's bytes are is not kept: of all members it would be too much
        return BadSource(f"{info.name} in the archive {name} is another name of {info.linkname}", UNLINKED)
    if not info.isfile():
        return BadSource(f"{info.name} in the archive {name} is a link or no file")
    if plain and not info.issparse():
        return TarMember(name, info.offset_data, info.size)
    most = OWN.max_bytes
    if info.size > most:
        return TooManyBytes(f"{info.name} in the archive {name} is larger than {most:,} bytes")
    with tarfile.ExFileObject(tar, info) as data:  # left to close itself, it would swallow an interrupt
        return data.read()
