"""Samples from a person's own files: labelled pictures, arrays, drawings."""

from __future__ import annotations

import csv
import io
import json
import math
import re
import zipfile
import zlib
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

#: What to do where a set of each kind is not as it should be.
TABLE = "Give each picture a line: its `file`, beside the table, a tab (in a .csv a comma), and its `label`."
OBJECTS = 'Give a line like {"file": "a.png", "label": "1", "boxes": [[1, 0, 0, 9, 20]]} a picture.'
DRAWINGS = 'Give a line like {"label": 1, "strokes": [[[0, 0], [0, 9]]]} a drawing.'
ARRAYS = "Save `images`, uint8 [N, H, W], and as many `labels` with numpy.savez."


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
    """Pictures beside a `labels.tsv` or `labels.csv`; other columns than `file` and `label` name groups if
    they vary. Raises DataError."""
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
    return _some(samples, path, TABLE)


def from_objects(path: Path) -> list[Sample]:
    """Pictures beside a `labels.jsonl`: objects with `file`, `label` and perhaps `boxes`, each
    `[digit, x, y, width, height]`. Raises DataError."""

    def sample(row: dict[str, Any], _: int) -> Sample:
        picture = _picture(path.parent, row["file"])
        return _labelled(picture, row["label"], row["file"], _boxes(row.get("boxes", [])))

    return _by_line(path, sample, OBJECTS)


def from_drawings(path: Path) -> list[Sample]:
    """Drawings, an object with `label` and `strokes` a line. Raises DataError."""

    def sample(row: dict[str, Any], number: int) -> Sample:
        if not isinstance(row["strokes"], list):  # text would be taken for a picture's path
            raise ValueError("its strokes are no list")
        return _labelled(row["strokes"], row["label"], f"{path.name}:{number}")

    return _by_line(path, sample, DRAWINGS)


def from_arrays(path: Path) -> list[Sample]:
    """Grey pictures in a `.npz`: `images` uint8 `[N, H, W]` and `labels` `[N]`. Raises DataError."""
    try:
        images, labels = _arrays(path)
        samples = [
            _labelled(png(image), label, f"{path.name} {place}")
            for place, (image, label) in enumerate(zip(images, labels.tolist(), strict=True))
        ]
    except (ValueError, OSError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error) as error:
        raise DataError(f"{path} holds no pictures with labels: {error}", ARRAYS) from None
    return _some(samples, path, ARRAYS)


def _arrays(path: Path) -> tuple[NDArray[np.uint8], NDArray[Any]]:
    """As many images `[N, H, W]` as labels `[N]`. Raises ValueError, or what a damaged file brings about."""
    with path.open("rb") as file:
        if not zipfile.is_zipfile(file):
            raise ValueError("it is no .npz, or not a whole one")
    with np.load(path, allow_pickle=False) as arrays:
        if missing := [name for name in ("images", "labels") if name not in arrays]:
            raise ValueError(f"it lacks `{missing[0]}`")
        images, labels = arrays["images"], arrays["labels"]
    if images.ndim != 3 or images.dtype != np.uint8:
        raise ValueError(f"its images are {images.dtype} and have the shape {images.shape}")
    if images.shape[:1] != labels.shape[:1]:
        raise ValueError(f"it holds {len(images)} images and {labels.size} labels")
    return images, labels


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of a table, each with the number of its line. Raises DataError."""
    separator = "," if path.suffix == ".csv" else "\t"
    # Strict, else a quote that is never closed would make one label of all behind it.
    rows = csv.DictReader(io.StringIO(_text(path)), delimiter=separator, strict=True)
    with _line(path, 1):
        if not {"file", "label"} <= set(rows.fieldnames or ()):
            raise ValueError("it does not name the columns `file` and `label`")
    whole = rows.line_num
    try:
        for row in rows:
            whole = rows.line_num
            yield whole, row
    except csv.Error as error:
        raise _bad(path, whole + 1, error) from None


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
    return DataError(f"{path}, line {number}: {why}", TABLE)


def _groups(row: dict[str, str], columns: list[str]) -> tuple[str, ...]:
    return tuple(f"{name} {row[name] or '-'}" for name in columns if name not in ("file", "label"))


def _picture(folder: Path, file: Any) -> Path:
    """The path of a picture. Raises ValueError where it is not there, or not named."""
    if not isinstance(file, str) or not file:
        raise ValueError(f"the file {file!r} is no name of a picture")
    if not (folder / file).is_file():
        raise ValueError(f"there is no picture {folder / file}")
    return folder / file


def _boxes(told: Any) -> tuple[Box, ...]:
    """Boxes, each told as `[digit, x, y, width, height]`. Raises ValueError."""
    if not isinstance(told, list):
        raise ValueError(f"its boxes are {told!r}, not a list")
    for box in told:
        if not isinstance(box, list) or len(box) != 5 or not all(map(_finite, box[1:])):
            raise ValueError(f"the box {box!r} is not [digit, x, y, width, height]")
        if box[0] not in range(10):
            raise ValueError(f"{box[0]!r} in the box {box!r} is no digit from 0 to 9")
        if min(box[3:]) < 1:
            raise ValueError(f"the box {box!r} is less than a pixel wide or high")
    return tuple(Box(*map(int, box[1:])) for box in told)


def _finite(number: Any) -> bool:
    return type(number) in (int, float) and math.isfinite(number)


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
    """One sample from the JSON object and the number of each line that is not empty. Raises DataError."""
    samples, offset = [], 0
    for number, line in enumerate(path.read_bytes().splitlines(keepends=True), 1):
        try:
            if line.strip():
                samples.append(sample(_object(line), number))
        except (KeyError, OSError, OverflowError, RecursionError, ValueError) as error:
            why = f"it lacks {error}" if isinstance(error, KeyError) else error
            reason = f"line {number} is not a labelled sample ({why})"
            raise MalformedFile(str(path), offset, reason, remedy) from None
        offset += len(line)
    return _some(samples, path, remedy)


def _object(line: bytes) -> dict[str, Any]:
    """The JSON object in a line. Raises ValueError, and RecursionError for lists in lists in lists."""
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:  # says where it is as if the line were the file
        raise ValueError(error.msg) from None
    if not isinstance(row, dict):
        raise ValueError("it is no object")
    return row


def _some(samples: list[Sample], path: Path, remedy: str) -> list[Sample]:
    """The samples; raises DataError where there are none."""
    if not samples:
        raise DataError(f"{path} holds no samples", remedy)
    return samples
