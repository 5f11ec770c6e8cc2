from __future__ import annotations

import gzip
import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inkdigits.errors import MalformedFile
from inkdigits.training.idx import gunzip, parse_idx

MNIST = Path(__file__).parent / "fixtures" / "mnist"


def written(array: np.ndarray) -> bytes:
    return struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape) + array.tobytes()


shapes = st.lists(st.integers(1, 5), min_size=1, max_size=3)
arrays = shapes.flatmap(
    lambda shape: st.binary(min_size=int(np.prod(shape)), max_size=int(np.prod(shape))).map(
        lambda data: np.frombuffer(data, np.uint8).reshape(shape)
    )
)
SMALL = written(np.arange(12, dtype=np.uint8).reshape(2, 3, 2))


@given(arrays, st.booleans())
def test_what_is_written_is_read(array: np.ndarray, packed: bool) -> None:
    data = gzip.compress(written(array)) if packed else written(array)
    parsed = parse_idx(data, "file")
    assert parsed.dtype == np.uint8
    assert parsed.shape == array.shape
    assert (parsed == array).all()
    assert parsed.flags.writeable


@given(st.binary(max_size=200) | st.binary(max_size=60).map(lambda rest: b"\0\0\x08" + rest))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    assert_read_or_refused(data)


@given(st.integers(0, len(SMALL) - 1), st.integers(0, 255), st.booleans())
def test_one_changed_byte_is_read_or_refused(place: int, value: int, packed: bool) -> None:
    data = gzip.compress(SMALL, mtime=0) if packed else SMALL
    place %= len(data)
    assert_read_or_refused(data[:place] + bytes([value]) + data[place + 1 :])


def assert_read_or_refused(data: bytes) -> None:
    outcome: np.ndarray | MalformedFile
    try:
        outcome = parse_idx(data, "file")
    except MalformedFile as error:
        outcome = error
    if isinstance(outcome, MalformedFile):
        assert 0 <= outcome.offset <= max(len(data), len(SMALL))
    else:
        assert outcome.size > 0


@given(st.integers(0, len(SMALL) - 1))
def test_a_cut_file_is_refused_where_it_ends(length: int) -> None:
    with pytest.raises(MalformedFile) as caught:
        parse_idx(SMALL[:length], "file")
    assert caught.value.offset == length


@given(st.integers(2, len(gzip.compress(SMALL)) - 1))
def test_a_cut_gzip_file_is_refused_where_it_ends(length: int) -> None:
    with pytest.raises(MalformedFile, match="ends too early") as caught:
        parse_idx(gzip.compress(SMALL)[:length], "file")
    assert caught.value.offset == length


@pytest.mark.parametrize(
    ("data", "offset", "reason"),
    [
        (b"\x01\0\x08\x01\0\0\0\x01\x07", 0, "begins with 00 00, not 01 00"),
        (b"\0\0\x0d\x01\0\0\0\x01\x07", 2, "type 0x0d is not 0x08"),
        (b"\0\0\x08\x00", 3, "0 dimensions, not 1 to 3"),
        (b"\0\0\x08\x04" + b"\0\0\0\x01" * 4 + b"\x07", 3, "4 dimensions, not 1 to 3"),
        (b"\0\0\x08\x02\0\0\0\x02\0\0\0\0", 8, "a size is zero"),
        (b"\0\0\x08\x03" + b"\xff" * 12, 4, "4294967295 x 4294967295 x 4294967295 are more than"),
        (SMALL + b"\0", len(SMALL), "1 bytes too many"),
        (b"\x1f\x8b\xff" + bytes(20), 0, "not a sound gzip stream"),
        (gzip.compress(SMALL) + b"more", len(gzip.compress(SMALL)), "data after the gzip stream"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_malformed_file_is_refused_with_offset_and_reason(data: bytes, offset: int, reason: str) -> None:
    with pytest.raises(MalformedFile, match=reason) as caught:
        parse_idx(data, "digits.idx")
    assert caught.value.offset == offset
    assert caught.value.message.startswith(f"digits.idx is malformed at byte {offset}: ")


def test_a_gzip_bomb_is_not_unpacked() -> None:
    bomb = gzip.compress(bytes(10_001))
    assert len(gunzip(bomb, "file", 10_001)) == 10_001
    with pytest.raises(MalformedFile, match="more than 10000 bytes when unpacked"):
        gunzip(bomb, "file", 10_000)


def test_the_fixture_is_mnist() -> None:
    images = parse_idx((MNIST / "images.idx.gz").read_bytes(), "images")
    labels = parse_idx((MNIST / "labels.idx.gz").read_bytes(), "labels")
    assert images.shape == (300, 28, 28)
    assert labels[:10].tolist() == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]
    assert images.max() == 255
    assert not images[:, 0].any()
