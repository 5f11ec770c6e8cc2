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
BROKEN = "its list of members is broken"


class _Directory(NamedTuple):
    """The list of members: where it begins and ends, and how far all offsets are off."""

    start: int
    end: int
    shift: int


def zip_items(name: str) -> Iterator[Entry]:
    """The pictures in a zip, in its order. Raises BadSource where it is damaged."""
    with Path(name).open("rb") as file:
        try:
            start, end, _ = directory = _directory(file)
            place = file.seek(start)
            # Not by their number: old writers leave out its bits above the sixteenth.
            while place < end:
                member, source = _member(name, file, directory)
                place = file.tell()
                if is_picture(member):
                    yield Item(f"{name}!{member}", source), (place - start) / (end - start)
        except (struct.error, ValueError) as error:
            raise BadSource(f"The archive {name} ends early or is damaged ({error})") from None


def _directory(file: BinaryIO) -> _Directory:
    """Found from the file's end, where its record is."""
    end, length, offset = _large_end(file, *_end(file))
    if length > end:
        raise ValueError(BROKEN)
    start = end - length
    return _Directory(start, end, start - offset)


def _end(file: BinaryIO) -> tuple[int, int, int]:
    """Where the list of members ends, how long it is, and where it is said to begin."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _END.size - COMMENT))
    tail = file.read()
    place = tail.rfind(b"PK\5\6")
    if place < 0:
        raise ValueError("it has no list of members")
    *_, length, offset, _ = _END.unpack_from(tail, place)
    return size - len(tail) + place, length, offset


def _large_end(file: BinaryIO, end: int, length: int, offset: int) -> tuple[int, int, int]:
    """The same from the record of larger numbers, which stands before the other where there is one."""
    file.seek(max(0, end - _LOCATOR.size))
    if not file.read(_LOCATOR.size).startswith(b"PK\6\7"):
        return end, length, offset
    end = file.seek(max(0, end - _LOCATOR.size - _END64.size))
    magic, *_, length, offset = _END64.unpack(file.read(_END64.size))
    if magic != b"PK\6\6":
        raise ValueError(BROKEN)
    return end, length, offset


def _member(archive: str, file: BinaryIO, directory: _Directory) -> tuple[str, Source]:
    """The next member's name, and where its bytes are."""
    fields = _MEMBER.unpack(file.read(_MEMBER.size))
    magic, _, _, flags, method, _, _, crc, packed, size, named, more, comment, *_, offset = fields
    if magic != b"PK\1\2":
        raise ValueError(BROKEN)
    name = file.read(named).decode("utf-8" if flags & UTF8 else "cp437", "backslashreplace")
    size, packed, offset = _large(file.read(more), size, packed, offset)
    if file.seek(comment, os.SEEK_CUR) > directory.end:
        raise ValueError(BROKEN)
    member = ZipMember(archive, offset + directory.shift, packed, size, method, crc)
    return name, _source(name, member, flags, directory.start)


def _source(name: str, member: ZipMember, flags: int, end: int) -> Source:
    """The member, or why it cannot be read; `end` is that of all members."""
    if flags & ENCRYPTED:
        why = "is encrypted"
    elif member.method not in (STORED, DEFLATED):
        why = "is packed in a way that is not known here"
    elif not 0 <= member.offset <= end - member.packed:
        why = "is said to lie outside of it"
    else:
        return member
    return BadSource(f"{name} in the archive {member.path} {why}", "Pack the archive anew, with deflate.")


def _large(extra: bytes, *numbers: int) -> Iterator[int]:
    """The numbers, those that are LARGE from the extra field 1, where they stand in the same order."""
    while len(extra) >= 4:
        kind, length = struct.unpack_from("<2H", extra)
        field, extra = extra[4 : 4 + length], extra[4 + length :]
        if kind == 1:
            values = iter(struct.unpack_from(f"<{len(field) // 8}Q", field))
            # One that a damaged field lacks stays LARGE.
            return (next(values, LARGE) if number == LARGE else number for number in numbers)
    return iter(numbers)
