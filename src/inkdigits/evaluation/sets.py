"""Sets of samples to measure on: test sets, spoilt ones, what is no digit, a person's own files."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np

from inkdigits.errors import DatasetMissing, MalformedFile
from inkdigits.evaluation.corrupt import CORRUPTIONS, corrupt
from inkdigits.evaluation.labelled import (
    Sample,
    from_arrays,
    from_drawings,
    from_objects,
    from_table,
    png,
)
from inkdigits.training.datasets import load_mnist, load_pendigits, load_semeion

#: The part of MNIST's training set that no packaged model learnt from: its last HELD pictures.
VALIDATION, HELD = "validation", 2500

Reads = Callable[[Path], list[Sample]]


def load_set(name: str, folder: Path | None = None) -> list[Sample]:
    """The samples of a set:

    - `mnist`, `pendigits`, `semeion`: their test sets, found as in `data fetch`; `mnist/validation`: what the
      packaged model was validated on
    - `mnist-c`: MNIST's test set spoilt in sixteen ways, `mnist-c/fog` in one (see `corrupt`)
    - `non-digits`: what had better be declined, and as many digits; `non-digits/letters`: one kind
      (see `nondigits`)
    - a folder of pictures with a `labels.tsv` or `labels.jsonl`, a `.npz` of pictures, a `.jsonl` of
      drawings (see `labelled`)

    Of a label only the digits count, and their lines. Raises DataError where there is no such set, or
    it is malformed.
    """
    family, _, kind = name.partition("/")
    if family in LOADERS:
        return LOADERS[family](folder, kind)
    for path, load in _files(Path(name)).items():
        if path.is_file():
            if samples := load(path):
                return samples
            raise MalformedFile(str(path), 0, "it holds no samples", "Give a line for each sample.")
    raise DatasetMissing(
        f"There is no set '{name}'",
        f"Name {', '.join(LOADERS)}, a folder with a labels.tsv or labels.jsonl, a .npz of pictures "
        "or a .jsonl of drawings.",
    )


def some_of(samples: list[Sample], count: int) -> list[Sample]:
    """At most `count` of the samples, drawn at random in their order; the same ones every time."""
    chosen = np.random.default_rng(0).permutation(len(samples))[:count]
    return [samples[place] for place in sorted(chosen)]


def _files(path: Path) -> dict[Path, Reads]:
    """The files that the path may mean, and how each is read."""
    known: dict[str, Reads] = {".jsonl": from_drawings, ".npz": from_arrays}
    own = {path: known[path.suffix]} if path.suffix in known else {}
    return own | {path / "labels.tsv": from_table, path / "labels.jsonl": from_objects}


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


def _spoilt(folder: Path | None, kind: str) -> list[Sample]:
    """MNIST's test set, each picture spoilt; the same pictures every time."""
    kinds, pictures = _kinds(kind, CORRUPTIONS), load_mnist("test", folder)
    samples = []
    for name in kinds:
        for place, (image, label) in enumerate(zip(pictures.images, pictures.labels, strict=True)):
            random = np.random.default_rng((zlib.crc32(name.encode()), place))
            spoilt = np.round(corrupt(image.astype(np.float32) / 255, name, random) * 255).astype(np.uint8)
            samples.append(Sample(png(spoilt), str(label), f"{name} {place}", groups=(name,)))
    return samples


def _none(folder: Path | None, kind: str) -> list[Sample]:
    # Imported here because its fonts come with matplotlib, which other sets do not need.
    from inkdigits.evaluation.nondigits import KINDS, non_digits

    return non_digits(_kinds(kind, KINDS), load_mnist("test", folder))


#: Every set that has a name; the second argument is its kind, "" for all.
LOADERS: dict[str, Callable[[Path | None, str], list[Sample]]] = {
    "mnist": _mnist,
    "pendigits": _pendigits,
    "semeion": _semeion,
    "mnist-c": _spoilt,
    "non-digits": _none,
}
