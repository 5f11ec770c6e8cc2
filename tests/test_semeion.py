"""Semeion's file is read cell by cell, parted by writer, and its digits get back their own width."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from inkdigits.errors import MalformedFile
from inkdigits.training import datasets
from inkdigits.training.corpus import Shaped, split_scans
from inkdigits.training.datasets import DATASETS, Pictures, load_semeion
from inkdigits.training.pool import SHAPES, pool_of
from inkdigits.training.run import Data
from inkdigits.training.semeion import HEIGHT, HELD, SIDE, TEST, parse_semeion, shaped

LINES = 1593


def line(picture: np.ndarray, label: int) -> bytes:
    cells = [f"{cell:.4f}" for cell in picture.flatten() > 0]
    return " ".join([*cells, *(str(int(label == digit)) for digit in range(10))]).encode() + b" \r\n"


def stretched(width: int, pen: int) -> np.ndarray:
    """The outline of a box `width` cells wide and 48 high, drawn with such a pen, stretched to 16 x 16."""
    box = np.zeros((48, width), np.uint8)
    box[:pen] = box[-pen:] = box[:, :pen] = box[:, -pen:] = 255
    return box[1::3][:, np.arange(SIDE) * width // SIDE]


@pytest.fixture
def published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """As many lines as the file has, each of another picture, with the line's number in its cells."""
    numbers = np.arange(LINES)[:, None] >> np.arange(SIDE * SIDE) & 1
    content = b"".join(line(number, place % 10) for place, number in enumerate(numbers))
    (tmp_path / "semeion.data").write_bytes(content)
    known = DATASETS["semeion"]
    file = replace(known.files[0], sha256=hashlib.sha256(content).hexdigest())
    monkeypatch.setitem(datasets.DATASETS, "semeion", replace(known, files=(file,)))
    return tmp_path


def numbers(pictures: Pictures) -> list[int]:
    bits = pictures.images.reshape(len(pictures.labels), -1)[:, :11] > 0
    return (bits @ (1 << np.arange(11))).tolist()


def test_every_cell_and_flag_is_read() -> None:
    picture = np.random.default_rng(1).integers(0, 2, (SIDE, SIDE))
    images, labels = parse_semeion(line(picture, 7) + line(1 - picture, 0), "a file")
    assert (images.dtype, images.shape, labels.tolist()) == (np.uint8, (2, SIDE, SIDE), [7, 0])
    np.testing.assert_array_equal(images[0], picture * 255)
    np.testing.assert_array_equal(images[1], (1 - picture) * 255)


@pytest.mark.parametrize(
    ("second", "reason"),
    [
        (b"1.0000 0.0000\r\n", "2 numbers, not 266"),
        (line(np.zeros(256), 3).replace(b"0.0000", b"0.5000", 1), "not 266 zeros and ones"),
        (line(np.zeros(256), 3).replace(b" 1 ", b" 0 "), "not one digit"),
        (line(np.zeros(256), 3).replace(b" 0 ", b" 1 ", 1), "not one digit"),
    ],
)
def test_a_broken_line_is_named_by_its_place(second: bytes, reason: str) -> None:
    first = line(np.ones(256), 4)
    with pytest.raises(MalformedFile, match=reason) as caught:
        parse_semeion(first + second, "a file")
    assert caught.value.offset == len(first)


def test_no_writer_is_in_two_parts(published: Path) -> None:
    train, test = (load_semeion(split, published) for split in ("train", "test"))
    learnt, held = split_scans(train, Data())
    assert numbers(test) == list(range(TEST.start, TEST.stop))
    assert numbers(held) == list(range(HELD))
    assert numbers(learnt) == list(range(TEST.stop, LINES))
    assert test.labels.tolist() == [number % 10 for number in numbers(test)]


@pytest.mark.parametrize("width", [16, 24, 32, 48])
def test_a_stretched_digit_is_as_wide_again_as_it_was(width: int) -> None:
    random = np.random.default_rng(2)
    shapes = [shaped(stretched(width, 6), random) for _ in range(40)]
    assert {shape.shape[0] for shape in shapes} == {HEIGHT}
    wide = np.median([shape.shape[1] for shape in shapes]) / HEIGHT
    assert wide == pytest.approx(width / 48, rel=0.35)
    assert len({shape.shape[1] for shape in shapes}) > 5


def test_scans_change_their_shapes_from_epoch_to_epoch() -> None:
    scans = Pictures(np.stack([stretched(24, 6), stretched(40, 6)]), np.array([0, 8]))
    source = Shaped(scans, 3, 1)
    assert source.labels.tolist() == [0, 0, 0, 8, 8, 8]
    first, again, later = (source.tiles(epoch) for epoch in (0, 0, 1))
    assert (first == again).all()
    assert (first != later).flatten(1).any(1).float().mean() > 0.5  # shapes of the same width are the same
    assert (first[0] != first[1]).any()


def test_a_pool_draws_from_scans_as_often_as_from_others(mnist: Pictures) -> None:
    nobody = datasets.Trajectories((), np.zeros(0, np.int64), np.zeros(0, np.int64))
    zeros = Pictures(stretched(24, 6)[None], np.array([0]))
    others = Pictures(mnist.images[mnist.labels > 0], mnist.labels[mnist.labels > 0])
    random = np.random.default_rng(3)
    pool = pool_of(others, nobody, Data(), random, zeros)
    assert pool.parts == ((0, len(others.labels)), (len(others.labels), len(others.labels) + SHAPES))
    assert np.mean([pool.draw(random)[1] == 0 for _ in range(400)]) == pytest.approx(0.5, abs=0.08)
