"""Sets of samples to measure on: test sets, spoilt ones, folders of pictures, files of strokes."""

from __future__ import annotations

import csv
import io
import json
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from inkdigits.errors import DatasetMissing, MalformedFile
from inkdigits.training.corrupt import CORRUPTIONS, corrupt
from inkdigits.training.datasets import load_mnist, load_pendigits

SPOILT = "mnist-c"


@dataclass(frozen=True)
class Sample:
    """What is given to the reader, the digits it shows (none: an empty label), and what to call it."""

    source: Any
    label: str
    name: str

    @property
    def shown(self) -> str:
        """What the sample shows, for a person."""
        return self.label or "nothing"


def load_set(name: str, folder: Path | None = None) -> list[Sample]:
    """The samples of a set:

    - `mnist`, `pendigits`: their test sets, found as in `data fetch`
    - `mnist-c`: MNIST's test set spoilt in sixteen ways, `mnist-c/fog` in one (see `corrupt`)
    - a folder of pictures with a `labels.tsv` (columns `file` and `label`)
    - a `.jsonl` file of drawings (objects with `label` and `strokes`)

    Of a label only the digits count. Raises DataError where there is no such set, or it is malformed.
    """
    family, _, kind = name.partition("/")
    if family in LOADERS and not kind:
        return LOADERS[family](folder)
    if family == SPOILT and kind in CORRUPTIONS:
        return _spoilt(kind, folder)
    path = Path(name)
    if (path / "labels.tsv").is_file():
        return _labelled(path)
    if path.suffix == ".jsonl" and path.is_file():
        return list(_drawings(path))
    raise DatasetMissing(
        f"There is no set '{name}'",
        f"Name {', '.join(LOADERS)}, {SPOILT}/KIND, a folder with a labels.tsv, or a .jsonl file of strokes.",
    )


def _mnist(folder: Path | None) -> list[Sample]:
    """MNIST as people would send it: a PNG file each."""
    pictures = load_mnist("test", folder)
    pairs = enumerate(zip(pictures.images, pictures.labels, strict=True))
    return [Sample(_png(image), str(label), f"mnist {place}") for place, (image, label) in pairs]


def _pendigits(folder: Path | None) -> list[Sample]:
    written = load_pendigits("test", folder)
    pairs = enumerate(zip(written.strokes, written.labels, strict=True))
    return [
        Sample([stroke.tolist() for stroke in strokes], str(label), f"pendigits {place}")
        for place, (strokes, label) in pairs
    ]


def _all_spoilt(folder: Path | None) -> list[Sample]:
    return [sample for kind in CORRUPTIONS for sample in _spoilt(kind, folder)]


def _spoilt(kind: str, folder: Path | None) -> list[Sample]:
    """MNIST's test set, each picture spoilt; the same pictures every time."""
    pictures = load_mnist("test", folder)
    samples = []
    for place, (image, label) in enumerate(zip(pictures.images, pictures.labels, strict=True)):
        random = np.random.default_rng((zlib.crc32(kind.encode()), place))
        spoilt = corrupt(image.astype(np.float32) / 255, kind, random)
        samples.append(Sample(_png(np.round(spoilt * 255).astype(np.uint8)), str(label), f"{kind} {place}"))
    return samples


LOADERS: dict[str, Callable[[Path | None], list[Sample]]] = {
    "mnist": _mnist,
    "pendigits": _pendigits,
    SPOILT: _all_spoilt,
}


def _png(image: NDArray[np.uint8]) -> bytes:
    file = io.BytesIO()
    Image.fromarray(image).save(file, "PNG", compress_level=1)
    return file.getvalue()


def _labelled(folder: Path) -> list[Sample]:
    path = folder / "labels.tsv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    try:
        return [Sample(folder / row["file"], digits_of(row["label"]), row["file"]) for row in rows]
    except (KeyError, TypeError) as error:
        raise MalformedFile(
            str(path),
            0,
            f"a row lacks a file or a label ({error})",
            "Give the columns `file` and `label`, separated by tabs.",
        ) from None


def _drawings(path: Path) -> Iterator[Sample]:
    offset = 0
    for number, line in enumerate(path.read_bytes().splitlines(keepends=True), 1):
        try:
            row = json.loads(line)
            yield Sample(row["strokes"], digits_of(str(row["label"])), f"{path.name}:{number}")
        except (KeyError, TypeError, ValueError) as error:
            raise MalformedFile(
                str(path),
                offset,
                f"line {number} is not a labelled drawing ({error})",
                'Give a line like {"label": 1, "strokes": [[[0, 0], [0, 9]]]} a drawing.',
            ) from None
        offset += len(line)


def digits_of(text: str) -> str:
    """The digits of a text, without what stands between them."""
    return re.sub(r"[^0-9]", "", text)
