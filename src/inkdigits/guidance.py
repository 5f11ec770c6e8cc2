"""Guidance from the caller: of all that may be digits, the most probable choice that obeys it.

Each Candidate is a digit or not, independently of the others. A guide is an automaton that walks
along them. Backwards over its states, maxima give the most probable way (Viterbi), sums that of all
ways (as in hidden Markov models); their quotient is the confidence. Weights are logarithms.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from inkdigits.guide import Guide
from inkdigits.types import Candidate

#: Nothing is surer than this, so that a guide can overrule every candidate.
DOUBT = 1e-9
#: Most cells (candidates times states) of a table; beyond it the least probable candidates are left out.
CELLS = 2**23
#: The column of a candidate's weights that stands for any digit; columns 0 to 9 are that very digit.
ANY = 10

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Choice:
    """The candidates that are taken for digits, in their lines; lines without any are left out.

    Each has `exists` and `probabilities` as they are under the guide. `confidence` (0 to 1) is the
    probability that the whole choice is right if the text has the form that the guide asks for; 0 where
    nothing can obey the guide.
    """

    lines: list[list[Candidate]]
    confidence: float

    @property
    def candidates(self) -> list[Candidate]:
        return [candidate for line in self.lines for candidate in line]


def choose(lines: Sequence[Sequence[Candidate]], guide: Guide) -> Choice:
    """The most probable choice of candidates, and of a class for each, that obeys `guide`."""
    if guide == Guide():
        return _free(lines)
    if (count := sum(map(len, lines))) < guide.least:
        return Choice([], 0.0)
    if count == 1 and guide.pattern is None:
        return _sole(*(candidate for line in lines for candidate in line))
    automaton, anything = _automaton(guide), _automaton(guide.with_any_digits())
    lines = _strongest(lines, CELLS // len(automaton.final))
    trellis = _Trellis(automaton, lines)
    free = trellis if anything is automaton else _Trellis(anything, lines)
    best = trellis.table(trellis.best, np.maximum)
    every = free.table(free.every, np.logaddexp)
    if np.isneginf(best[0, 0]):
        return Choice([], 0.0)
    taken = zip(trellis.path(best), free.exists(every), strict=True)
    chosen = [[_under_guide(candidate, *next(taken)) for candidate in line] for line in lines]
    kept = [[candidate for candidate in line if candidate] for line in chosen]
    return Choice([line for line in kept if line], float(np.exp(best[0, 0] - every[0, 0])))


def _free(lines: Sequence[Sequence[Candidate]]) -> Choice:
    """What `choose` comes to where nothing is known: each candidate by itself, digit or not."""
    confidence, kept = 1.0, []
    for line in lines:
        taken = []
        for candidate in line:
            exists = min(max(candidate.exists, DOUBT), 1 - DOUBT)
            best = exists * float(candidate.probabilities.max())
            if best > 1 - exists:
                taken.append(candidate)
            confidence *= max(best, 1 - exists)
        kept.append(taken)
    return Choice([line for line in kept if line], confidence)


def _sole(candidate: Candidate) -> Choice:
    """What it comes to where there has to be a digit, whichever, and one candidate is all there is."""
    shares = np.maximum(candidate.probabilities.astype(float), DOUBT)
    return Choice([[replace(candidate, exists=1.0)]], float(shares.max() / shares.sum()))


def _under_guide(candidate: Candidate, column: int | None, exists: float) -> Candidate | None:
    if column is None:
        return None
    if column == ANY:
        return replace(candidate, exists=exists)
    known = float(candidate.probabilities[column])
    return replace(candidate, exists=exists * known, probabilities=np.eye(10, dtype=np.float32)[column])


def _strongest(lines: Sequence[Sequence[Candidate]], most: int) -> Sequence[Sequence[Candidate]]:
    ranked = sorted((candidate for line in lines for candidate in line), key=lambda one: -one.exists)
    kept = {id(candidate) for candidate in ranked[:most]}
    return [[candidate for candidate in line if id(candidate) in kept] for line in lines]


#: Lines that are done, digits in this one, digits in all; each as far as the guide counts it.
_State = tuple[int, int, int]
#: The states behind a candidate that is left out, and behind one that is taken.
_Moves = tuple[NDArray[np.intp], NDArray[np.intp]]


class _Rules(NamedTuple):
    """A guide's way from state to state, None where it leads no further; 0 is what it leaves free."""

    rows: tuple[str, ...]
    length: int
    lines: int
    digits: int

    def row(self, line: int) -> str:
        return self.rows[line] if line < len(self.rows) else "d" * self.length

    def after_digit(self, line: int, place: int, total: int) -> _State | None:
        size = len(self.row(line))
        if line == self.lines > 0 or total == self.digits > 0 or place == size > 0:
            return None
        return line, place + 1 if size else 1, total + bool(self.digits)

    def after_line(self, line: int, place: int, total: int) -> _State | None:
        if place and place < len(self.row(line)):
            return None
        return (line + 1 if self.lines else 1, 0, total) if place else (line, place, total)

    def column(self, line: int, place: int, _total: int) -> int:
        wanted = self.row(line)[place : place + 1]
        return int(wanted) if wanted.isdigit() else ANY

    def is_end(self, line: int, _place: int, total: int) -> bool:
        return line >= (self.lines or bool(self.length)) and total == self.digits


