"""What follows from outcomes: lines, answers, and what was declined."""

from __future__ import annotations

import re

import pytest

from inkdigits.evaluation.labelled import Sample
from inkdigits.evaluation.result import Evaluation, Outcome
from inkdigits.evaluation.summary import summary


def test_lines_are_compared_apart() -> None:
    sample = Sample("a.png", "1234", "a.png", lines=("12", "34"))
    texts = "12\n34", "1 2\n34", "123\n4", "1234", "12\n35"
    result = Evaluation("lines", tuple(Outcome(sample, text, 0.5) for text in texts))
    assert (result.correct.part, result.correct.count) == (4, 5)
    assert (result.lines.part, result.lines.count) == (2, 5)


def test_what_could_not_be_read_is_never_right_and_counts_in_no_confidence() -> None:
    def broken(label: str) -> Outcome:
        return Outcome(Sample("a", label, f"a{label}"), "", 0.0, error="not_an_image")

    read = (
        Outcome(Sample("a", "7", "a"), "7", 0.9),
        Outcome(Sample("a", "", "a"), "1", 0.95),
        Outcome(Sample("a", "", "a"), "", 0.0, "blank"),
    )
    without, result = Evaluation("read", read), Evaluation("mixed", (*read, broken("7"), broken("")))
    assert (result.correct.part, result.correct.count) == (2, 5)
    for name in ("answered", "wrong", "declined_digits", "declined_others", "auroc", "risks", "reliability"):
        assert getattr(result, name) == getattr(without, name), name
    assert [outcome.sample.name for outcome in result.mistakes] == ["a"]
    assert "could not be read         2: a7 (not_an_image), a (not_an_image)\n" in summary(result)


def test_of_many_that_could_not_be_read_the_first_are_named() -> None:
    some = [Outcome(Sample("a", "7", f"{i}.png"), "", 0.0, error="not_an_image") for i in range(13)]
    assert "9.png (not_an_image), and 3 more\n" in summary(Evaluation("bad", tuple(some)))


def test_no_wrong_guess_is_called_quite_sure() -> None:
    result = Evaluation("sure", (Outcome(Sample("a", "7", "a.png"), "1", 0.9996),))
    assert "a.png: 7 read as 1 (99 %)" in summary(result)


def test_where_nothing_is_guessed_no_calibration_is_told() -> None:
    result = Evaluation("blank", (Outcome(Sample("a", "", "a.png"), "", 0.0, "blank"),))
    assert result.calibration_error is None
    assert "calibration" not in summary(result)


def test_declining_is_counted_apart_for_digits_and_for_others() -> None:
    def outcome(label: str, text: str, confidence: float, reason: str | None = None) -> Outcome:
        return Outcome(Sample("a", label, "a"), text, confidence, reason)

    result = Evaluation(
        "mixed",
        (
            outcome("1", "1", 0.9),
            outcome("2", "3", 0.8),
            outcome("4", "4", 0.4, "ambiguous"),
            outcome("", "5", 0.3, "not_a_digit"),
            outcome("", "6", 0.7),
            outcome("", "", 0.0, "blank"),
        ),
    )
    shares = result.answered, result.wrong, result.declined_digits, result.declined_others
    assert [(share.part, share.count) for share in shares] == [(3, 6), (2, 3), (1, 3), (2, 3)]
    assert (result.correct.part, result.correct.count) == (4, 6)
    assert result.auroc == pytest.approx(8 / 9)
    assert sum(entry.count for entry in result.reliability) == 5
    assert [mistake.text for mistake in result.mistakes] == ["3", "6"]
    assert re.search(r"declined, of non-digits +2 of 3, 66\.67 %", summary(result))
