"""Sets of samples to measure on: test sets, spoilt ones, what is no digit, a person's own files."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import overload

import numpy as np

from inkdigits.batch.folders import folder_items
from inkdigits.errors import DataError, DatasetMissing
from inkdigits.evaluation.corrupt import CORRUPTIONS, corrupt
from inkdigits.evaluation.labelled import (
    Sample,
    from_arrays,
    from_drawings,
    from_objects,
    from_table,
    png,
)
from inkdigits.training.datasets import Pictures, load_mnist, load_pendigits, load_semeion

#: The part of MNIST's training set that no packaged model learnt from: its last HELD pictures.
VALIDATION, HELD = "validation", 2500

Reads = Callable[[Path], list[Sample]]


def load_set(name: str, folder: Path | None = None) -> Sequence[Sample]:
    """The samples of a set, of which some are only made when they are asked for:

    - `mnist`, `pendigits`, `semeion`: their test sets, found as in `data fetch`; `mnist/validation`: what the
      packaged model was validated on
    - `mnist-c`: MNIST's test set spoilt in sixteen ways, `mnist-c/fog` in one (see `corrupt`)
    - `non-digits`: what had better be declined, and as many digits; `non-digits/letters`: one kind
      (see `nondigits`)
    - a folder of pictures with a `labels.tsv`, `labels.csv` or `labels.jsonl`, a `.npz` of pictures, a
      `.jsonl` of drawings (see `labelled`)
    - a folder of folders named 0 to 9, each with pictures of that digit

    Of a label only the digits count, and their lines. Raises DataError where there is no such set, or
    it is malformed.
    """
    family, _, kind = name.partition("/")
    if family in LOADERS:
        return LOADERS[family](folder, kind)
    try:
        if samples := _own(Path(name)):
            return samples
    except OSError as error:
        raise DataError(
            f"The set '{name}' cannot be read: {error.strerror}", f"See that you may read {error.filename}."
        ) from None
    raise DatasetMissing(
        f"There is no set '{name}'",
        f"Name {', '.join(LOADERS)}, a folder of labelled pictures, a .npz of pictures "
        "or a .jsonl of drawings.",
    )


def files_of(name: str, samples: Sequence[Sample]) -> list[Path]:
    """The files of a person's own that the set is read from; none for one that has a name here."""
    if name.partition("/")[0] in LOADERS:
        return []
    return [*_files(Path(name)), *(one.source for one in samples if isinstance(one.source, Path))]


def some_of(samples: Sequence[Sample], count: int) -> list[Sample]:
    """At most `count` of the samples, drawn at random in their order; the same ones every time."""
    chosen = np.random.default_rng(0).permutation(len(samples))[:count]
    return [samples[place] for place in sorted(chosen)]


def _own(path: Path) -> list[Sample]:
    """A person's own samples; none where there is nothing of the kind. Raises DataError and OSError."""
    for file, load in _files(path).items():
        if file.is_file():
            return load(file)
    return _by_class(path) if path.is_dir() else []


def _files(path: Path) -> dict[Path, Reads]:
    """The files that the path may mean, and how each is read."""
    known: dict[str, Reads] = {".jsonl": from_drawings, ".npz": from_arrays}
    own = {path: known[path.suffix]} if path.suffix in known else {}
    tables = {path / f"labels.{form}": from_table for form in ("tsv", "csv")}
    return own | tables | {path / "labels.jsonl": from_objects}


def _by_class(folder: Path) -> list[Sample]:
    """Pictures in folders named by the digit that they show. Raises DatasetMissing where there are none."""
    samples = [
        Sample(path, digit, path.relative_to(folder).as_posix())
        for digit in "0123456789"
        if (folder / digit).is_dir()
        for path in (Path(item.key) for item, _ in folder_items(str(folder / digit)))
    ]
    if closed := [sample.name for sample in samples if sample.source.is_dir()]:
        raise DataError(f"The folder {folder / closed[0]} cannot be read", "See that you may read it.")
    if not samples:
        raise DatasetMissing(
            f"{folder} holds no labels.tsv, labels.csv or labels.jsonl, nor pictures in folders 0 to 9",
            "Put the pictures of each digit into a folder of its name, or label them in such a file.",
        )
    return samples


