"""Samples from a person's own files: labelled pictures, arrays, drawings."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from inkdigits.errors import MalformedFile
from inkdigits.types import Box


@dataclass(frozen=True)
class Sample:
    """What is given to the reader, the digits it shows (none: an empty label), and what to call it.

    `lines` are the digits of each line, where the label has several; `boxes` those of the digits,
    where they are known; `groups` name the parts of the set that the sample belongs to.
    """

    source: Any
    label: str
    name: str
    lines: tuple[str, ...] = ()
    boxes: tuple[Box, ...] = ()
    groups: tuple[str, ...] = ()

    @property
    def shown(self) -> str:
        """What the sample shows, for a person."""
        return self.label or "nothing"


def digits_of(text: str) -> str:
    """The digits of a text, without what stands between them."""
    return re.sub(r"[^0-9]", "", text)


def png(image: NDArray[np.uint8]) -> bytes:
    """A grey picture `[H, W]` as a PNG file, as people would send it."""
    file = io.BytesIO()
    Image.fromarray(image).save(file, "PNG", compress_level=1)
    return file.getvalue()


def from_table(path: Path) -> list[Sample]:
    """Pictures beside a `labels.tsv`; other columns than `file` and `label` name groups if they vary.

    Raises MalformedFile.
    """
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    varied = [name for name in rows[0] if len({row[name] for row in rows}) > 1] if rows else []
    try:
        return [_labelled(path.parent, row["file"], row["label"], _groups(row, varied)) for row in rows]
    except (AttributeError, KeyError, TypeError) as error:
        remedy = "Give the columns `file` and `label`, separated by tabs."
        raise MalformedFile(str(path), 0, f"a row lacks a file or a label ({error})", remedy) from None


def from_objects(path: Path) -> list[Sample]:
    """Pictures beside a `labels.jsonl`: objects with `file`, `label` and perhaps `boxes`, each
    `[digit, x, y, width, height]`. Raises MalformedFile."""
    remedy = 'Give a line like {"file": "a.png", "label": "1", "boxes": [[1, 0, 0, 9, 20]]} a picture.'

    def sample(row: dict[str, Any], _: int) -> Sample:
        boxes = tuple(Box(*map(int, box[1:])) for box in row.get("boxes", ()))
        return _labelled(path.parent, row["file"], row["label"], (), boxes)

    return _by_line(path, sample, remedy)


def from_drawings(path: Path) -> list[Sample]:
    """Drawings, an object with `label` and `strokes` a line. Raises MalformedFile."""
    remedy = 'Give a line like {"label": 1, "strokes": [[[0, 0], [0, 9]]]} a drawing.'

    def sample(row: dict[str, Any], number: int) -> Sample:
        return Sample(row["strokes"], digits_of(str(row["label"])), f"{path.name}:{number}")

    return _by_line(path, sample, remedy)


def from_arrays(path: Path) -> list[Sample]:
    """Grey pictures in a `.npz`: `images` uint8 `[N, H, W]` and `labels` `[N]`. Raises MalformedFile."""
    try:
        with np.load(path, allow_pickle=False) as arrays:
            images, labels = arrays["images"], arrays["labels"]
        pairs = list(zip(images, labels.tolist(), strict=True))
        return [
            Sample(png(image), digits_of(str(label)), f"{path.name} {place}")
            for place, (image, label) in enumerate(pairs)
        ]
    except (KeyError, ValueError, TypeError, OSError, zipfile.BadZipFile) as error:
        remedy = "Save `images`, uint8 [N, H, W], and as many `labels` with numpy.savez."
        raise MalformedFile(str(path), 0, f"no pictures with labels ({error})", remedy) from None


def _groups(row: dict[str, str], columns: list[str]) -> tuple[str, ...]:
    return tuple(f"{name} {row[name] or '-'}" for name in columns if name not in ("file", "label"))


def _labelled(
    folder: Path, file: str, label: str, groups: tuple[str, ...], boxes: tuple[Box, ...] = ()
) -> Sample:
    """A picture file with its label: `|` stands for a new line, a space for a wide gap."""
    lines = tuple(digits_of(line) for line in label.split("|"))
    return Sample(folder / file, "".join(lines), file, lines if len(lines) > 1 else (), boxes, groups)


def _by_line(path: Path, sample: Callable[[dict[str, Any], int], Sample], remedy: str) -> list[Sample]:
    """One sample from each line's JSON object and the line's number."""
    samples, offset = [], 0
    for number, line in enumerate(path.read_bytes().splitlines(keepends=True), 1):
        try:
            samples.append(sample(json.loads(line), number))
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            reason = f"line {number} is not a labelled sample ({error})"
            raise MalformedFile(str(path), offset, reason, remedy) from None
        offset += len(line)
    return samples
