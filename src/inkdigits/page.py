"""Pixels and Ink -> Page: what is read, where to look on it, and how high its digits may be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inkdigits.decline import BLANK, TOO_FAINT
from inkdigits.find import Area
from inkdigits.ink import contrast, ink_of
from inkdigits.rings import rings
from inkdigits.segment import part_heights, segment
from inkdigits.types import FloatArray, Glyph, Ink, Mask, Raster
from inkdigits.underline import WIDE, underlines
from inkdigits.windows import mean_nearby

#: Share of the ink that the glyphs must hold to be all of it.
COVERED = 0.85
#: Of the ink of a glyph, in the mean, a stray piece has at most so much; a digit that was left out has more.
STRAY = 0.3
#: How uneven paper may be: the deviation of its pixels.
CLEAN = 0.02
#: Where no ink tells how high a digit is, it is taken to fill this share of the shorter side.
FILLS = 0.6
#: Room around the ink in which the finder looks, in heights of a digit.
MARGIN = 0.6
#: On smaller pages (pixels) a digit may go from edge to edge.
SMALL = 64
#: A pattern goes over so much of the picture either way; on smaller pages (pixels) the finder does not know
#: it from a digit.
FILLED, PATTERNED = 0.95, 32
#: Where a line was, the paper is as it is about so far around (pixels).
REACH = 8
#: Digits are at least so high: in pixels, and as a share of the longest side.
LOWEST = 5
LEAST = 0.01


@dataclass(frozen=True)
class Shown:
    """What is kept of a page so that its Reading can be explained: `page` and `ink` `[H, W]`, dark on white,
    0 to 255, a fourth of what the page holds. `scale`, `left` and `top` are those of its Ink."""

    page: NDArray[np.uint8]
    ink: NDArray[np.uint8]
    scale: float = 1.0
    left: float = 0.0
    top: float = 0.0


def shades(pixels: FloatArray) -> NDArray[np.uint8]:
    """0 … 1 as 0 … 255."""
    levels = pixels * np.float32(255)
    levels += np.float32(0.5)
    return np.clip(levels, 0, 255, out=levels).astype(np.uint8)


@dataclass(frozen=True)
class Page:
    """What is read: the picture's grey `pixels` `[H, W]`, 0 = black … 1 = white, its Ink on the same
    grid, and the `glyphs` that the rules make of it. `empty` says why if there seems to be no ink; it is
    `bare` if there is nothing to see at all, and `even` if its paper is of one tone, and nothing was mended.
    `raster` is the picture as given; None where the ink is what a pen drew, not what was found. It may be
    `cut_out` of a picture, as a sheet that this shows."""

    pixels: FloatArray
    ink: Ink
    glyphs: list[Glyph]
    empty: str | None = None
    bare: bool = False
    even: bool = True
    raster: Raster | None = None
    cut_out: bool = False

    @classmethod
    def of(
        cls,
        pixels: FloatArray,
        ink: Ink,
        empty: str | None = None,
        *,
        bare: bool = False,
        even: bool = True,
        raster: Raster | None = None,
    ) -> Page:
        """The page with its glyphs."""
        return cls(pixels, ink, [], empty, bare, even, raster).segmented()

    def segmented(self) -> Page:
        """The page with the glyphs of its ink, but for those too low to be digits, and lines from edge to
        edge."""
        height, width = (side * self.ink.scale - 1 for side in self.pixels.shape)
        least, small = self.lowest * self.ink.scale, min(self.pixels.shape) < SMALL
        likely = [
            glyph
            for glyph in segment(self.ink)
            if glyph.box.height >= least
            and (small or (glyph.box.height < height and glyph.box.width < width))
        ]
        return replace(self, glyphs=likely)

    @property
    def drawn(self) -> bool:
        """Whether its ink is what a pen drew."""
        return self.raster is None

    @property
    def size(self) -> tuple[int, int] | None:
        """Height and width in the picture's pixels; None for a drawing, which ends where its strokes do."""
        if self.drawn:
            return None
        height, width = self.pixels.shape
        return round(height * self.ink.scale), round(width * self.ink.scale)

    @cached_property
    def covered(self) -> bool:
        """Whether the glyphs hold nearly all of the ink, and what is left can be no digit beside them."""
        masses = [float(glyph.ink.sum()) for glyph in self.glyphs]
        whole, told = float(self.ink.pixels.sum()), sum(masses)
        return told >= COVERED * whole and (whole - told) * len(masses) <= STRAY * told

    @cached_property
    def plain(self) -> list[Glyph]:
        """The glyphs that may be read as they are; of more than one on paper with anything else on it,
        the finder knows better."""
        return self.glyphs if self.drawn or len(self.glyphs) == 1 or self._clean else []

    @property
    def _clean(self) -> bool:
        """Whether the paper is nearly of one shade."""
        paper = self.pixels[self.ink.pixels == 0]
        return paper.size > 0 and float(paper.std()) < CLEAN

    @property
    def alone(self) -> bool:
        """Whether nearly all ink is one glyph."""
        return self.covered and len(self.plain) == 1

    @property
    def printed(self) -> bool:
        """Whether what the rules read may be rests of printed ones, what lies beside a sheet, or a pattern
        that fills the picture."""
        rests = self.ink.ruled or self.cut_out
        if self.size is None or min(self.pixels.shape) < PATTERNED:
            return rests
        height, width = (FILLED * side for side in self.size)
        return rests or any(glyph.box.height >= height and glyph.box.width >= width for glyph in self.glyphs)

    @property
    def lowest(self) -> int:
        """How high (pixels of the page) a digit is at least; what is lower is grain."""
        return max(LOWEST, int(LEAST * max(self.pixels.shape)))

    def heights(self) -> Iterator[float]:
        """How high a digit may be, in pixels of the page: as the glyphs are, as all ink is, or as one line
        that fills the page. Mostly the first is right, so the others are sought when asked for."""
        if self.glyphs:
            yield float(np.median([glyph.box.height for glyph in self.glyphs])) / self.ink.scale
        parts = part_heights(self.ink, self.lowest)
        if len(parts):
            yield float(np.median(parts))
        yield FILLS * min(self.pixels.shape)

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

    def without_underlines(self) -> Page | None:
        """The page as if no line were under its digits; None where there is none, or a pen drew it."""
        if self.drawn or (
            self.covered and all(glyph.box.width < WIDE * glyph.box.height for glyph in self.glyphs)
        ):
            return None
        if not (lines := underlines(self.ink.pixels)).any():
            return None
        clear = self._without(lines)
        return replace(clear, ink=replace(clear.ink, ruled=True)).segmented()

    def without_rings(self) -> Page:
        """The page as if nothing were drawn around its digits."""
        around = rings(self.ink.pixels)
        return self._without(around).segmented() if around.any() else self

    def _without(self, lines: Mask) -> Page:
        """The page as if there were paper where these lines are."""
        paper = mean_nearby(self.pixels, (self.ink.pixels == 0).astype(np.float32), REACH)
        ink = replace(self.ink, pixels=np.where(lines, 0, self.ink.pixels))
        return replace(self, pixels=np.where(lines, paper, self.pixels), ink=ink)

    def shown(self, quarters: int) -> Shown:
        """The page as it is, and its ink turned anticlockwise, as it was read."""
        ink = self.ink
        turned = np.rot90(ink.pixels, quarters)
        return Shown(shades(self.pixels), shades(1 - turned), ink.scale, ink.left, ink.top)

    def turned(self, quarters: int) -> Page:
        """The page turned anticlockwise, its corner left where it was; without glyphs unless `segmented`."""
        if not quarters:
            return self
        ink = replace(self.ink, pixels=np.rot90(self.ink.pixels, quarters))
        return replace(self, pixels=np.rot90(self.pixels, quarters), ink=ink, glyphs=[])


def drawn(ink: Ink) -> Page:
    """The page of what a pen drew."""
    bare = not ink.pixels.any()
    return Page.of(1 - ink.pixels, ink, BLANK if bare else None, bare=bare)


def page_of(raster: Raster) -> Page:
    """The page that a picture shows."""
    found = contrast(raster)
    reason = BLANK if found.blank else TOO_FAINT if found.faint else None
    even = found.even and found.page is raster.pixels
    page = Page.of(found.page, ink_of(found), reason, bare=found.bare, even=even, raster=raster)
    return page.without_rings() if any(glyph.nested for glyph in page.glyphs) else page


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
