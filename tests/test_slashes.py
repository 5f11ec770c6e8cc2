"""The slashes of a date told from ones, and nothing else taken for them."""

from __future__ import annotations

import numpy as np
import pytest

from inkdigits import Reader
from inkdigits.slashes import STILL, without_slashes
from inkdigits.types import Box, Candidate, FloatArray

#: A 1 drawn as a stroke that leans and reaches below the line is written `/`.
BAR = np.fliplr(np.eye(44, 24)[:24]).astype(np.float32)


def candidate(letter: str, x: int, *, high: int = 44, ink: FloatArray = BAR) -> Candidate:
    slash = letter == "/"
    box = Box(x, 8, 24, high) if slash else Box(x, 10, 24, 40)
    shares = np.full(10, 0.01, np.float32)
    shares[1 if slash else int(letter)] = 0.91
    return Candidate(box, 0.9, shares, ink if slash else np.ones((40, 24), np.float32))


def line(text: str, **bar: int | FloatArray) -> list[Candidate]:
    return [candidate(letter, 30 * place, **bar) for place, letter in enumerate(text)]  # type: ignore[arg-type]


def left_of(candidates: list[Candidate]) -> int:
    return sum(one.exists > 0.5 for one in without_slashes(candidates))


@pytest.mark.parametrize("date", ["12/05/2026", "1/2/26", "2026/7/31", "31/1/26"])
def test_the_slashes_of_a_date_are_hardly_digits(date: str) -> None:
    told = without_slashes(line(date))
    assert [one.exists for one in told] == [STILL if letter == "/" else 0.9 for letter in date]


@pytest.mark.parametrize("text", ["/205/2026", "12/05/", "123/05/2026", "12/05/20/6", "12/052026", "//", ""])
def test_leaning_ones_elsewhere_stay(text: str) -> None:
    assert left_of(line(text)) == len(text)


def test_what_is_lower_or_upright_stays() -> None:
    upright = np.zeros((44, 24), np.float32)
    upright[:, 10:14] = 1
    assert left_of(line("12/05/2026", high=40)) == 10
    assert left_of(line("12/05/2026", ink=upright)) == 10
    assert left_of(line("12/05/2026", ink=np.zeros((44, 24), np.float32))) == 10


def test_what_is_hardly_a_digit_does_not_count() -> None:
    date = line("12/05/2026")
    dot = Candidate(Box(70, 48, 3, 3), 0.1, date[0].probabilities, np.ones((3, 3), np.float32))
    assert left_of([*date[:2], dot, *date[2:]]) == 8


def test_a_drawn_date_is_read(reader: Reader) -> None:
    seven = [[[0, 5], [55, 0], [25, 100]]]
    four = [[[40, 0], [0, 65], [60, 65]], [[45, 40], [45, 100]]]
    slash = [[[35, -10], [0, 118]]]
    strokes, x = [], 0
    for letter in (seven, four, slash, four, seven, slash, seven, seven):
        strokes += [[[x + across, down] for across, down in stroke] for stroke in letter]
        x += 95
    assert reader.read(strokes, risk=1).text.replace(" ", "") == "744777"
