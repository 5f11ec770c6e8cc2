"""Samples from a person's own files: labelled pictures, arrays, drawings."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from inkdigits.errors import DataError, MalformedFile
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

    Raises DataError.
    """
    rows = list(_rows(path))
    columns = rows[0][1] if rows else ()
    # Cells that no column names, such as behind a tab at a line's end, tell nothing.
    varied = [name for name in columns if name and len({str(row[name]) for _, row in rows}) > 1]
    samples = []
    for number, row in rows:
        with _line(path, number):
            if None in (row["file"], row["label"]):
                raise ValueError("it lacks a file or a label")
            picture = _picture(path.parent, row["file"])
            samples.append(_labelled(picture, row["label"], row["file"], groups=_groups(row, varied)))
    return samples


def from_objects(path: Path) -> list[Sample]:
    """Pictures beside a `labels.jsonl`: objects with `file`, `label` and perhaps `boxes`, each
    `[digit, x, y, width, height]`. Raises MalformedFile."""
    remedy = 'Give a line like {"file": "a.png", "label": "1", "boxes": [[1, 0, 0, 9, 20]]} a picture.'

    def sample(row: dict[str, Any], _: int) -> Sample:
        boxes = tuple(Box(*map(int, box[1:])) for box in row.get("boxes", ()))
        return _labelled(_picture(path.parent, row["file"]), row["label"], row["file"], boxes)

    return _by_line(path, sample, remedy)


def from_drawings(path: Path) -> list[Sample]:
    """Drawings, an object with `label` and `strokes` a line. Raises MalformedFile."""
    remedy = 'Give a line like {"label": 1, "strokes": [[[0, 0], [0, 9]]]} a drawing.'

    def sample(row: dict[str, Any], number: int) -> Sample:
        return _labelled(row["strokes"], row["label"], f"{path.name}:{number}")

    return _by_line(path, sample, remedy)


def from_arrays(path: Path) -> list[Sample]:
    """Grey pictures in a `.npz`: `images` uint8 `[N, H, W]` and `labels` `[N]`. Raises DataError."""
    try:
        with np.load(path, allow_pickle=False) as arrays:
            images, labels = arrays["images"], arrays["labels"].tolist()
        if images.ndim != 3:
            raise ValueError(f"its images have the shape {images.shape}")
        if len(images) != len(labels):
            raise ValueError(f"it holds {len(images)} images and {len(labels)} labels")
        return [
            _labelled(png(image), label, f"{path.name} {place}")
            for place, (image, label) in enumerate(zip(images, labels, strict=True))
        ]
    except (KeyError, ValueError, TypeError, OSError, zipfile.BadZipFile) as error:
        remedy = "Save `images`, uint8 [N, H, W], and as many `labels` with numpy.savez."
        raise DataError(f"{path} holds no pictures with labels: {error}", remedy) from None


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of a table, each with the number of its line. Raises DataError."""
    rows = csv.DictReader(io.StringIO(_text(path)), delimiter="\t")
    with _line(path, 1):
        if not {"file", "label"} <= set(rows.fieldnames or ()):
            raise ValueError("it does not name the columns `file` and `label`")
    try:
        yield from ((rows.line_num, row) for row in rows)
    except csv.Error as error:
        raise _bad(path, rows.line_num, error) from None


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise MalformedFile(str(path), error.start, "it is no UTF-8", "Save it as UTF-8.") from None


@contextmanager
def _line(path: Path, number: int) -> Iterator[None]:
    """Around whatever is made of a table's line; what is wrong with it becomes a DataError that names it."""
    try:
        yield
    except (OSError, ValueError) as error:
        raise _bad(path, number, error) from None


def _bad(path: Path, number: int, why: Exception) -> DataError:
    remedy = "Give each picture a line: its `file`, beside the table, a tab, and its `label`."
    return DataError(f"{path}, line {number}: {why}", remedy)


def _groups(row: dict[str, str], columns: list[str]) -> tuple[str, ...]:
    return tuple(f"{name} {row[name] or '-'}" for name in columns if name not in ("file", "label"))


def _picture(folder: Path, file: str) -> Path:
    """The path of a picture. Raises ValueError where it is not there."""
    if not (folder / file).is_file():
        raise ValueError(f"there is no picture {folder / file}")
    return folder / file


def _labelled(
    source: Any, label: Any, name: str, boxes: tuple[Box, ...] = (), groups: tuple[str, ...] = ()
) -> Sample:
    """A sample as a file labels it: `|` stands for a new line, a space for a wide gap. Raises ValueError."""
    text = _text_of_label(label)
    lines = tuple(digits_of(line) for line in text.split("|"))
    if text.strip(" |") and not any(lines):
        raise ValueError(f"the label '{text}' has no digit")
    return Sample(source, "".join(lines), name, lines if len(lines) > 1 else (), boxes, groups)


def _text_of_label(label: Any) -> str:
    """Text as it is, a whole number as its digits, also if it is written as 7.0. Raises ValueError."""
    if isinstance(label, str):
        return label
    if type(label) not in (int, float) or label < 0 or label % 1:
        raise ValueError(f"the label {label} is neither text nor a whole number from 0")
    return str(int(label))


def _by_line(path: Path, sample: Callable[[dict[str, Any], int], Sample], remedy: str) -> list[Sample]:
    """One sample from each line's JSON object and the line's number."""
    samples, offset = [], 0
    for number, line in enumerate(path.read_bytes().splitlines(keepends=True), 1):
        try:
            samples.append(sample(json.loads(line), number))
        except (AttributeError, KeyError, OverflowError, TypeError, ValueError) as error:
            reason = f"line {number} is not a labelled sample ({error})"
            raise MalformedFile(str(path), offset, reason, remedy) from None
        offset += len(line)
    return samples
