"""How hard a composed page is to read: as people mostly write numbers, or as hard as they come."""

from __future__ import annotations

from dataclasses import dataclass

from numpy.random import Generator

from inkdigits.training.writing import Hand


@dataclass(frozen=True)
class Manner:
    """`single`: share of pages with one line. `first`: share of lines that begin at the left edge. `least`
    and `most`: how many digits a line may have. `separators`, `letters`: shares of what stands among the
    digits, of which a line has one. `words`: share of lines with a word before the number, and after it.
    `faults`: share of pages with one of the faults of `spoil`. `smallest`: height of a digit in pixels.
    `gaps`: shares of lines that overlap, are close and are wide. `uneven`: deviations of the heights'
    logarithm."""

    single: float
    first: float
    least: int
    most: int
    separators: tuple[float, ...]
    letters: tuple[float, ...]
    words: float
    faults: float
    smallest: float
    gaps: tuple[float, float, float]
    uneven: tuple[float, ...]

    def hand(self, lowest: float, tallest: float, random: Generator) -> Hand:
        """A random hand, digits `lowest` to `tallest` pixels high."""
        return Hand.any(lowest, tallest, self.gaps, self.uneven, random)


CALM = Manner(
    single=0.8,
    first=0.9,
    least=2,
    most=10,
    separators=(0.0, 0.0, 0.1, 0.25),
    letters=(0.0,),
    words=0.08,
    faults=0.04,
    smallest=19.0,
    gaps=(0.2, 0.55, 0.25),
    uneven=(0.06, 0.12, 0.2),
)
WILD = Manner(
    single=0.6,
    first=0.6,
    least=1,
    most=11,
    separators=(0.0, 0.0, 0.15, 0.35),
    letters=(0.0, 0.0, 0.0, 0.1, 0.3),
    words=0.0,
    faults=0.15,
    smallest=14.0,
    gaps=(0.25, 0.45, 0.3),
    uneven=(0.06, 0.12, 0.3),
)
