"""Grey page -> Found: runs the finder at the right scale and reads its marks.

The finder is a network that says of every place of a page whether a digit's centre stands there,
which digit, and how large (see `training/finder.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from inkdigits.boxes import overlap
from inkdigits.model import Finder
from inkdigits.types import FloatArray

#: Rows and columns of a page.
Area = tuple[slice, slice]
#: Pages are scaled so that a digit is about this high (pixels): the middle of what the finder learnt.
HEIGHT = 28.0
#: What it finds within these heights is read as well as it can be; else it is run at another scale.
READABLE = (18.0, 42.0)
#: What was found at other heights counts only so much beside what is found at the right scale.
AGAIN = 0.8
#: Where its digits are less sure than this on the whole, scales that differ by these factors are tried.
SURE = 0.9
NEARBY = (0.82, 1.21)
#: Sides of a page are multiples of this, and a page holds at most so many pixels.
BLOCK = 8
MOST_PIXELS = 560 * 560
#: Marks below this are no candidates, and at most so many are looked at, the surest first.
FAINT = 0.05
MOST_MARKS = 512
#: Of more marks than this, less than that share of them digits, hardly any is one: so does grain look, while
#: writing that lies on its side has twice the share.
MANY, HARDLY = 64, 0.2
#: Two marks are of one digit if their boxes share this much of their union, or if their centres
#: are no farther apart than this share of their sizes.
SAME = 0.6
NEAR = 0.3
#: Marks held against all others at once, which bounds the memory.
AT_ONCE = 64
TINY = 1e-5


@dataclass(frozen=True)
class Found:
    """What may be digits: `exists` `[n]`, `probabilities` `[n, 10]`, and `boxes` `[n, 4]` as middle
    (x, y), width and height in pixels of the page."""

    exists: FloatArray
    probabilities: FloatArray
    boxes: FloatArray

    @property
    def count(self) -> int:
        """How many are more probably digits than not."""
        return int(np.count_nonzero(self.exists > 0.5))

    @property
    def height(self) -> float:
        """The usual height of what is probably a digit; 0 if nothing is."""
        return float(np.median(self.boxes[self.exists > 0.5, 3])) if self.count else 0.0

    @property
    def crowded(self) -> bool:
        """Whether the page is full of something else, so that looking again tells no more."""
        count = len(self.exists)
        return count >= MOST_MARKS or (count > MANY and float(self.exists.sum()) < HARDLY * count)

    @property
    def score(self) -> float:
        """How well a page can be read: the digits found, each counted 0 to 1 by how sure it is."""
        sure = 2 * self.exists * self.probabilities.max(1, initial=0) - 1
        return float(sure[sure > 0].sum())


NOTHING = Found(np.zeros(0, np.float32), np.zeros((0, 10), np.float32), np.zeros((0, 4), np.float32))


def find(finder: Finder, page: FloatArray, areas: Sequence[Area], height: float) -> Found:
    """Digits on a grey page `[H, W]`, 0 = black … 1 = white, in its areas, about `height` pixels high.

    If what is found has quite another size, the page is looked at again at the right scale; parts of digits
    that are too large are like digits, so there are more of them.
    """
    found = look(finder, page, areas, HEIGHT / height)
    seen = found.height * HEIGHT / height
    if not seen or READABLE[0] <= seen <= READABLE[1]:
        return found
    again = look(finder, page, areas, HEIGHT / found.height)
    return again if again.score >= AGAIN * found.score else found


def look_closer(finder: Finder, page: FloatArray, areas: Sequence[Area], found: Found) -> Found:
    """What was found, or, if it is not sure on the whole, what looks at scales near by say as well.

    Not where the page is crowded.
    """
    if found.score >= SURE * found.count or found.crowded:
        return found
    return together([found, *(look(finder, page, areas, HEIGHT * by / found.height) for by in NEARBY)])


def look(finder: Finder, page: FloatArray, areas: Sequence[Area], scale: float) -> Found:
    """What the finder sees in areas of a page scaled so, or to MOST_PIXELS; boxes in the page's pixels."""
    size = sum(page[area].size for area in areas)
    scale = min(scale, (MOST_PIXELS / max(size, 1)) ** 0.5)

    def one(area: Area) -> Found:
        return _look(finder, page[area], scale, (area[1].start, area[0].start))

    if finder.threads == 1 or len(areas) == 1:
        return _joined([one(area) for area in areas])
    # Several areas keep several cores busier than one area does.
    with ThreadPoolExecutor(finder.threads) as pool:
        return _joined(list(pool.map(one, areas)))


