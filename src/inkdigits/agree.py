"""The rules' and the finder's word on the same digits: which is believed, or both as one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from inkdigits.boxes import shared
from inkdigits.decline import sureness
from inkdigits.guidance import Choice
from inkdigits.types import Candidate, FloatArray

#: What the finder's view counts beside the digit model's: where all ink is one glyph, and of several.
ALONE, AMONG = 0.2, 0.6
#: A glyph and a mark are of one digit if they share more than this of the smaller box.
SAME = 0.5
TINY = 1e-7
#: The finder is believed rather than the rules if it reads so much more: of 1 for a sure digit.
MORE = 0.3


def as_one(ruled: Candidate, found: Candidate, weight: float = ALONE) -> Candidate:
    """One digit, by the rules' box: as much one as the surer one says, and which by the word of both."""
    exists = max(ruled, found, key=sureness).exists
    return replace(
        ruled, exists=exists, probabilities=pooled(ruled.probabilities, found.probabilities, weight)
    )


def as_several(
    ruled: Sequence[Candidate],
    left: Sequence[Candidate],
    found: Sequence[Candidate],
    lines: Sequence[Sequence[Candidate]],
) -> list[list[Candidate]]:
    """The finder's `lines`, each of several digits as one, if both chose the same places; else none.

    `ruled` and `found` are what the rules and the finder chose, the latter perhaps more in what the rules
    `left` out, as a digit is that touches an underline. What the finder left out stays: the choice may be
    wrong there, and a guide may need it.
    """
    if not 1 < len(ruled) <= len(found):
        return []
    shares = shared(_boxes(ruled), _boxes(found))
    partners = shares.argmax(1).tolist()
    if len(set(partners)) < len(ruled) or shares.max(1).min() <= SAME:
        return []
    more = [one for place, one in enumerate(found) if place not in partners]
    if more and (not left or shared(_boxes(more), _boxes(left)).max(1).min() <= SAME):
        return []
    both = {id(found[place]): as_one(one, found[place], AMONG)
            for one, place in zip(ruled, partners, strict=True)}  # fmt: skip
    return [[both.get(id(candidate), candidate) for candidate in line] for line in lines]


def pooled(some: FloatArray, others: FloatArray, weight: float) -> FloatArray:
    """Probabilities `[..., 10]` by two opinions, the second with this weight: their geometric mean."""
    both = np.exp((1 - weight) * np.log(some + TINY) + weight * np.log(others + TINY))
    shares: FloatArray = both / both.sum(-1, keepdims=True)
    return shares


def believes_rules(rules: Choice, finder: Choice, alone: bool) -> bool:
    """Whether the rules' choice is taken: the finder's reads hardly more, or, where all ink is one glyph
    `alone`, is less probable."""
    if not rules.lines:
        return False
    read, ruled = (readable(map(sureness, choice.candidates)) for choice in (finder, rules))
    more = read > ruled + MORE
    return not more or (alone and rules.confidence > finder.confidence)


def readable(confidences: Iterable[float]) -> float:
    """How many digits are told, each counted -1 to 1 by how sure it is."""
    return sum(2 * confidence - 1 for confidence in confidences)


def _boxes(candidates: Sequence[Candidate]) -> FloatArray:
    """Their boxes `[n, 4]` as middle (x, y), width and height."""
    boxes = [candidate.box for candidate in candidates]
    return np.array(
        [(box.x + box.width / 2, box.y + box.height / 2, box.width, box.height) for box in boxes], np.float32
    )
