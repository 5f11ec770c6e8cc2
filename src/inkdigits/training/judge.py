"""What the finder found on a composed page, held against what stands there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from inkdigits.boxes import overlap
from inkdigits.find import Found
from inkdigits.training.page import Page
from inkdigits.types import FloatArray

#: All of a page.
WHOLE = [np.s_[0:, 0:]]
#: A mark is right if its box shares this much of the union with a digit's.
SHARED = 0.5
#: Boxes count as at least this share of their longer side wide, else a pixel decides over a thin 1.
NARROWEST = 0.4
TINY = 1e-6


class Verdict(NamedTuple):
    """What was said of a place: log odds of a digit, logarithms of the classes `[10]`; and the label
    of the digit that stands there, or None."""

    odds: float
    classes: FloatArray
    label: int | None


def judged(found: Found, page: Page) -> Iterator[Verdict | None]:
    """Each mark held against the page's digits; a digit counts once. None for marks on unsure digits."""
    shared = _shared(found.boxes, page)
    free = np.array(page.labels) >= 0
    for place, overlaps in enumerate(shared):
        over = overlaps > SHARED
        if over.any() and not (over & free).any() and min(np.array(page.labels)[over]) < 0:
            yield None
            continue
        best = int(np.argmax(np.where(free, overlaps, -1))) if free.any() else -1
        label = page.labels[best] if best >= 0 and over[best] else None
        if label is not None:
            free[best] = False
        exists = float(np.clip(found.exists[place], TINY, 1 - TINY))
        classes = np.log(np.clip(found.probabilities[place], TINY, 1)).astype(np.float32)
        yield Verdict(float(np.log(exists / (1 - exists))), classes, label)


def _shared(boxes: FloatArray, page: Page) -> FloatArray:
    """The overlap `[n, m]` of each found box and each of the page's boxes, at the width that counts."""
    corners = np.array(page.boxes, np.float32).reshape(-1, 4)
    given = np.concatenate(((corners[:, :2] + corners[:, 2:]) / 2, corners[:, 2:] - corners[:, :2]), 1)
    return overlap(_widened(boxes), _widened(given))


def _widened(boxes: FloatArray) -> FloatArray:
    """Boxes `[n, 4]` with sides as they count."""
    sides = np.maximum(boxes[:, 2:], NARROWEST * boxes[:, 2:].max(1, keepdims=True))
    return np.concatenate((boxes[:, :2], sides), 1)