def _kinds(kind: str, known: Iterable[str]) -> tuple[str, ...]:
    """The kind asked for, or all; raises DatasetMissing."""
    names = tuple(known)
    if kind and kind not in names:
        reason = f"Name one of {', '.join(names)}." if names else "Name the set alone."
        raise DatasetMissing(f"The set has no kind '{kind}'", reason)
    return (kind,) if kind else names


def _mnist(folder: Path | None, kind: str) -> list[Sample]:
    _kinds(kind, (VALIDATION,))
    pictures = load_mnist("train" if kind else "test", folder)
    first = len(pictures.labels) - HELD if kind else 0
    pairs = enumerate(zip(pictures.images[first:], pictures.labels[first:], strict=True), first)
    return [Sample(png(image), str(label), f"mnist {place}") for place, (image, label) in pairs]


def _pendigits(folder: Path | None, kind: str) -> list[Sample]:
    _kinds(kind, ())
    written = load_pendigits("test", folder)
    pairs = enumerate(zip(written.strokes, written.labels, strict=True))
    return [
        Sample([stroke.tolist() for stroke in strokes], str(label), f"pendigits {place}")
        for place, (strokes, label) in pairs
    ]


def _semeion(folder: Path | None, kind: str) -> list[Sample]:
    _kinds(kind, ())
    scans = load_semeion("test", folder)
    pairs = enumerate(zip(scans.images, scans.labels, strict=True))
    return [Sample(png(image), str(label), f"semeion {place}") for place, (image, label) in pairs]


class Spoilt(Sequence[Sample]):
    """Pictures spoilt in ways of so many kinds, each when it is asked for, the same every time: all of
    MNIST's test set takes minutes."""

    def __init__(self, pictures: Pictures, kinds: tuple[str, ...]) -> None:
        self.pictures, self.kinds = pictures, kinds

    def __len__(self) -> int:
        return len(self.kinds) * len(self.pictures.labels)

    @overload
    def __getitem__(self, place: int) -> Sample: ...
    @overload
    def __getitem__(self, place: slice) -> list[Sample]: ...
    def __getitem__(self, place: int | slice) -> Sample | list[Sample]:
        wanted = range(len(self))[place]
        return self._made(wanted) if isinstance(wanted, int) else [self._made(one) for one in wanted]

    def _made(self, number: int) -> Sample:
        which, place = divmod(number, len(self.pictures.labels))
        kind, image = self.kinds[which], self.pictures.images[place]
        random = np.random.default_rng((zlib.crc32(kind.encode()), place))
        spoilt = np.round(corrupt(image.astype(np.float32) / 255, kind, random) * 255).astype(np.uint8)
        return Sample(png(spoilt), str(self.pictures.labels[place]), f"{kind} {place}", groups=(kind,))


def _spoilt(folder: Path | None, kind: str) -> Spoilt:
    kinds = _kinds(kind, CORRUPTIONS)
    return Spoilt(load_mnist("test", folder), kinds)


def _none(folder: Path | None, kind: str) -> list[Sample]:
    # Imported here because its fonts come with matplotlib, which other sets do not need.
    from inkdigits.evaluation.nondigits import KINDS, non_digits

    return non_digits(_kinds(kind, KINDS), load_mnist("test", folder))


#: Every set that has a name; the second argument is its kind, "" for all.
LOADERS: dict[str, Callable[[Path | None, str], Sequence[Sample]]] = {
    "mnist": _mnist,
    "pendigits": _pendigits,
    "semeion": _semeion,
    "mnist-c": _spoilt,
    "non-digits": _none,
}
