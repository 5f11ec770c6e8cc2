"""Guidance: the choice is the most probable that obeys, and its confidence is honest."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from inkdigits import Reader, guidance
from inkdigits.errors import BadGuide
from inkdigits.guidance import Choice, _automaton, choose
from inkdigits.guide import MOST, Guide
from inkdigits.types import Box, Candidate

Page = list[list[Candidate]]


def candidate(exists: float, shares: list[float]) -> Candidate:
    """A candidate for 0, 1, 2 and so on with these shares."""
    probabilities = np.array([*shares, *[0.0] * (10 - len(shares))], np.float32)
    return Candidate(
        Box(0, 0, 1, 1), exists, probabilities / probabilities.sum(), np.ones((1, 1), np.float32)
    )


def sure(text: str, *exists: float) -> list[Candidate]:
    """A line of candidates that are surely these values, if they are digits."""
    return [
        candidate(share, np.eye(10)[int(sign)].tolist()) for sign, share in zip(text, exists, strict=True)
    ]


def values_of(choice: Choice) -> list[str]:
    return ["".join(str(np.argmax(one.probabilities)) for one in line) for line in choice.lines]


# --- against every subset ---

candidates = st.builds(candidate, st.floats(0.01, 0.99), st.lists(st.floats(0.01, 1), min_size=3, max_size=3))
pages = st.lists(st.lists(candidates, max_size=4), max_size=3).filter(lambda page: sum(map(len, page)) <= 7)
small = st.none() | st.integers(1, 4)
numbers = st.fixed_dictionaries({"length": small, "count": small, "lines": small})
patterns = st.lists(st.text("dd012-", min_size=1, max_size=3), min_size=1, max_size=2).map("\n".join)


def signs_of(guide: Guide) -> list[str]:
    return [
        "".join(sign for sign in line if sign in "d0123456789") for line in (guide.pattern or "").split("\n")
    ]


def obeys(sizes: list[int], guide: Guide) -> bool:
    """Whether lines of so many digits, none of them empty, are what the guide asks for."""
    return (
        (guide.pattern is None or sizes == [len(line) for line in signs_of(guide)])
        and (guide.length is None or {*sizes} == {guide.length})
        and guide.count in (None, sum(sizes))
        and guide.lines in (None, len(sizes))
    )


class Way(NamedTuple):
    """A subset that obeys: its probability with the best classes, with any as if the guide named none; who
    is in it, and how probable the class of each of these is that the guide names, else 1."""

    best: float
    every: float
    taken: tuple[bool, ...]
    named: list[float]


def ways(page: Page, guide: Guide) -> Iterator[Way]:
    everyone = [(number, one) for number, line in enumerate(page) for one in line]
    for taken in itertools.product((False, True), repeat=len(everyone)):
        inside = itertools.groupby(number for number, _ in itertools.compress(everyone, taken))
        if obeys([len(list(line)) for _, line in inside], guide):
            signs = iter("".join(signs_of(guide)))
            best, every, named = 1.0, 1.0, list[float]()
            for (_, one), is_in in zip(everyone, taken, strict=True):
                sign = next(signs, "d") if is_in else "d"
                share = float(one.probabilities.max() if sign == "d" else one.probabilities[int(sign)])
                named += [1.0 if sign == "d" else share] if is_in else []
                best *= one.exists * share if is_in else 1 - one.exists
                every *= one.exists * float(one.probabilities.sum()) if is_in else 1 - one.exists
            yield Way(best, every, taken, named)


def assert_best(page: Page, guide: Guide) -> None:
    choice, obedient = choose(page, guide), list(ways(page, guide))
    total = sum(way.every for way in obedient)
    # Below this, the least doubt that is left about every class decides.
    assume(total > 1e-6 or not obedient)
    if not obedient:
        assert choice == Choice([], 0)
        return
    most = max(way.best for way in obedient)
    assert choice.confidence == pytest.approx(most / total, rel=1e-3)
    assert obeys([len(line) for line in choice.lines], guide)
    expected = [
        [
            share * sum(other.every for other in obedient if other.taken[place]) / total
            for place, share in zip(itertools.compress(itertools.count(), way.taken), way.named, strict=True)
        ]
        for way in obedient
        if way.best >= most * (1 - 1e-3)
    ]
    exists = [one.exists for line in choice.lines for one in line]
    assert any(exists == pytest.approx(shares, abs=1e-3) for shares in expected)


@given(pages, numbers)
def test_numbers_against_every_subset(page: Page, asked: dict[str, int | None]) -> None:
    try:
        guide = Guide(**asked)  # type: ignore[arg-type]
    except BadGuide:
        assume(False)
    assert_best(page, guide)


@given(pages, patterns)
def test_patterns_against_every_subset(page: Page, pattern: str) -> None:
    try:
        guide = Guide(pattern=pattern)
    except BadGuide:
        assume(False)
    assert_best(page, guide)


# --- what is chosen ---

PHONE = [sure("123", 0.9, 0.995, 0.8), sure("7", 0.2), sure("4567", 0.99, 0.3, 0.95, 0.6)]


@pytest.mark.parametrize(
    ("guide", "expected"),
    [
        (Guide(), ["123", "467"]),
        (Guide(length=3), ["123", "467"]),
        (Guide(length=4), ["4567"]),
        (Guide(length=1), ["2", "4"]),
        (Guide(count=1), ["2"]),
        (Guide(count=7), ["123", "4567"]),
        (Guide(count=8), ["123", "7", "4567"]),
        (Guide(lines=1), ["123"]),
        (Guide(lines=2), ["123", "467"]),
        (Guide(lines=3), ["123", "7", "467"]),
        (Guide(lines=2, count=2), ["2", "4"]),
        (Guide(length=2, lines=1), ["46"]),
        (Guide(length=2, count=4), ["12", "46"]),
        (Guide(pattern="dd-d"), ["123"]),
        (Guide(pattern="d/d\n7"), ["12", "7"]),
        (Guide(pattern="4d"), ["46"]),
    ],
    ids=str,
)
def test_a_guide_is_obeyed(guide: Guide, expected: list[str]) -> None:
    assert values_of(choose(PHONE, guide)) == expected


@pytest.mark.parametrize(
    "guide", [Guide(length=5), Guide(count=9), Guide(lines=4), Guide(pattern="d-d-d-d-d")]
)
def test_too_few_candidates_give_nothing(guide: Guide) -> None:
    assert choose(PHONE, guide) == Choice([], 0)


@pytest.mark.parametrize("page", [[], [[]], [[], []]])
def test_no_candidates(page: Page) -> None:
    assert choose(page, Guide()) == Choice([], 1)
    assert choose(page, Guide(count=1)) == Choice([], 0)


def test_a_guide_overrules_what_is_certain() -> None:
    """Certain digits and certain non-digits leave no doubt of their own."""
    choice = choose([sure("123", 1, 1, 1)], Guide(length=2))
    assert len(values_of(choice)[0]) == 2
    assert choice.confidence == pytest.approx(1 / 3)
    assert values_of(choose([sure("12", 0, 0)], Guide(count=2))) == ["12"]
    assert values_of(choose([sure("2", 1)], Guide(pattern="5"))) == ["5"]


def test_a_fixed_digit_decides_what_is_read() -> None:
    doubtful = candidate(0.9, [0, 0.4, 0, 0, 0, 0, 0, 0.6])
    assert values_of(choose([[doubtful]], Guide())) == ["7"]
    choice = choose([[doubtful]], Guide(pattern="1"))
    assert (values_of(choice), choice.confidence) == (["1"], pytest.approx(0.4))
    assert choice.candidates[0].exists == pytest.approx(0.4)


def test_ink_contradicts_a_digit_that_the_guide_names(reader: Reader) -> None:
    picture = Path(__file__).parent.parent / "examples" / "2048.jpg"
    free, known, wrong = (reader.read(picture, pattern=pattern) for pattern in ("dddd", "2d48", "1d11"))
    assert (known.text, known.confidence) == ("2048", pytest.approx(free.confidence))
    assert (wrong.text, wrong.reason) == ("", "ambiguous")
    assert wrong.confidence < 0.01


def test_on_a_long_page_nothing_underflows() -> None:
    """Of 3,000 candidates the 300 likeliest are nines."""
    page = [
        [*sure("1" * 90, *weak), *sure("9" * 10, *strong)]
        for weak, strong in zip(
            np.random.default_rng(0).uniform(0, 0.05, (30, 90)).tolist(),
            np.random.default_rng(1).uniform(0.06, 0.1, (30, 10)).tolist(),
            strict=True,
        )
    ]
    choice = choose(page, Guide(count=256, lines=30))
    assert [len(choice.lines), sum(map(len, choice.lines))] == [30, 256]
    assert set("".join(values_of(choice))) == {"9"}
    assert 0 < choice.confidence < 1e-20


def test_of_more_candidates_than_a_table_holds_the_likeliest_count(monkeypatch: pytest.MonkeyPatch) -> None:
    guide, page = Guide(length=2), [sure("123", 0.9, 0.2, 0.8)]
    assert choose(page, guide).confidence < 0.95
    monkeypatch.setattr(guidance, "CELLS", 2 * len(_automaton(guide).final))
    choice = choose(page, guide)
    assert (values_of(choice), choice.confidence) == (["13"], pytest.approx(1))


# --- what can be asked ---


@pytest.mark.parametrize(
    "asked",
    [
        {"length": 0},
        {"count": -1},
        {"lines": MOST["lines"] + 1},
        {"length": 257},
        {"length": True},
        {"count": 1.0},
        {"length": "4"},
        {"length": np.float64(4)},
        {"length": np.True_},
        {"length": np.int64(0)},
        {"pattern": ""},
        {"pattern": "--"},
        {"pattern": "dd\n"},
        {"pattern": "d\x1b[31m"},
        {"pattern": "d\rd"},
        {"pattern": 7},
        {"pattern": "d" * 257},
        {"length": 100, "lines": 3},
        {"length": 3, "count": 4},
        {"length": 5, "count": 4},
        {"length": 2, "lines": 2, "count": 6},
        {"lines": 3, "count": 2},
        {"pattern": "dd-dd", "length": 2},
        {"pattern": "dd-dd", "count": 5},
        {"pattern": "dd-dd", "lines": 2},
        {"pattern": "dd\nd", "length": 2},
    ],
    ids=str,
)
def test_what_cannot_be_asked(asked: dict[str, Any]) -> None:
    with pytest.raises(BadGuide) as caught:
        Guide(**asked)
    assert not caught.value.message.endswith(".")
    assert caught.value.remedy.endswith(".")


@pytest.mark.parametrize("sign", ["\t", "\r", "\x1b", "\u200b", "\u2028"])
def test_a_sign_that_cannot_be_printed_is_named(sign: str) -> None:
    with pytest.raises(BadGuide, match="cannot be printed") as caught:
        Guide(pattern=f"dd{sign}dd")
    assert repr(sign) in caught.value.message
    assert "Write d" not in caught.value.remedy


@pytest.mark.parametrize(
    "asked",
    [
        {"pattern": "dd-dd", "length": 4, "count": 4, "lines": 1},
        {"pattern": "dd\ndd", "length": 2},
        {"length": 2, "lines": 2, "count": 4},
        {"count": 256, "lines": 64},
    ],
    ids=str,
)
def test_what_agrees_can_be_asked(asked: dict[str, Any]) -> None:
    assert Guide(**asked)


def test_numbers_of_numpy_are_as_good_as_others() -> None:
    """Also small ones, of which nothing is below 0."""
    guide = Guide(length=np.uint8(3), count=np.int64(9), lines=np.int32(3))  # type: ignore[arg-type]
    assert repr(guide) == repr(Guide(length=3, count=9, lines=3))
    assert Guide(length=np.uint8(3), count=np.uint8(9)).rows == ("ddd",) * 3  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("pattern", "digits", "text"),
    [
        ("dddd-dd-dd", "20261120", "2026-11-20"),
        ("0d dd", "0712", "07 12"),
        ("d\nd", "12", "1\n2"),
        ("d\r\nd", "12", "1\n2"),
        ("d\u00a0d", "12", "1\u00a02"),
        ("d\u2009d\u202fd", "123", "1\u20092\u202f3"),
        ("Nº d", "3", "Nº 3"),
    ],
)
def test_the_pattern_is_written_with_its_digits(pattern: str, digits: str, text: str) -> None:
    assert Guide(pattern=pattern).write(digits) == text


def test_a_guide_that_asks_for_more_than_there_is_costs_nothing() -> None:
    _automaton.cache_clear()
    page = [sure("12", 0.9, 0.9)]
    for guide in (
        Guide(lines=64, count=256),
        Guide(lines=3),
        Guide(count=3),
        Guide(length=3),
        Guide(pattern="ddd"),
    ):
        assert choose(page, guide) == Choice([], 0.0)
    assert _automaton.cache_info().currsize == 0


def test_few_automatons_are_kept() -> None:
    for count in range(1, 20):
        choose([sure("1" * 20, *[0.9] * 20)], Guide(count=count))
    assert _automaton.cache_info().currsize <= 4
