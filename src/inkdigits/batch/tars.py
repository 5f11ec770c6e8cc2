"""Tar archives, read once from their beginning to their end."""

from __future__ import annotations

import lzma
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Self

from inkdigits.batch.folders import is_picture
from inkdigits.batch.items import Entry, Item, Source, TarMember
from inkdigits.decode import Limits
from inkdigits.errors import BadSource, TooManyBytes


class _Header(tarfile.TarInfo):
    """A damaged header; tarfile would take it for the archive's end."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        try:
            return super().frombuf(buf, encoding, errors)
        except (tarfile.InvalidHeaderError, tarfile.TruncatedHeaderError) as error:  # type: ignore[attr-defined]
            raise tarfile.ReadError(str(error)) from None


def tar_items(name: str) -> Iterator[Entry]:
    """The pictures in a tar, compressed or not, in its order. Raises BadSource where it is damaged.

    Of one that is not compressed only the headers are read; of others every picture is unpacked here.
    """
    with Path(name).open("rb") as file:
        size = max(file.seek(0, 2), 1)
        plain = _is_plain(file)
        try:
            with tarfile.open(fileobj=file, mode="r:" if plain else "r|*", tarinfo=_Header) as tar:
                while info := tar.next():
                    tar.members.clear()  # type: ignore[attr-defined]  # else all would be kept
                    if is_picture(info.name) and not info.isdir():
                        yield Item(f"{name}!{info.name}", _source(name, tar, info, plain)), file.tell() / size
        except (tarfile.TarError, OSError, EOFError, zlib.error, lzma.LZMAError) as error:
            raise BadSource(f"The archive {name} ends early or is damaged ({error})") from None


def _is_plain(file: BinaryIO) -> bool:
    file.seek(257)
    magic = file.read(5)
    file.seek(0)
    return magic == b"ustar"


def _source(name: str, tar: tarfile.TarFile, info: tarfile.TarInfo, plain: bool) -> Source:
    data = tar.extractfile(info) if info.isfile() else None
    if data is None:
        return BadSource(f"{info.name} in the archive {name} is a link or no file")
    if plain and not info.issparse():
        return TarMember(name, info.offset_data, info.size)
    most = Limits().max_bytes
    if info.size > most:
        return TooManyBytes(f"{info.name} in the archive {name} is larger than {most:,} bytes")
    return data.read()