class _Automaton(NamedTuple):
    """Rules as arrays over the states, of which the first begins and the last leads nowhere."""

    within_line: _Moves
    at_its_end: _Moves
    column: NDArray[np.intp]
    final: Floats


#: The largest automatons take a megabyte.
@lru_cache(4)
def _automaton(guide: Guide) -> _Automaton:
    rows = guide.rows
    rules = _Rules(rows, guide.length or 0, len(rows) or guide.lines or 0, 0 if rows else guide.count or 0)
    states: list[_State] = [(0, 0, 0)]
    numbers: dict[_State | None, int] = {states[0]: 0}
    for state in states:
        for following in (rules.after_digit(*state), rules.after_line(*state)):
            if following and following not in numbers:
                numbers[following] = len(states)
                states.append(following)
    nowhere = numbers[None] = len(states)
    digit = np.array([*(numbers[rules.after_digit(*state)] for state in states), nowhere])
    line = np.array([*(numbers[rules.after_line(*state)] for state in states), nowhere])
    column = np.array([*(rules.column(*state) for state in states), ANY])
    final = np.array([*(0.0 if rules.is_end(*state) else -np.inf for state in states), -np.inf])
    return _Automaton((np.arange(len(line)), digit), (line, line[digit]), column, final)


class _Trellis:
    """The automaton along n candidates. Tables are `[n + 1, states]`, a row before each candidate."""

    def __init__(self, automaton: _Automaton, lines: Sequence[Sequence[Candidate]]) -> None:
        candidates = [candidate for line in lines for candidate in line]
        exists = np.clip(np.array([candidate.exists for candidate in candidates], float), DOUBT, 1 - DOUBT)
        shares = np.array([candidate.probabilities for candidate in candidates], float).reshape(-1, 10)
        shares = np.maximum(shares, DOUBT)
        self.column, self.final = automaton.column, automaton.final
        self.moves: list[_Moves] = []
        for line in filter(None, lines):
            self.moves += [automaton.within_line] * (len(line) - 1) + [automaton.at_its_end]
        self.out = np.log1p(-exists)
        self.best = np.log(exists[:, None] * np.column_stack([shares, shares.max(1)]))
        self.every = np.log(exists[:, None] * np.column_stack([shares, shares.sum(1)]))

    def table(self, weights: Floats, merge: np.ufunc) -> Floats:
        """For each candidate and state all ways from there to the end, merged."""
        table = np.tile(self.final, (len(weights) + 1, 1))
        for place in reversed(range(len(weights))):
            table[place] = merge(*self._ways(place, weights, table))
        return table

    def path(self, best: Floats) -> Iterator[int | None]:
        """For each candidate the column in which it is taken on the best way, or None."""
        state = 0
        for place, (out, digit) in enumerate(self.moves):
            left, taken = self._ways(place, self.best, best)
            yield int(self.column[state]) if taken[state] > left[state] else None
            state = (digit if taken[state] > left[state] else out)[state]

    def exists(self, every: Floats) -> Iterator[float]:
        """For each candidate the probability that it is taken, over all ways."""
        come = np.where(np.arange(len(self.final)), -np.inf, 0)
        for place, (out, digit) in enumerate(self.moves):
            _, taken = self._ways(place, self.every, every)
            yield float(np.exp(np.logaddexp.reduce(come + taken) - every[0, 0]))
            left, took = come + self.out[place], come + self.every[place][self.column]
            come = np.full_like(come, -np.inf)
            np.logaddexp.at(come, out, left)
            np.logaddexp.at(come, digit, took)

    def _ways(self, place: int, weights: Floats, table: Floats) -> tuple[Floats, Floats]:
        """From each state the weight of all ways that leave candidate `place` out, and that take it."""
        (out, digit), after = self.moves[place], table[place + 1]
        return self.out[place] + after[out], weights[place][self.column] + after[digit]
