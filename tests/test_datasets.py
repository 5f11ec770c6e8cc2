from __future__ import annotations

import hashlib
import re
import struct
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import platformdirs
import pytest

from inkdigits.errors import DataError, DatasetMissing, MalformedFile
from inkdigits.training.datasets import (
    DATASETS,
    Dataset,
    Pictures,
    Trajectories,
    data_root,
    find_file,
    missing_files,
    read_files,
)
from inkdigits.training.sources import Archive, Mirror

FIXTURE = Path(__file__).parent / "fixtures" / "mnist"
IMAGES = (FIXTURE / "images.idx.gz").read_bytes()
LABELS = (FIXTURE / "labels.idx.gz").read_bytes()
CARD = (Path(__file__).parent.parent / "docs" / "data-card.md").read_text("utf-8")
PEN = '.SEGMENT DIGIT 0 ? "{0}"\n.COMMENT {0} {1} 1\n.PEN_DOWN\n 1 2\n 3 4\n.PEN_UP\n'


def idx(array: np.ndarray) -> bytes:
    header = struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape)
    return header + array.astype(np.uint8).tobytes()


@pytest.fixture
def dataset(tmp_path: Path) -> Dataset:
    """MNIST as if it were the fixture alone, and that fetched."""
    files = tuple(
        replace(file, sha256=hashlib.sha256(content).hexdigest())
        for file, content in zip(DATASETS["mnist"].files[2:], (IMAGES, LABELS), strict=True)
    )
    (tmp_path / "mnist").mkdir()
    for file, content in zip(files, (IMAGES, LABELS), strict=True):
        (tmp_path / "mnist" / file.name).write_bytes(content)
    return replace(DATASETS["mnist"], files=files)


@pytest.mark.parametrize("dataset", DATASETS.values(), ids=str)
class TestEveryDataset:
    def test_is_described_and_licensed(self, dataset: Dataset) -> None:
        assert DATASETS[dataset.name] is dataset
        assert re.fullmatch(r"[a-z0-9]+", dataset.name)
        assert dataset.description
        assert dataset.citation
        assert dataset.licence.startswith("CC BY")

    def test_has_files_for_both_splits(self, dataset: Dataset) -> None:
        assert {file.split for file in dataset.files} in ({"train", "test"}, {"both"})
        for file in dataset.files:
            assert re.fullmatch(r"[0-9a-f]{64}", file.sha256)
            assert Path(file.name).name == file.name
            assert file.size > 0

    def test_comes_over_https_only(self, dataset: Dataset) -> None:
        urls = [source.url for source in dataset.sources if isinstance(source, Mirror | Archive)]
        assert urls
        assert all(url.startswith("https://") for url in urls)

    def test_says_what_to_do_when_it_is_missing(self, dataset: Dataset, tmp_path: Path) -> None:
        with pytest.raises(DatasetMissing) as caught:
            dataset.load("train", tmp_path)
        assert str(tmp_path / dataset.name / dataset.files[0].name) in caught.value.message
        assert f"inkdigits data fetch {dataset.name}" in caught.value.remedy
        assert missing_files(dataset, tmp_path) == list(dataset.files)

    def test_is_on_the_data_card(self, dataset: Dataset) -> None:
        for fact in (dataset.name, dataset.licence, *(file.sha256 for file in dataset.files)):
            assert fact in CARD


@pytest.mark.parametrize("within", ["mnist", ""])
def test_files_are_found_in_the_folder_or_in_the_datasets_own(
    dataset: Dataset, tmp_path: Path, within: str
) -> None:
    for path in (tmp_path / "mnist").iterdir():
        path.rename(tmp_path / within / path.name)
    assert find_file(dataset, dataset.files[0], tmp_path) == tmp_path / within / "t10k-images-idx3-ubyte"
    assert read_files(dataset, "test", tmp_path) == [IMAGES, LABELS]
    assert missing_files(dataset, tmp_path) == []


def test_only_the_files_of_the_split_are_read(dataset: Dataset, tmp_path: Path) -> None:
    images, labels = dataset.files
    parted = replace(dataset, files=(replace(images, split="train"), labels))
    assert read_files(parted, "train", tmp_path) == [IMAGES]
    assert read_files(parted, "test", tmp_path) == [LABELS]
    shared = replace(dataset, files=(replace(images, split="both"), labels))
    assert read_files(shared, "train", tmp_path) == [IMAGES]
    assert read_files(shared, "test", tmp_path) == [IMAGES, LABELS]


def test_a_changed_file_is_refused(dataset: Dataset, tmp_path: Path) -> None:
    path = tmp_path / "mnist" / "t10k-labels-idx1-ubyte"
    path.write_bytes(LABELS + b"\0")
    with pytest.raises(DataError, match="is not the published file: its SHA-256 is") as caught:
        read_files(dataset, "test", tmp_path)
    assert str(path) in caught.value.message
    assert missing_files(dataset, tmp_path) == [dataset.files[1]]


def test_the_folder_is_the_option_then_the_environment_then_the_users(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INKDIGITS_DATA", str(tmp_path / "named"))
    assert data_root(tmp_path) == tmp_path
    assert data_root() == tmp_path / "named"
    monkeypatch.delenv("INKDIGITS_DATA")
    assert data_root() == platformdirs.user_data_path("inkdigits")


def test_pictures_are_read_with_their_labels() -> None:
    pictures = Pictures.from_idx(IMAGES, LABELS, "fixture")
    assert (pictures.images.shape, pictures.images.dtype) == ((300, 28, 28), np.uint8)
    assert (pictures.labels.shape, pictures.labels.dtype) == ((300,), np.int64)
    assert np.bincount(pictures.labels).tolist() == [24, 41, 32, 24, 37, 29, 24, 34, 21, 34]


@pytest.mark.parametrize(
    ("images", "labels", "name", "offset", "reason"),
    [
        (np.ones((2, 28, 27)), np.ones(2), "file images", 4, r"not pictures of 28 x 28"),
        (np.ones(2), np.ones(2), "file images", 4, r"not pictures of 28 x 28"),
        (np.ones((2, 28, 28)), np.ones(3), "file labels", 4, r"shape \(3,\) for 2 pictures"),
        (np.ones((2, 28, 28)), np.ones((2, 1)), "file labels", 4, r"shape \(2, 1\) for 2 pictures"),
        (np.ones((2, 28, 28)), np.array([9, 10]), "file labels", 9, "label 10 is no digit"),
    ],
)
def test_pictures_and_labels_that_do_not_belong_together_are_refused(
    images: np.ndarray, labels: np.ndarray, name: str, offset: int, reason: str
) -> None:
    with pytest.raises(MalformedFile, match=f"{name} is malformed at byte {offset}: .*{reason}"):
        Pictures.from_idx(idx(images), idx(labels), "file")


def test_trajectories_are_read_with_labels_and_writers() -> None:
    trajectories = Trajectories.from_unipen((PEN.format(7, 3) + PEN.format(0, 12)).encode(), "pens")
    assert trajectories.labels.tolist() == [7, 0]
    assert trajectories.writers.tolist() == [3, 12]
    assert trajectories.labels.dtype == trajectories.writers.dtype == np.int64
    assert [len(strokes) for strokes in trajectories.strokes] == [1, 1]
    assert trajectories.strokes[1][0].tolist() == [[1, -2], [3, -4]]


def test_datasets_need_no_torch() -> None:
    code = "import sys, inkdigits.training.fetch; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
