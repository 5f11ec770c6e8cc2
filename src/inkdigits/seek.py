"""Page -> Candidates: by the rules where they are sure of all ink, else by the finder.

The rules alone, the finder alone and both together were compared; see `docs/log.md`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from inkdigits.decline import sureness
from inkdigits.find import NOTHING, Area, Found, find, look_closer
from inkdigits.lines import in_lines
from inkdigits.model import Finder, Model, Models
from inkdigits.refine import refine
from inkdigits.segment import part_heights, segment
from inkdigits.types import Box, Candidate, FloatArray, Glyph, Ink

#: The rules are believed where each of their digits is at least this sure.
SURE = 0.9
#: Share of the ink that they must account for.
COVERED = 0.85
#: Where the finder's digits are less sure than this on the whole, the page may be turned; it is if
#: they are so many times surer together on the page turned back.
UPRIGHT = 0.85
BETTER = 1.25
#: Of fewer digits nothing can be told: a 6 is a 9.
FEW = 3
#: What the digit model's view of the ink in a found box counts beside the finder's.
WEIGHT = 0.3
#: Where no ink tells how high a digit is, it is taken to fill this share of the shorter side.
FILLS = 0.6
#: Room around the ink in which the finder looks, in heights of a digit.
MARGIN = 0.6
#: On smaller pages (pixels) a digit may go from edge to edge.
SMALL = 64
#: Digits are at least so high: in pixels, and as a share of the longest side.
LOWEST = 5
LEAST = 0.01
#: Guesses of their height that differ by no more than this factor are one.
ALIKE = 1.25


@dataclass(frozen=True)
class Page:
    """What is read: the picture's grey `pixels` `[H, W]`, 0 = black … 1 = white, its Ink on the same
    grid, and the `glyphs` that the rules make of it. `empty` says why if there seems to be no ink; it is
    `bare` if there is nothing to see at all."""

    pixels: FloatArray
    ink: Ink
    glyphs: list[Glyph]
    empty: str | None = None
    bare: bool = False

    @classmethod
    def of(cls, pixels: FloatArray, ink: Ink, empty: str | None = None, *, bare: bool = False) -> Page:
        """The page with its glyphs, but for those too low to be digits, and lines from edge to edge."""
        page = cls(pixels, ink, segment(ink), empty, bare)
        height, width = (side * ink.scale - 1 for side in pixels.shape)
        least, small = page.lowest * ink.scale, min(pixels.shape) < SMALL
        likely = [
            glyph
            for glyph in page.glyphs
            if glyph.box.height >= least
            and (small or (glyph.box.height < height and glyph.box.width < width))
        ]
        return replace(page, glyphs=likely)

    @property
    def size(self) -> tuple[int, int]:
        """Height and width in the picture's pixels."""
        height, width = self.pixels.shape
        return round(height * self.ink.scale), round(width * self.ink.scale)

    @property
    def covered(self) -> bool:
        """Whether the glyphs hold nearly all of the ink."""
        return sum(float(glyph.ink.sum()) for glyph in self.glyphs) >= COVERED * float(self.ink.pixels.sum())

    @property
    def lowest(self) -> int:
        """How high (pixels of the page) a digit is at least; what is lower is grain."""
        return max(LOWEST, int(LEAST * max(self.pixels.shape)))

    @cached_property
    def heights(self) -> list[float]:
        """How high a digit may be, in pixels of the page: as the glyphs are, as all ink is, or as one line
        that fills the page."""
        glyphs = np.array([glyph.box.height / self.ink.scale for glyph in self.glyphs])
        guesses = [
            float(np.median(some)) for some in (glyphs, part_heights(self.ink, self.lowest)) if len(some)
        ]
        return [*guesses, FILLS * min(self.pixels.shape)]

    def areas(self, height: float) -> list[Area]:
        """Bands of the page that hold ink, with room around it; all of it if there is none."""
        margin = max(2, round(MARGIN * height))
        inked = self.ink.pixels > 0
        areas = []
        for rows in _runs(np.any(inked, 1), margin):
            columns = _runs(np.any(inked[rows], 0), margin)
            areas.append((rows, slice(columns[0].start, columns[-1].stop)))
        return areas or [np.s_[0:, 0:]]

    def dark_on_light(self) -> Page:
        """The page with its pen darker than its paper, which the finder saw most of."""
        inked = self.ink.pixels > 0
        if not inked.any() or self.pixels[inked].mean() <= self.pixels.mean():
            return self
        return replace(self, pixels=1 - self.pixels)

    def turned(self, quarters: int) -> Page:
        """The page turned anticlockwise, its corner left where it was; without glyphs."""
        if not quarters:
            return self
        ink = replace(self.ink, pixels=np.rot90(self.ink.pixels, quarters))
        return Page(np.rot90(self.pixels, quarters), ink, [], self.empty)


