"""Archives that are damaged on purpose: each item is read or has its error, and what comes after is read."""

from __future__ import annotations

import gzip
import random
import struct
import tarfile
import zipfile
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import pytest
from conftest import items
from test_batch_sources import PICTURES, TARS, content, data_of, tar_of

from inkdigits.batch import Input, items_of
from inkdigits.batch.items import Item, TarMember, ZipMember
from inkdigits.errors import BadSource, FileUnreadable, InputError, TooManyBytes

#: More items than any archive here has.
MANY = 20
#: Damaged archives of each kind.
ROUNDS = 100
BLOCK = tarfile.BLOCKSIZE
AFTER = (Item("after.png", "after.png"), 1.0)


def outcomes(archive: Path) -> list[bytes | InputError]:
    """What is read of each item, or why not; what follows the archive is read as ever."""
    found = list(
        islice(items_of([Input.of(str(archive)), Input("after", None, lambda: iter([AFTER]))]), MANY)
    )
    assert found.pop() == AFTER
    return [outcome(item) for item, _ in found]


def outcome(item: Item) -> bytes | InputError:
    if isinstance(item.source, InputError):
        return item.source
    try:
        return data_of(item)
    except InputError as error:
        return error


def kinds(archive: Path) -> list[type]:
    return [type(one) for one in outcomes(archive)]


# --- zip ---


def changed(archive: Path, magic: bytes, place: int, form: str, value: int) -> Path:
    """The archive with a number written behind the last `magic`."""
    data = bytearray(archive.read_bytes())
    struct.pack_into(form, data, data.rindex(magic) + place, value)
    archive.write_bytes(data)
    return archive


