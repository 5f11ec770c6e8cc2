"""Slashes and brackets told from ones, ticks too, a $ from a 5, and nothing else taken for them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from inkdigits import Reader
from inkdigits.signs import EITHER, STILL, without_signs
from inkdigits.types import Box, Candidate, FloatArray

#: A 1 drawn as a stroke that leans and reaches below the line is written `/`.
BAR = np.fliplr(np.eye(44, 24)[:24]).astype(np.float32)
UPRIGHT = np.zeros((44, 24), np.float32)
#: Any digit is written as a frame.
FRAME = np.pad(np.zeros((32, 16), np.float32), 4, constant_values=1)
UPRIGHT[:, 10:14] = 1


def candidate(letter: str, x: int, *, high: int = 46, ink: FloatArray = BAR) -> Candidate:
    slash = letter == "/"
    box = Box(x, 7, 24, high) if slash else Box(x, 10, 24, 40)
    shares = np.full(10, 0.01, np.float32)
    shares[1 if slash else int(letter)] = 0.91
    return Candidate(box, 0.9, shares, ink if slash else FRAME)


def line(text: str, **bar: int | FloatArray) -> list[Candidate]:
    return [candidate(letter, 30 * place, **bar) for place, letter in enumerate(text)]  # type: ignore[arg-type]


def left_of(*lines: list[Candidate]) -> int:
    return sum(one.exists > 0.5 for line in without_signs(list(lines)) for one in line)


@pytest.mark.parametrize("date", ["12/05/2026", "1/2/26", "2026/7/31", "31/1/26"])
def test_the_slashes_of_a_date_are_hardly_digits(date: str) -> None:
    [told] = without_signs([line(date)])
    assert [one.exists for one in told] == [STILL if letter == "/" else 0.9 for letter in date]


@pytest.mark.parametrize("text", ["3/4", "12/052026"])
def test_a_single_slash_is_hardly_a_digit(text: str) -> None:
    assert left_of(line(text)) == len(text) - 1
    assert left_of(line(text), line("5/6")) == len(text) + 1


@pytest.mark.parametrize("text", ["/205/2026", "12/05/", "123/05/2026", "12/05/20/6", "/34", "34/", "//", ""])
def test_leaning_ones_elsewhere_stay(text: str) -> None:
    assert left_of(line(text)) == len(text)


@pytest.mark.parametrize("text", ["12/05/2026", "3/4"])
def test_what_is_lower_or_upright_or_no_bar_stays(text: str) -> None:
    wide = np.ones((44, 24), np.float32)
    assert left_of(line(text, high=40)) == len(text)
    assert left_of(line(text, ink=UPRIGHT)) == len(text)
    assert left_of(line(text, ink=np.fliplr(BAR))) == len(text)
    assert left_of(line(text, ink=wide)) == len(text)
    assert left_of(line(text, ink=0 * wide)) == len(text)


def test_a_single_bar_stays_where_the_same_hand_writes_ones_as_bars() -> None:
    one = candidate("1", 0, ink=UPRIGHT)
    bar = replace(one, ink=UPRIGHT, box=replace(one.box, height=42))
    assert left_of(line("3/4"), [bar, *line("22")[1:]]) == 5
    assert left_of(line("12/05/2026"), [bar, *line("22")[1:]]) == 10


def test_a_stroke_that_only_hangs_or_only_rises_stays() -> None:
    for top, high in ((7, 43), (10, 43)):
        [three, bar, four] = line("3/4")
        moved = replace(bar, box=Box(30, top, 24, high))
        assert left_of([three, moved, four]) == 3


def test_a_single_stroke_that_hardly_rises_and_hangs_stays() -> None:
    """As many a 1 within a number does; in a date they are slashes."""
    for text, digits in (("3/4", 3), ("12/05/2026", 8)):
        told = [replace(one, box=replace(one.box, y=8, height=44)) if one.ink is BAR else one
                for one in line(text)]  # fmt: skip
        assert left_of(told) == digits


def test_strokes_that_end_above_the_line_are_no_slashes_of_a_date() -> None:
    raised = [
        replace(one, box=replace(one.box, y=4, height=42)) if one.ink is BAR else one
        for one in line("12/05/2026")
    ]
    assert left_of(raised) == 10


def test_what_is_hardly_a_digit_does_not_count() -> None:
    date = line("12/05/2026")
    dot = Candidate(Box(70, 48, 3, 3), 0.1, date[0].probabilities, np.ones((3, 3), np.float32))
    assert left_of([*date[:2], dot, *date[2:]]) == 8


@pytest.mark.parametrize(("text", "read"), [("44/47/77", "444777"), ("7/4", "74"), ("47/74", "4774")])
def test_drawn_slashes_are_not_read(text: str, read: str, reader: Reader) -> None:
    drawn = {
        "7": [[[0, 5], [55, 0], [25, 100]]],
        "4": [[[40, 0], [0, 65], [60, 65]], [[45, 40], [45, 100]]],
        "/": [[[35, -10], [0, 118]]],
    }
    places = [(95 * place, drawn[letter]) for place, letter in enumerate(text)]
    strokes = [[[x + right, y] for x, y in stroke] for right, letter in places for stroke in letter]
    assert reader.read(strokes, risk=1).text.replace(" ", "") == read


def test_slashes_count_while_rules_and_finder_are_compared(reader: Reader) -> None:
    """The last two touch: the rules leave them out and have two ones more, so both have four digits."""
    seven, four = [[[0, 5], [55, 0], [25, 100]]], [[[40, 0], [0, 65], [60, 65]], [[45, 40], [45, 100]]]
    parts = (seven, [[[35, -10], [0, 118]]], four, [[[35, -10], [0, 118]]], seven, seven)
    strokes = [
        [[x + 72 * place, y] for x, y in stroke] for place, part in enumerate(parts) for stroke in part
    ]
    assert reader.read(strokes, risk=1).text.replace(" ", "") == "7477"


def bowed(by: float, rough: float = 0.0) -> FloatArray:
    """A bar 46 pixels high whose middle is `by` of that to the left of its ends, every other row `rough`."""
    down = np.linspace(-1, 1, 46)
    middles = 46 * (abs(by) + by * (down**2 - (by > 0))) + 46 * rough * np.resize([1, -1], 46)
    return (np.abs(np.arange(24) - middles[:, None] - 6) <= 2).astype(np.float32)


def bracketed(text: str, *, by: float = 0.2, top: int = 7, foot: int = 53, **other: float) -> list[Candidate]:
    """As `line`, with brackets."""
    bent = {"(": bowed(by, **other), ")": bowed(-by, **other)}
    return [
        replace(candidate("1", 0), box=Box(30 * place, top, 20, foot - top), ink=bent[letter])
        if letter in bent else candidate(letter, 30 * place) for place, letter in enumerate(text)
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["(12)34", "3(45)", "(7)(8)", "(123)4567890"])
@pytest.mark.parametrize("by", [0.1, 0.2, 0.3])
def test_brackets_are_hardly_digits(text: str, by: float) -> None:
    [told] = without_signs([bracketed(text, by=by)])
    assert [one.exists for one in told] == [STILL if letter in "()" else 0.9 for letter in text]


@pytest.mark.parametrize("text", [")12(", "()", "((12", "(((", ")(", ")", "(12", "12(3(4", "1)2)"])
def test_bowed_ones_elsewhere_stay(text: str) -> None:
    assert left_of(bracketed(text)) == len(text)


def test_what_is_straight_or_rough_or_low_stays() -> None:
    assert left_of(bracketed("(12)", by=0.06)) == 4
    assert left_of(bracketed("(12)", rough=0.05)) == 4
    assert left_of(bracketed("(12)", top=20)) == 4
    wide = [replace(one, ink=np.ones((46, 20), np.float32)) for one in bracketed("(12)")]
    assert left_of(wide) == 4
    lying = [replace(one, ink=np.pad(one.ink, ((0, 0), (0, 5)))) for one in bracketed("(12)")]
    assert left_of(lying) == 4
    short = [replace(one, ink=one.ink[::8]) for one in bracketed("(12)")]
    assert left_of(short) == 4


def test_a_bracket_that_is_no_digit_to_the_networks_is_a_partner() -> None:
    first, *others = bracketed("(12)")
    [told] = without_signs([[replace(first, exists=0.01), *others]])
    assert [one.exists for one in told] == [0.01, 0.9, 0.9, STILL]


@pytest.mark.parametrize(
    ("top", "foot", "exists"), [(7, 53, STILL), (9, 51, EITHER), (10, 53, 0.9), (7, 50, 0.9)]
)
def test_a_single_bracket_reaches_above_and_below(top: int, foot: int, exists: float) -> None:
    for text in ("12)", "1)2"):
        [told] = without_signs([bracketed(text, top=top, foot=foot)])
        assert sorted(one.exists for one in told) == [*sorted([exists, 0.9]), 0.9]


@pytest.mark.parametrize("text", ["(12", ")12", "1(2"])
def test_a_single_bracket_that_does_not_close_may_be_a_one(text: str) -> None:
    [told] = without_signs([bracketed(text)])
    assert [one.exists for one in told] == [EITHER if letter in "()" else 0.9 for letter in text]


def test_a_single_bowed_bar_stays_that_is_another_digit_or_hardly_bowed() -> None:
    assert left_of(bracketed("12)", by=0.1)) == 3
    seven = [replace(one, probabilities=np.roll(one.probabilities, 6)) for one in bracketed("12)")]
    assert left_of(seven) == 3


def dollars(text: str, *, stroke: bool = True, leans: int = 0) -> list[Candidate]:
    """As `line`, with a $, drawn as a 5 is, maybe with the `stroke` through it that `leans`."""
    rows, columns = np.mgrid[-4:52, :36]
    own = (rows % 15 < 4) | ((columns < 5) & (rows < 20)) | ((columns > 30) & (rows >= 20))
    own &= (rows >= 0) & (rows < 48)
    bar = np.abs(columns - 17.5 - leans * (0.5 - rows / 47)) <= 2
    sign = replace(candidate("5", 0), ink=(own | (stroke & bar)).astype(np.float32))
    return [sign if letter == "$" else candidate(letter, 30 * place) for place, letter in enumerate(text)]


@pytest.mark.parametrize("text", ["$12", "12$", "$5"])
@pytest.mark.parametrize("leans", [-10, 0, 10])
def test_a_dollar_sign_is_hardly_a_digit(text: str, leans: int) -> None:
    [told] = without_signs([dollars(text, leans=leans)])
    assert [one.exists for one in told] == [STILL if letter == "$" else 0.9 for letter in text]


def ticked(text: str, *, narrow: float = 1.0, upside_down: bool = False) -> list[Candidate]:
    """As `line`, with a tick, maybe a `narrow` one."""
    rows, columns = np.mgrid[:48, :40]
    left, right = narrow * 0.6 * (47 - rows), narrow * 0.5 * (47 - rows)
    ink = (np.abs(columns - 14 - right) <= 2) | ((np.abs(columns - 14 + left) <= 2) & (rows >= 26))
    sign = replace(candidate("1", 0), ink=(ink[::-1] if upside_down else ink).astype(np.float32))
    return [sign if letter == "v" else candidate(letter, 30 * place) for place, letter in enumerate(text)]


@pytest.mark.parametrize("text", ["v12", "12v", "v5"])
def test_a_tick_is_hardly_a_digit(text: str) -> None:
    [told] = without_signs([ticked(text)])
    assert [one.exists for one in told] == [STILL if letter == "v" else 0.9 for letter in text]


def test_a_one_elsewhere_or_with_a_flag_or_another_digit_stays() -> None:
    assert left_of(ticked("v")) == 1
    assert left_of(ticked("1v2")) == 3
    assert left_of(ticked("v12", upside_down=True)) == 3
    assert left_of(ticked("v12", narrow=0.25)) == 3
    four = [replace(one, probabilities=np.roll(one.probabilities, 3)) for one in ticked("v12")]
    assert left_of(four) == 3
    short = [replace(one, ink=one.ink[::8]) for one in ticked("v12")]
    assert left_of(short) == 3


def test_a_five_elsewhere_or_without_the_stroke_or_another_digit_stays() -> None:
    assert left_of(dollars("$")) == 1
    assert left_of(dollars("1$2")) == 3
    assert left_of(dollars("$12", stroke=False)) == 3
    eight = [replace(one, probabilities=np.roll(one.probabilities, 3)) for one in dollars("$12")]
    assert left_of(eight) == 3
    beside = [replace(one, ink=one.ink[:, 13:]) for one in dollars("$12")]
    assert left_of(beside) == 3
    short = [replace(one, ink=one.ink[::8]) for one in dollars("$12")]
    assert left_of(short) == 3


@pytest.mark.parametrize(
    ("text", "read"),
    [("(44)77", "4477"), ("(7)4(7)4", "7474"), ("(747)", "747"), ("$47", "47"), ("47v", "47")],
)
def test_drawn_signs_are_not_read(text: str, read: str, reader: Reader) -> None:
    bow = [[20 * (part / 6 - 1) ** 2, 11 * part - 16] for part in range(13)]
    drawn: dict[str, list[list[list[float]]]] = {
        "7": [[[0, 5], [55, 0], [25, 100]]],
        "4": [[[40, 0], [0, 65], [60, 65]], [[45, 40], [45, 100]]],
        "(": [bow],
        ")": [[[20 - x, y] for x, y in bow]],
        "v": [[[0, 45], [18, 95], [60, 0]]],
        "$": [
            [
                [46, 20],
                [34, 8],
                [16, 12],
                [10, 30],
                [22, 46],
                [42, 60],
                [46, 80],
                [32, 94],
                [12, 90],
                [4, 78],
            ],
            [[27, -6], [25, 108]],
        ],
    }
    places = [(80 * place, drawn[letter]) for place, letter in enumerate(text)]
    strokes = [[[x + right, y] for x, y in stroke] for right, letter in places for stroke in letter]
    reading = reader.read(strokes)
    assert reading.text.replace(" ", "") == read
    assert reading.confidence > 0.5
