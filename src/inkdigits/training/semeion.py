"""Semeion's file: scans of digits, each stretched to 16 x 16 cells, one a line; and their shapes before that.

0.0000 1.0000 … 1.0000  0 0 1 0 0 0 0 0 0 0   256 cells row by row (1: pen), ten flags of which one is 1
"""

from __future__ import annotations

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from inkdigits.errors import MalformedFile

#: Cells on a side; classes; what stands for paper and pen, and for a flag.
SIDE, CLASSES = 16, 10
KNOWN = frozenset((b"0.0000", b"1.0000", b"0", b"1"))
#: Lines by writers 21 to 40, to test with; those by 1 to 20 stand before, those by 41 to 80 behind. The file
#: does not say so: digits that someone wrote first, and once more, look alike, and stand equally far apart in
#: three stretches.
TEST = slice(398, 796)
#: How many of the others, those by 1 to 20, are held back to validate on.
HELD = TEST.start
#: How high a shape is, in pixels; its smoothing, in cells; the width's logarithm, its mean and deviation.
HEIGHT, SMOOTH, WIDTH = 64, 0.55, (-0.1, 0.15)
#: Runs of pen longer than this, in cells, lie along a stroke and do not say how thick it is.
THICKEST = 2.5
NARROWEST, WIDEST = 0.2, 1.1


def parse_semeion(data: bytes, name: str) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """The pictures, uint8 `[N, 16, 16]` of 0 = paper and 255 = pen, and their labels `[N]`, as they follow.

    Raises MalformedFile.
    """
    lines = data.splitlines(keepends=True)
    table = np.zeros((len(lines), SIDE * SIDE + CLASSES), np.uint8)
    at = 0
    for row, line in zip(table, lines, strict=True):
        cells = line.split()
        if len(cells) != len(row) or not KNOWN.issuperset(cells):
            raise MalformedFile(name, at, f"{len(cells)} numbers, not {len(row)} zeros and ones")
        row[:] = [cell[:1] == b"1" for cell in cells]
        if row[-CLASSES:].sum() != 1:
            raise MalformedFile(name, at, "a picture that is not one digit")
        at += len(line)
    images, flags = table[:, :-CLASSES], table[:, -CLASSES:]
    return images.reshape(-1, SIDE, SIDE) * np.uint8(255), flags.argmax(1).astype(np.int64)


def shaped(image: NDArray[np.uint8], random: Generator) -> NDArray[np.uint8]:
    """A picture about as it was written, smooth and HEIGHT pixels high (uint8, 255 = pen).

    A round pen is as wide across as it is high; so what is lower than wide, or the reverse, was stretched.
    """
    across, down = np.median(_runs(image)), min(np.median(_runs(image.T)), THICKEST)
    wide = float(np.clip(down / across * np.exp(random.normal(*WIDTH)), NARROWEST, WIDEST))
    large = Image.fromarray(image).resize((HEIGHT, HEIGHT), Image.Resampling.BICUBIC)
    smooth = large.filter(ImageFilter.GaussianBlur(SMOOTH * HEIGHT / SIDE))
    return np.asarray(smooth.resize((round(wide * HEIGHT), HEIGHT), Image.Resampling.BICUBIC))


def _runs(image: NDArray[np.uint8]) -> NDArray[np.int64]:
    """The lengths of all runs of pen along the rows."""
    steps = np.diff(np.pad(image > 0, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    runs: NDArray[np.int64] = np.nonzero(steps == -1)[1] - np.nonzero(steps == 1)[1]
    return runs
