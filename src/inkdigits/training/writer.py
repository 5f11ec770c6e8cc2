"""Numbers written on a composed page: digits in lines, with what stands between, before and after them.

Digits touch or stand apart, slanted and drifting, with separators and letters among them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from inkdigits.training import shapes
from inkdigits.training.joined import link, zeros
from inkdigits.training.manner import Manner
from inkdigits.training.page import NONE, Page
from inkdigits.training.pool import Pool, Style
from inkdigits.training.writing import STROKES, Hand, bare_one, drawn, lengthened
from inkdigits.types import FloatArray

#: How high a digit on a composed page is at most, in pixels.
TALLEST = 46.0
#: Shares of digits that are the one before once more, in the same form (of ones more, as bars side by side
#: may be rules or symbols, too), and of places where a number goes on with zeros in one stroke; as high as
#: these shares of the others.
AGAIN, BARS = 0.12, 0.4
ZEROS = 0.035
LOW = (0.35, 1.0)
#: How often, after a digit, the rest of a number is written smaller, as cents are.
CENTS = 0.03
#: Share of the pairs that a hand joins, of hands that do, if they are no farther apart than this share of
#: their height; how wide a line that joins is, in heights.
JOINED, REACH = 0.6, 0.5
LINE = (0.04, 0.1)
#: What may stand before a number: a bar would be a 1 there.
LEADING = "+-=.:"
#: Share of lines that end with a separator or a stroke, and how many of those strokes go on from the last
#: digit; how long they are, in heights of a digit.
ENDED, GOING_ON, ALONG = 0.3, 0.4, (0.3, 2.5)
#: How many letters a word has, from and below.
LETTERS = (1, 7)


@dataclass
class Writer:
    """Writes digits of a pool onto a page of bare ink."""

    page: Page
    pool: Pool | Style
    manner: Manner
    random: Generator
    zoom: float
    last: tuple[NDArray[np.uint8], int] | None = None
    end: tuple[float, float] | None = None

    def one(self) -> None:
        """A single digit that fills the page, or something that is none."""
        height, width = self.page.pixels.shape
        hand = self.manner.hand(0.4 * height, 0.85 * height, self.random)
        across, down = self.random.normal(0.5, 0.06, 2) * (width, height)
        glyph, label = self._other() if self.random.random() < 0.2 else self.pool.draw(self.random)
        ink = drawn(glyph, hand.height, hand, self.random)
        self._put(ink, label, across - ink.shape[1] / 2, down)

    def lines(self) -> None:
        """One line, or as many as there is room for."""
        height, _ = self.page.pixels.shape
        tallest = min(TALLEST / self.zoom, 0.9 * height)
        lowest = min(self.manner.smallest, tallest / 2)
        if self.random.random() < self.manner.single:
            hand = self.manner.hand(lowest, tallest, self.random)
            self._line(hand, height * self.random.normal(0.5, 0.06))
            return
        hand = self.manner.hand(lowest, 0.6 * tallest, self.random)
        pitch = hand.height * self.random.uniform(1.15, 2.2)
        for middle in np.arange(self.random.uniform(0.2, 1) * pitch, height, pitch):
            self._line(hand, float(middle))

    def _line(self, hand: Hand, middle: float) -> None:
        """Digits from left to right until the page, or the number, ends."""
        random, width, manner = self.random, self.page.pixels.shape[1], self.manner
        first = random.random() < manner.first
        at = hand.height * random.uniform(-0.3, 0.5) if first else width * random.uniform(0, 0.6)
        left = int(random.integers(manner.least, manner.most + 1))
        separators, letters = random.choice(manner.separators), random.choice(manner.letters)
        self.last, self.end, begun = None, None, False
        if random.random() < manner.words:
            at = self._word(hand, at, middle)
        while at < width and left > 0:
            dice, down = random.random(), middle + hand.drift * at + random.normal(0, 0.06) * hand.height
            if dice < separators:
                at += self._separator(hand, at, down, shapes.SEPARATORS if begun else LEADING)
            elif dice > 1 - ZEROS:
                at += self._zeros(hand, at, down)
                begun = True
            else:
                glyph, label = self._other() if dice < separators + letters else self._digit(hand)
                left -= label >= 0
                begun |= label >= 0
                tall = hand.height * float(np.exp(random.normal(0, hand.uneven)))
                glyph, times, lower = lengthened(glyph, label, hand, random)
                down += lower * tall
                ink = drawn(glyph, times * tall, hand, random)
                at += self._put(ink, label, at, down)
                self._join(hand, ink, at, down)
            at += hand.height * (hand.gap + random.normal(0, hand.spread))
            if random.random() < 0.06:
                at += hand.height * random.uniform(0.5, 2)
            if random.random() < CENTS:
                hand, middle = hand.smaller(middle, random)
        if random.random() < ENDED:
            at += self._ended(hand, at, middle + hand.drift * at)
        if random.random() < manner.words:
            self._word(hand, at, middle)

    def _word(self, hand: Hand, at: float, middle: float) -> float:
        """Letters or the like in a row, from there on; where what comes next may begin."""
        random, height = self.random, hand.height
        at += height * random.uniform(0, 0.6)
        for _ in range(random.integers(*LETTERS)):
            ink = drawn(self._other()[0], height * random.uniform(0.5, 1.1), hand, random)
            at += self._put(ink, NONE, at, middle + hand.drift * at) + height * random.uniform(0, 0.2)
        return at + height * random.uniform(0, 0.6)

    def _digit(self, hand: Hand) -> tuple[NDArray[np.uint8], int]:
        """Any digit, or the one before once more."""
        again = AGAIN if self.last and self.last[1] != 1 else BARS
        if self.last is None or self.random.random() > again:
            bare = hand.bare and self.random.random() < STROKES
            self.last = (bare_one(self.random), 1) if bare else self.pool.draw(self.random)
        return self.last

    def _zeros(self, hand: Hand, at: float, middle: float) -> float:
        """Zeros in one stroke, on the line on which the others stand."""
        tall = hand.height * self.random.uniform(*LOW)
        ink, boxes = zeros(tall, hand.slant, self.random)
        x, y = round(at), round(middle + hand.height / 2 - ink.shape[0])
        self.page.draw(ink, x, y)
        for left, top, right, bottom in boxes.tolist():
            self.page.mark((x + left, y + top, x + right, y + bottom), 0)
        self.end = x + ink.shape[1] - 1.0, y + ink.shape[0] / 2
        return float(ink.shape[1])

    def _join(self, hand: Hand, ink: FloatArray, right: float, middle: float) -> None:
        """A line from the right end of the digit before to the left end of this one, if the hand joins."""
        top, left = middle - ink.shape[0] / 2, right - ink.shape[1]
        start, end = ((x, top + float(np.argmax(ink[:, x]))) for x in (0, -1))
        before, self.end = self.end, (right - 1, end[1])
        apart = left - before[0] if before and hand.joined else 0
        if before and 0 < apart < REACH * hand.height and self.random.random() < JOINED:
            self._link(hand, before, (left + 1, start[1]))

    def _link(self, hand: Hand, start: tuple[float, float], end: tuple[float, float]) -> None:
        wide, sag = self.random.uniform(*LINE), self.random.normal(0.05, 0.1)
        link(self.page.pixels, start, end, wide * hand.height, sag * hand.height)

    def _ended(self, hand: Hand, at: float, middle: float) -> float:
        """What ends a number: a separator, or a stroke that goes on from the last digit."""
        if self.end is None or self.random.random() > GOING_ON:
            return self._separator(hand, at, middle, shapes.SEPARATORS)
        far = hand.height * self.random.uniform(*ALONG)
        self._link(hand, self.end, (self.end[0] + far, self.end[1] + self.random.normal(0, 0.1) * far))
        return far

    def _separator(self, hand: Hand, at: float, middle: float, among: str) -> float:
        """A point, dash or the like, or a long stroke such as closes an amount."""
        random = self.random
        tall = hand.height * random.uniform(0.12, 0.5) * (2 if random.random() < 0.2 else 1)
        down = middle + hand.height * random.choice((0.45, 0.4, 0.0, 0.0, -0.3))
        return self._put(drawn(shapes.symbol(random, among), tall, hand, random), NONE, at, down)

    def _other(self) -> tuple[NDArray[np.uint8], int]:
        """Something that is no digit."""
        kinds: tuple[Callable[[Generator], NDArray[np.uint8]], ...]
        kinds = (shapes.letter, shapes.letter, shapes.symbol, shapes.scribble)
        return kinds[self.random.integers(len(kinds))](self.random), NONE

    def _put(self, ink: FloatArray, label: int, left: float, middle: float) -> float:
        """Set ink with its left edge and its middle there; its width."""
        height, width = ink.shape
        x, y = round(left), round(middle - height / 2)
        self.page.draw(ink, x, y)
        if label != NONE:
            self.page.mark((x, y, x + width, y + height), label)
        return float(width)