def zip_of(path: Path, packing: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", packing) as archive:
        for name in PICTURES:
            archive.writestr(name, content(name))
    return path


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    return zip_of(tmp_path / "x.zip")


@pytest.fixture
def large_numbers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A zip whose numbers stand in extra fields and in the record of larger numbers."""
    with monkeypatch.context() as patch:
        patch.setattr(zipfile, "ZIP64_LIMIT", 10)
        archive = zip_of(tmp_path / "large.zip", zipfile.ZIP_STORED)
    assert b"PK\6\6" in archive.read_bytes()
    assert outcomes(archive) == [content(name) for name in PICTURES]
    return archive


@pytest.mark.parametrize("offset", [0, 10_000, 2**32 - 2])
def test_a_zip_whose_list_is_said_to_stand_elsewhere(archive: Path, offset: int) -> None:
    assert kinds(changed(archive, b"PK\5\6", 16, "<L", offset)) == [BadSource] * 3


@pytest.mark.parametrize("length", [0, 30, 10_000, 2**32 - 1])
def test_a_zip_whose_list_is_said_to_be_of_another_length(archive: Path, length: int) -> None:
    (error,) = outcomes(changed(archive, b"PK\5\6", 12, "<L", length))
    assert isinstance(error, FileUnreadable if length == 0 else BadSource)


def test_how_many_members_a_zip_says_it_has_is_nothing_to_rely_on(archive: Path) -> None:
    whole = outcomes(archive)
    for number in (0, 1, 2**16 - 1):
        assert outcomes(changed(archive, b"PK\5\6", 10, "<H", number)) == whole


@pytest.mark.parametrize("length", [1, 2**16 - 1])
@pytest.mark.parametrize("place", [28, 30, 32], ids=["name", "extra", "comment"])
def test_the_last_name_of_a_zip_cannot_reach_beyond_the_list(archive: Path, place: int, length: int) -> None:
    assert kinds(changed(archive, b"PK\1\2", place, "<H", length))[2:] == [BadSource]


@pytest.mark.parametrize("place", [20, 42], ids=["packed", "offset"])
def test_a_member_that_is_said_to_lie_outside(archive: Path, place: int) -> None:
    *whole, error = outcomes(changed(archive, b"PK\1\2", place, "<L", 2**32 - 2))
    assert whole == [content(name) for name in PICTURES[:2]]
    assert isinstance(error, BadSource)
    assert error.message == f"c ü.PNG in the archive {archive} is said to lie outside of it"


@pytest.mark.parametrize("value", [2**62, 2**63, 2**64 - 1])
@pytest.mark.parametrize("place", [0, 8, 16], ids=["size", "packed", "offset"])
def test_large_numbers_may_be_too_large(large_numbers: Path, place: int, value: int) -> None:
    field = struct.pack("<2H", 1, 24)
    *whole, error = outcomes(changed(large_numbers, field, 4 + place, "<Q", value))
    assert whole == [content(name) for name in PICTURES[:2]]
    assert isinstance(error, BadSource if place else TooManyBytes)


@pytest.mark.parametrize("length", [0, 8, 16, 2**16 - 1])
def test_large_numbers_may_be_missing(large_numbers: Path, length: int) -> None:
    *whole, _ = outcomes(changed(large_numbers, struct.pack("<2H", 1, 24), 2, "<H", length))
    assert whole == [content(name) for name in PICTURES[:2]]


@pytest.mark.parametrize(("place", "value"), [(0, 0), (40, 2**63), (48, 2**63), (48, 2**64 - 1)])
def test_the_record_of_larger_numbers_may_be_damaged(large_numbers: Path, place: int, value: int) -> None:
    assert set(kinds(changed(large_numbers, b"PK\6\6", place, "<Q", value))) == {BadSource}


def test_a_member_that_is_larger_packed_than_may_be_read(archive: Path) -> None:
    member = items(archive)[0].source
    assert isinstance(member, ZipMember)
    with pytest.raises(TooManyBytes):
        member._replace(packed=2**40).read(10_000)


def test_an_archive_that_is_gone_when_a_member_is_read(archive: Path) -> None:
    member = items(archive)[0].source
    assert isinstance(member, ZipMember)
    archive.unlink()
    with pytest.raises(FileUnreadable, match="No such file"):
        member.read(10_000)


@pytest.mark.parametrize("member", [TarMember, lambda *where: ZipMember(*where, 1, 0, 0)])
def test_what_fails_behind_the_opening_is_an_error_of_ours(
    tmp_path: Path, member: Callable[[str, int, int], TarMember | ZipMember]
) -> None:
    (tmp_path / "x").write_bytes(b"x")
    with pytest.raises(FileUnreadable, match="cannot be read: Invalid argument"):
        member(str(tmp_path / "x"), -1, 1).read(10)


# --- tar ---


def header(name: str, size: int, kind: bytes = tarfile.REGTYPE) -> bytes:
    info = tarfile.TarInfo(name)
    info.size, info.type = size, kind
    return info.tobuf(tarfile.GNU_FORMAT)


def padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % BLOCK)


def pax(size: int, kind: bytes = tarfile.XHDTYPE) -> bytes:
    """A header that says of the next, or of all after it, how large they are."""
    record = b" size=%d\n" % size
    record = b"%d" % (len(record) + 2) + record
    return header("pax", len(record), kind) + padded(record)


FIRST = header("first.png", 5) + padded(b"first")
END = bytes(2 * BLOCK)
DAMAGED = {
    "negative": header("a.png", -BLOCK),
    "back to the beginning": header("a.png", -3 * BLOCK),
    "negative in an extended header": pax(-2 * BLOCK) + header("a.png", 0),
    "negative in a global header": pax(-2 * BLOCK, tarfile.XGLTYPE) + header("a.png", 0),
    "negative name": header("a.png", -BLOCK, tarfile.GNUTYPE_LONGNAME),
    "negative with holes": header("a.png", -3 * BLOCK, tarfile.GNUTYPE_SPARSE),
    "as large as no file": header("a.png", 2**80),
    "a name as large as no file": header("a.png", 2**80, tarfile.GNUTYPE_LONGNAME),
    "a name as large as no memory": header("a.png", 2**60, tarfile.GNUTYPE_LONGNAME),
    "a name that is none": header("a", 2**21, tarfile.GNUTYPE_LONGNAME) + bytes(2**21) + header("a.png", 0),
    "headers of headers": pax(1) * 1000 + header("a.png", 0),
}


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
@pytest.mark.parametrize("damaged", DAMAGED.values(), ids=DAMAGED)
def test_a_tar_with_an_impossible_size(
    tmp_path: Path, damaged: bytes, pack: Callable[[bytes], bytes]
) -> None:
    (tmp_path / "x.tar").write_bytes(pack(FIRST + damaged + END))
    first, *_, last = outcomes(tmp_path / "x.tar")
    assert first == b"first"
    assert isinstance(last, BadSource)
    assert "()" not in last.message


def test_a_tar_in_the_old_form_is_read_where_it_is(tmp_path: Path) -> None:
    data = bytearray(FIRST + END)
    data[257:265] = bytes(8)
    data[148:156] = b"%06o\0 " % (sum(data[:BLOCK]) - sum(data[148:156]) + 8 * ord(" "))
    (tmp_path / "x.tar").write_bytes(data)
    (item,) = items(tmp_path / "x.tar")
    assert isinstance(item.source, TarMember)
    assert data_of(item) == b"first"


# --- at random ---


def damaged_zip(chance: random.Random, whole: bytes) -> bytes:
    """With one or two other bytes behind the members."""
    data = bytearray(whole)
    for _ in range(chance.randint(1, 2)):
        data[chance.randrange(whole.index(b"PK\1\2"), len(data))] = chance.choice(
            (0, 255, chance.randrange(256))
        )
    return bytes(data)


def damaged_tar(chance: random.Random, whole: bytes) -> bytes:
    """With another number or kind in one of its headers, and the sum that goes with that."""
    data = bytearray(whole)
    at = chance.choice([place for place in range(0, len(data), BLOCK) if data[place + 257 :][:5] == b"ustar"])
    data[at + chance.choice((124, chance.randrange(124, 136)))] = chance.choice(
        (128, 255, chance.randrange(256))
    )
    data[at + 156] = chance.choice((data[at + 156], *b"0123gxKLS"))
    data[at + 148 : at + 156] = b" " * 8
    data[at + 148 : at + 156] = b"%06o\0 " % sum(data[at : at + BLOCK])
    return bytes(data)


def damaged_anywhere(chance: random.Random, whole: bytes) -> bytes:
    """With another byte, and at times cut."""
    data = bytearray(whole)
    data[chance.randrange(len(data))] = chance.randrange(256)
    return bytes(data[: chance.choice((len(data), chance.randrange(len(data))))])


@pytest.mark.parametrize("name", ["archive", "large_numbers"])
def test_zips_damaged_at_random(request: pytest.FixtureRequest, name: str) -> None:
    archive: Path = request.getfixturevalue(name)
    whole, chance, seen = archive.read_bytes(), random.Random(0), set[bytes | type]()
    for _ in range(ROUNDS):
        archive.write_bytes(damaged_zip(chance, whole))
        found = outcomes(archive)
        assert found
        seen.update(one if isinstance(one, bytes) else type(one) for one in found)
    assert seen - {TooManyBytes} == {*map(content, PICTURES), BadSource}


@pytest.mark.parametrize("name", ["x.tar", "x.tar.gz", "x.tar.bz2", "x.tar.xz"])
def test_tars_damaged_at_random(tmp_path: Path, name: str) -> None:
    archive = tar_of(tmp_path / name, TARS[name])
    whole, chance, seen = archive.read_bytes(), random.Random(0), set[type]()
    for _ in range(ROUNDS):
        archive.write_bytes((damaged_tar if name == "x.tar" else damaged_anywhere)(chance, whole))
        found = kinds(archive)
        assert found
        seen.update(found)
    assert BadSource in seen