def together(looks: Sequence[Found]) -> Found:
    """Several looks at one page as one: means over the looks of what each says of the same digit."""
    whole = _joined(looks)
    order = np.argsort(-whole.exists, kind="stable")
    exists, probabilities, boxes = (part[order] for part in (whole.exists, whole.probabilities, whole.boxes))
    groups = list(_groups(boxes))
    marks = [min(1.0, float(exists[group].sum()) / len(looks)) for group in groups]
    shares = [np.average(np.log(probabilities[group] + TINY), 0, exists[group]) for group in groups]
    classes = np.exp(np.array(shares, np.float32).reshape(-1, 10))
    kept = [group[0] for group in groups]
    return Found(np.array(marks, np.float32), classes / classes.sum(1, keepdims=True), boxes[kept])


def _joined(parts: Sequence[Found]) -> Found:
    """All that several looks found."""
    names = ("exists", "probabilities", "boxes")
    return Found(*(np.concatenate([getattr(one, name) for one in (NOTHING, *parts)]) for name in names))


def _look(finder: Finder, page: FloatArray, scale: float, corner: tuple[int, int]) -> Found:
    """One look; `corner` (x, y) is added to the boxes."""
    rows, columns = (max(1, round(side * scale / BLOCK)) * BLOCK for side in page.shape)
    image = Image.fromarray(page).resize((columns, rows), Image.Resampling.BICUBIC)
    marks, classes, boxes = finder.run(np.asarray(image))
    places = _peaks(marks)
    boxes = boxes[:, *places].T * np.tile((page.shape[1] / columns, page.shape[0] / rows), 2)
    boxes = (boxes + np.array((*corner, 0, 0))).astype(np.float32)
    kept = [group[0] for group in _groups(boxes)]
    return Found(marks[places][kept], classes[:, *places].T[kept], boxes[kept])


def _peaks(marks: FloatArray) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows and columns of the marks that no neighbour exceeds, the surest first."""
    rows, columns = marks.shape
    wide = np.pad(marks, 1)
    around = [wide[down : down + rows, across : across + columns] for down in range(3) for across in range(3)]
    down, across = np.nonzero((marks >= np.maximum.reduce(around)) & (marks > FAINT))
    order = np.argsort(-marks[down, across], kind="stable")[:MOST_MARKS]
    return down[order], across[order]


def _groups(boxes: FloatArray) -> Iterator[NDArray[np.intp]]:
    """The places of boxes of one digit each; of boxes given the surest first, so are theirs."""
    free = np.ones(len(boxes), bool)
    for start in range(0, len(boxes), AT_ONCE):
        for place, same in enumerate(_same(boxes[start : start + AT_ONCE], boxes), start):
            if free[place]:
                group = np.flatnonzero(same & free)
                free[group] = False
                yield group


def _same(some: FloatArray, others: FloatArray) -> NDArray[np.bool_]:
    """Whether boxes `[n, 4]` are those of the same digits as others `[m, 4]`, `[n, m]`."""
    off = np.abs(others[None, :, :2] - some[:, None, :2])
    near = (off / ((others[None, :, 2:] + some[:, None, 2:]) / 2)) ** 2
    same: NDArray[np.bool_] = (near.sum(2) < NEAR**2) | (overlap(some, others) > SAME)
    return same