def _runs(inked: Any, margin: int) -> list[slice]:
    """Where ink is, `margin` added at both ends; runs that meet are one."""
    places = np.flatnonzero(inked)
    if not len(places):
        return []
    breaks = np.flatnonzero(np.diff(places) > 2 * margin)
    starts, ends = places[np.r_[0, breaks + 1]], places[np.r_[breaks, len(places) - 1]] + 1
    return [
        slice(max(0, int(start) - margin), min(len(inked), int(end) + margin))
        for start, end in zip(starts, ends, strict=True)
    ]


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


def by_rules(glyphs: Sequence[Glyph], shares: FloatArray, exists: FloatArray) -> Sight:
    """The glyphs with what the digit model says of them: `shares` `[N, 10]`, `exists` `[N]`."""
    return _sight(
        [
            Candidate(glyph.box, float(one), row, glyph.ink)
            for glyph, row, one in zip(glyphs, shares, exists, strict=True)
        ]
    )


def by_finder(models: Models, page: Page) -> Sight:
    """What the finder finds on the page as given or, if it is read much better so, turned."""
    best, quarters = _upright(models.finder, page), 0
    if not _clear(best):
        height = best.height or page.heights[-2:][0]
        for turns in (1, 2, 3):
            found = _find(models.finder, page.turned(turns), height)
            if found.count >= FEW and found.score > (best.score if quarters else BETTER * best.score):
                best, quarters = found, turns
    upright = page.turned(quarters)
    if quarters:
        best = _closer(models.finder, upright, best)
    best = refine(models.refiner, upright.pixels, best)
    return _sight(list(_candidates(models.digits, upright, best, quarters)), 90 * quarters)


def _upright(finder: Finder, page: Page) -> Found:
    """The best of what is found at each guess of the height, until one is clear."""
    tried: list[float] = []
    best = NOTHING
    for height in page.heights:
        if not any(height / ALIKE < other < height * ALIKE for other in tried):
            tried.append(height)
            best = max(best, _find(finder, page, height), key=lambda found: found.score)
        if _clear(best):
            return best
    return _closer(finder, page, best)


def _clear(found: Found) -> bool:
    return found.score >= UPRIGHT * max(1, found.count)


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
    shares = found.probabilities ** (1 - WEIGHT) * model.classify(inks)[0] ** WEIGHT
    for own, box, exists, row in zip(inks, found.boxes, found.exists, shares, strict=True):
        if box[3] < page.lowest:
            continue
        yield Candidate(_given(box, page, quarters), float(exists), row / row.sum(), own)


def _inside(ink: FloatArray, box: FloatArray) -> FloatArray:
    """The ink in a box given by its middle, width and height; at least one pixel."""
    x, y, width, height = (float(value) for value in box)
    top, left = max(0, round(y - height / 2)), max(0, round(x - width / 2))
    bottom, right = max(top + 1, round(y + height / 2)), max(left + 1, round(x + width / 2))
    return ink[min(top, len(ink) - 1) : bottom, min(left, ink.shape[1] - 1) : right]


def _given(box: FloatArray, page: Page, quarters: int) -> Box:
    """A box on a page that was turned by `quarters` in the coordinates of the picture as given."""
    x, y, width, height = (float(value) for value in box)
    high, wide = page.pixels.shape
    for _ in range(quarters):
        x, y, width, height, high, wide = high - y, x, height, width, wide, high
    ink = page.ink
    left, top = ink.left + (x - width / 2) * ink.scale, ink.top + (y - height / 2) * ink.scale
    return Box(round(left), round(top), max(1, round(width * ink.scale)), max(1, round(height * ink.scale)))
