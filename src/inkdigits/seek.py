"""Page -> Candidates: by the rules where they are sure of all ink, else by the finder.

The rules alone, the finder alone and both together were compared; see `docs/log.md`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from inkdigits.agree import pooled
from inkdigits.decline import sureness
from inkdigits.find import NOTHING, Found, find, look_closer
from inkdigits.lines import in_lines
from inkdigits.model import Finder, Model, Models
from inkdigits.page import Page
from inkdigits.refine import refine
from inkdigits.signs import without_signs
from inkdigits.types import Box, Candidate, FloatArray

#: The rules are believed where each of their digits is at least this sure.
SURE = 0.9
#: Where the finder reads less than this share of the digits it expects, or these hold less than that share of
#: the ink, the page may be turned; it is if turned back it reads so many sure digits more, times the share of
#: the ink that they hold.
UPRIGHT, TOLD = 0.85, 0.95
BETTER = 1.25
#: Of fewer digits nothing can be told: a 6 is a 9.
FEW = 3
#: What the digit model's view of the ink in a found box counts beside the others', which are less sure
#: than this.
WEIGHT = 0.15
UNSURE = 0.95
TINY = 1e-7
#: Guesses of their height that differ by no more than this factor are one.
ALIKE = 1.25


@dataclass(frozen=True)
class Sight:
    """What was found on a page: candidates in lines, and by how many degrees clockwise it was turned."""

    lines: list[list[Candidate]]
    turned: int = 0

    @property
    def candidates(self) -> list[Candidate]:
        return [candidate for line in self.lines for candidate in line]

    @property
    def sure(self) -> bool:
        """Whether there are digits, and all of them sure."""
        return bool(self.lines) and all(sureness(candidate) >= SURE for candidate in self.candidates)

    def without_signs(self) -> Sight:
        """The same, its signs hardly digits any more, or itself; turned pages are not looked at."""
        lines = self.lines if self.turned else without_signs(self.lines)
        return self if lines is self.lines else replace(self, lines=lines)


def by_rules(page: Page, told: Iterable[FloatArray], turned: int = 0) -> Sight:
    """The plain glyphs with what the digit model has `told` of them: shares `[N, 10]`, existence `[N]`.

    If the page was `turned` back, as a Sight has it, their boxes are in the picture as given.
    """
    return _sight(
        [
            Candidate(_turned_box(glyph.box, page, turned // 90), float(one), row, glyph.ink)
            for glyph, row, one in zip(page.plain, *told, strict=True)
        ],
        turned,
    )


def by_finder(models: Models, page: Page) -> Sight:
    """What the finder finds on the page as given or, if it is read much better so, turned."""
    best, quarters = _either_way(models.finder, page, _upright(models.finder, page))
    upright = page.turned(quarters)
    if quarters:
        best = _closer(models.finder, upright, best)
    best = refine(models.refiner, upright.pixels, best)
    return _sight(list(_candidates(models.digits, upright, best, quarters)), 90 * quarters)


def _either_way(finder: Finder, page: Page, found: Found) -> tuple[Found, int]:
    """What was found, or what is found on the page turned by so many quarters, if that is much better.

    Where the page is crowded, the ink that its marks leave says nothing.
    """
    told = _told_of(page, found)
    best, quarters = found, 0
    if (_clear(found) and told >= TOLD) or found.crowded:
        return best, quarters
    height, beaten = found.height or list(page.heights())[-2:][0], found.score * told + BETTER
    for turns in (1, 2, 3):
        turned = page.turned(turns)
        other = _find(finder, turned, height)
        score = other.score * _told_of(turned, other)
        if other.count >= FEW and score > beaten:
            best, quarters, beaten = other, turns, score
    return best, quarters


def _upright(finder: Finder, page: Page) -> Found:
    """The best of what is found at each guess of the height, until one is clear."""
    tried: list[float] = []
    best = NOTHING
    for height in page.heights():
        if not any(height / ALIKE < other < height * ALIKE for other in tried):
            tried.append(height)
            best = max(best, _find(finder, page, height), key=lambda found: found.score)
        if _clear(best):
            return best
    return _closer(finder, page, best)


def _clear(found: Found) -> bool:
    return found.score >= UPRIGHT * max(1.0, float(found.exists.sum()))


def _told_of(page: Page, found: Found) -> float:
    """The share of the ink that is in what is probably a digit."""
    rest = page.ink.pixels.copy()
    for box in found.boxes[found.exists > 0.5]:
        _inside(rest, box)[:] = 0
    return 1 - float(rest.sum()) / max(float(page.ink.pixels.sum()), TINY)


def _closer(finder: Finder, page: Page, found: Found) -> Found:
    return look_closer(finder, page.pixels, page.areas(found.height), found)


def _find(finder: Finder, page: Page, height: float) -> Found:
    return find(finder, page.pixels, page.areas(height), height)


def _sight(candidates: list[Candidate], turned: int = 0) -> Sight:
    places = in_lines([candidate.box for candidate in candidates], turned)
    return Sight([[candidates[place] for place in line] for line in places], turned)


def _candidates(model: Model, page: Page, found: Found, quarters: int) -> Iterator[Candidate]:
    """Candidates of a page that was turned by `quarters`, their boxes in the picture as given."""
    inks = [_inside(page.ink.pixels, box) for box in found.boxes]
    shares = _told(model, inks, found)
    for own, box, exists, row in zip(inks, found.boxes, found.exists, shares, strict=True):
        if box[3] >= page.lowest:
            yield Candidate(_given(box, page, quarters), float(exists), row, own)


def _told(model: Model, inks: Sequence[FloatArray], found: Found) -> FloatArray:
    """The probabilities `[n, 10]`, where they were unsure with the digit model's."""
    shares = found.probabilities.copy()
    unsure = np.flatnonzero(shares.max(1, initial=0) < UNSURE).tolist()
    own, _ = model.classify([inks[place] for place in unsure])
    shares[unsure] = pooled(shares[unsure], own, WEIGHT)
    return shares


def _inside(ink: FloatArray, box: FloatArray) -> FloatArray:
    """The ink in a box given by its middle, width and height; at least one pixel."""
    x, y, width, height = (float(value) for value in box)
    top, left = max(0, round(y - height / 2)), max(0, round(x - width / 2))
    bottom, right = max(top + 1, round(y + height / 2)), max(left + 1, round(x + width / 2))
    return ink[min(top, len(ink) - 1) : bottom, min(left, ink.shape[1] - 1) : right]


def _turned_box(box: Box, page: Page, quarters: int) -> Box:
    """The Box of a glyph on a page that was turned by `quarters` in the picture as given."""
    if not quarters:
        return box
    ink = page.ink
    middle = box.x + box.width / 2 - ink.left, box.y + box.height / 2 - ink.top
    box_in_page = np.array((*middle, box.width, box.height), np.float32) / np.float32(ink.scale)
    return _given(box_in_page, page, quarters)


def _given(box: FloatArray, page: Page, quarters: int) -> Box:
    """A box on a page that was turned by `quarters` in the coordinates of the picture as given."""
    x, y, width, height = (float(value) for value in box)
    high, wide = page.pixels.shape
    for _ in range(quarters):
        x, y, width, height, high, wide = high - y, x, height, width, wide, high
    ink = page.ink
    left, top = ink.left + (x - width / 2) * ink.scale, ink.top + (y - height / 2) * ink.scale
    return Box(round(left), round(top), max(1, round(width * ink.scale)), max(1, round(height * ink.scale)))
