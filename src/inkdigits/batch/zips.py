"""Zip archives, listed as a stream: zipfile would hold half a kilobyte for every member."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from inkdigits.batch.folders import is_picture
from inkdigits.batch.items import DEFLATED, STORED, Entry, Item, Source, ZipMember
from inkdigits.errors import BadSource

_END = struct.Struct("<4s4H2LH")
_END64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR = struct.Struct("<4sLQL")
_MEMBER = struct.Struct("<4s6H3L5H2L")
#: The longest comment behind the end's record.
COMMENT = 2**16 - 1
#: Stands where a number is too large for its field, and is in the extra field 1.
LARGE = 2**32 - 1
ENCRYPTED, UTF8 = 0x1, 0x800


class _Directory(NamedTuple):
    """The list of members: where it begins, how many they are, and how far all offsets are off."""

    start: int
    number: int
    shift: int


def zip_items(name: str) -> Iterator[Entry]:
    """The pictures in a zip, in its order. Raises BadSource where it is damaged."""
    with Path(name).open("rb") as file:
        try:
            directory = _directory(file)
            file.seek(directory.start)
            for place in range(1, directory.number + 1):
                member, source = _member(name, file, directory.shift)
                if is_picture(member):
                    yield Item(f"{name}!{member}", source), place / directory.number
        except (struct.error, ValueError) as error:
            raise BadSource(f"The archive {name} ends early or is damaged ({error})") from None


def _directory(file: BinaryIO) -> _Directory:
    """Found from the file's end, where its record is."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _END.size - COMMENT))
    tail = file.read()
    place = tail.rfind(b"PK\5\6")
    if place < 0:
        raise ValueError("it has no list of members")
    end = size - len(tail) + place
    *_, number, length, offset, _ = _END.unpack_from(tail, place)
    file.seek(max(0, end - _LOCATOR.size))
    locator = file.read(_LOCATOR.size)
    if locator.startswith(b"PK\6\7"):
        end = end - _LOCATOR.size - _END64.size
        file.seek(end)
        *_, number, length, offset = _END64.unpack(file.read(_END64.size))
    start = end - length
    return _Directory(start, number, start - offset)


def _member(archive: str, file: BinaryIO, shift: int) -> tuple[str, Source]:
    """The next member's name, and where its bytes are."""
    fields = _MEMBER.unpack(file.read(_MEMBER.size))
    magic, _, _, flags, method, _, _, crc, packed, size, named, more, comment, *_, offset = fields
    if magic != b"PK\1\2":
        raise ValueError("its list of members is broken")
    name = file.read(named).decode("utf-8" if flags & UTF8 else "cp437", "backslashreplace")
    size, packed, offset = _large(file.read(more), size, packed, offset)
    file.seek(comment, os.SEEK_CUR)
    if flags & ENCRYPTED or method not in (STORED, DEFLATED):
        why = "is encrypted" if flags & ENCRYPTED else "is packed in a way that is not known here"
        return name, BadSource(
            f"{name} in the archive {archive} {why}", "Pack the archive anew, with deflate."
        )
    return name, ZipMember(archive, offset + shift, packed, size, method, crc)


def _large(extra: bytes, *numbers: int) -> Iterator[int]:
    """The numbers, those that are LARGE from the extra field 1, where they stand in the same order."""
    while len(extra) >= 4:
        kind, length = struct.unpack_from("<2H", extra)
        if kind == 1:
            values = iter(struct.unpack_from(f"<{length // 8}Q", extra, 4))
            return (next(values) if number == LARGE else number for number in numbers)
        extra = extra[4 + length :]
    return iter(numbers)
