"""How well a Reader reads: accuracy, confusion and the worst mistakes on sets of digits.

Every digit goes the whole way, from the bytes of a picture or the strokes of a pen to a Reading.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from inkdigits.errors import DatasetMissing, MalformedFile
from inkdigits.reader import Reader
from inkdigits.training.datasets import DATASETS, load_mnist, load_pendigits
from inkdigits.types import Reading

#: How many mistakes a report names.
WORST = 20


@dataclass(frozen=True)
class Sample:
    """What is given to the reader, the digit it shows, and what to call it."""

    source: Any
    label: int
    name: str


@dataclass(frozen=True)
class Mistake:
    """A wrong reading: the sample, its label, what was read instead, and how surely."""

    sample: Sample
    text: str
    confidence: float

    @property
    def answer(self) -> str:
        """What was read, for a person."""
        return self.text or "nothing"

    def to_dict(self) -> dict[str, Any]:
        return {
            "name": self.sample.name,
            "label": self.sample.label,
            "text": self.text,
            "confidence": self.confidence,
        }


@dataclass(frozen=True)
class Evaluation:
    """One set's result. `confusion` `[10, 11]` counts labels by answers; the last column counts
    readings that are not exactly one digit. `mistakes` are sorted, the surest first."""

    name: str
    confusion: NDArray[np.int64]
    mistakes: tuple[Mistake, ...]

    @property
    def count(self) -> int:
        return int(self.confusion.sum())

    @property
    def correct(self) -> int:
        return int(np.trace(self.confusion))

    @property
    def accuracy(self) -> float:
        """Share of digits read rightly, 0 to 1."""
        return self.correct / self.count

    @property
    def per_class(self) -> list[float | None]:
        """The accuracy for each digit; None for a digit that the set does not hold."""
        totals = self.confusion.sum(1)
        return [float(self.confusion[k, k] / totals[k]) if totals[k] else None for k in range(10)]

    def to_dict(self) -> dict[str, Any]:
        return {
            "set": self.name,
            "count": self.count,
            "correct": self.correct,
            "accuracy": self.accuracy,
            "per_class": self.per_class,
            "confusion": self.confusion.tolist(),
            "mistakes": [mistake.to_dict() for mistake in self.mistakes[:WORST]],
        }


def evaluate(
    reader: Reader, name: str, samples: Sequence[Sample], progress: Callable[[int], None]
) -> Evaluation:
    """Read every sample; `progress` is told how many are done."""
    confusion = np.zeros((10, 11), np.int64)
    mistakes = []
    for done, sample in enumerate(samples, 1):
        reading = reader.read(sample.source)
        confusion[sample.label, _answer(reading)] += 1
        if reading.text != str(sample.label):
            mistakes.append(Mistake(sample, reading.text, reading.confidence))
        progress(done)
    return Evaluation(name, confusion, tuple(sorted(mistakes, key=lambda mistake: -mistake.confidence)))


def _answer(reading: Reading) -> int:
    """The column of a reading: its digit, or 10 if it has none or several."""
    return reading.digits[0].value if len(reading.digits) == 1 else 10


def load_set(name: str, folder: Path | None = None) -> list[Sample]:
    """The samples of `mnist` or `pendigits` (their test sets, found as in `data fetch`), of a
    folder of pictures with a `labels.tsv` (columns `file` and `label`), or of a `.jsonl` file of
    strokes (objects with `label` and `strokes`).

    Raises DataError where there is no such set, or it is malformed.
    """
    if name == "mnist":
        return _mnist(folder)
    if name == "pendigits":
        return _pendigits(folder)
    path = Path(name)
    if (path / "labels.tsv").is_file():
        return _labelled(path)
    if path.suffix == ".jsonl" and path.is_file():
        return _drawings(path)
    raise DatasetMissing(
        f"There is no set '{name}'",
        f"Name {' or '.join(DATASETS)}, a folder with a labels.tsv, or a .jsonl file of strokes.",
    )


def _mnist(folder: Path | None) -> list[Sample]:
    """MNIST as people would send it: a PNG file each."""
    pictures = load_mnist("test", folder)
    return [
        Sample(_png(image), int(label), f"mnist test {place}")
        for place, (image, label) in enumerate(zip(pictures.images, pictures.labels, strict=True))
    ]


def _png(image: NDArray[np.uint8]) -> bytes:
    file = io.BytesIO()
    Image.fromarray(image).save(file, "PNG", compress_level=1)
    return file.getvalue()


def _pendigits(folder: Path | None) -> list[Sample]:
    written = load_pendigits("test", folder)
    return [
        Sample([stroke.tolist() for stroke in strokes], int(label), f"pendigits test {place}")
        for place, (strokes, label) in enumerate(zip(written.strokes, written.labels, strict=True))
    ]


def _labelled(folder: Path) -> list[Sample]:
    path = folder / "labels.tsv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    try:
        return [Sample(folder / row["file"], _digit(row["label"]), row["file"]) for row in rows]
    except (KeyError, ValueError) as error:
        raise MalformedFile(
            str(path),
            0,
            f"a row lacks a file or a one-digit label ({error})",
            "Give the columns `file` and `label`, separated by tabs.",
        ) from None


def _drawings(path: Path) -> list[Sample]:
    return list(_lines(path))


def _lines(path: Path) -> Iterator[Sample]:
    offset = 0
    for number, line in enumerate(path.read_bytes().splitlines(keepends=True), 1):
        try:
            row = json.loads(line)
            yield Sample(row["strokes"], _digit(str(row["label"])), f"{path.name}:{number}")
        except (KeyError, TypeError, ValueError) as error:
            raise MalformedFile(
                str(path),
                offset,
                f"line {number} is not a labelled drawing ({error})",
                'Give a line like {"label": 1, "strokes": [[[0, 0], [0, 9]]]} a drawing.',
            ) from None
        offset += len(line)


def _digit(text: str) -> int:
    if len(text) != 1 or text not in "0123456789":
        raise ValueError(f"label {text!r}")
    return int(text)
