"""What was read of a set, and what follows from that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inkdigits.boxes import overlap
from inkdigits.evaluation.labelled import Sample, digits_of
from inkdigits.evaluation.measures import (
    Bin,
    Share,
    auroc,
    calibration_error,
    reliability,
    risk_coverage,
)
from inkdigits.types import Box, FloatArray

#: How many mistakes a report names.
WORST = 20
#: Risks are told for these shares of answers given, the surest first.
COVERAGES = (0.8, 0.9, 0.95, 0.99, 1.0)
DIGITS = "0123456789"
#: A box is found if it shares this much with one that was read, as intersection over union.
FOUND = 0.5


@dataclass(frozen=True)
class Outcome:
    """What was read of a sample.

    `text` is the best guess, with lines and gaps; `confidence` the probability that it is right;
    `reason` why it was declined, or None if it was given as the answer; `boxes` those of its digits.
    `error` is the code of why it could not be read at all, if so.
    """

    sample: Sample
    text: str
    confidence: float
    reason: str | None = None
    boxes: tuple[Box, ...] = ()
    error: str | None = None

    @property
    def digits(self) -> str:
        return digits_of(self.text)

    @property
    def guessed(self) -> bool:
        """Whether the best guess has all the digits, and no other."""
        return self.digits == self.sample.label

    @property
    def right(self) -> bool:
        """Whether the guess is right; where no digit is shown, whether it was declined. What could not be
        read is neither."""
        guess = self.guessed if self.sample.label else self.reason is not None
        return guess and not self.error

    @property
    def lined(self) -> bool:
        """Whether each line is right."""
        return tuple(digits_of(line) for line in self.text.split("\n")) == self.sample.lines

    @property
    def found(self) -> int:
        """How many of the sample's boxes were found."""
        shares = overlap(_middles(self.sample.boxes), _middles(self.boxes))
        return int((shares >= FOUND).any(1).sum())

    @property
    def answer(self) -> str:
        """What was read, for a person."""
        return self.digits or "nothing"

    def to_dict(self) -> dict[str, Any]:
        return {
            "name": self.sample.name,
            "label": self.sample.label,
            "text": self.text,
            "confidence": self.confidence,
            "reason": self.reason,
            "error": self.error,
        }


def _middles(boxes: Sequence[Box]) -> FloatArray:
    """The boxes as `overlap` takes them."""
    rows = [(box.x + box.width / 2, box.y + box.height / 2, box.width, box.height) for box in boxes]
    return np.array(rows, np.float32).reshape(-1, 4)


@dataclass(frozen=True)
class Evaluation:
    """One set's result, from its outcomes; samples labelled "" show no digit and are right to decline.

    Those that could not be read are not right, and count in nothing that is said of confidence or declining.
    """

    name: str
    outcomes: tuple[Outcome, ...]

    @property
    def count(self) -> int:
        return len(self.outcomes)

    @cached_property
    def read(self) -> tuple[Outcome, ...]:
        return tuple(outcome for outcome in self.outcomes if not outcome.error)

    @property
    def unread(self) -> list[Outcome]:
        """What could not be read."""
        return [outcome for outcome in self.outcomes if outcome.error]

    @cached_property
    def guessed(self) -> NDArray[np.bool_]:
        return np.array([outcome.guessed for outcome in self.read], bool)

    @cached_property
    def confidences(self) -> NDArray[np.float64]:
        return np.array([outcome.confidence for outcome in self.read])

    @cached_property
    def shows_digits(self) -> NDArray[np.bool_]:
        return np.array([outcome.sample.label != "" for outcome in self.read], bool)

    @cached_property
    def declined(self) -> NDArray[np.bool_]:
        return np.array([outcome.reason is not None for outcome in self.read], bool)

    @cached_property
    def correct(self) -> Share:
        """Samples of which the best guess is wholly right; where no digit is shown, those declined."""
        return Share(sum(outcome.right for outcome in self.outcomes), self.count)

    @property
    def accuracy(self) -> float:
        """The share of samples that are right, 0 to 1."""
        return self.correct.value

    @property
    def interval(self) -> tuple[float, float]:
        """What the accuracy may be with 95 % confidence."""
        return self.correct.interval

    @property
    def groups(self) -> dict[str, Share]:
        """The accuracy of each part of the set."""
        names = sorted({name for outcome in self.outcomes for name in outcome.sample.groups})
        members = {name: [one for one in self.outcomes if name in one.sample.groups] for name in names}
        return {name: Share(sum(one.right for one in some), len(some)) for name, some in members.items()}

    @property
    def answered(self) -> Share:
        """Samples that were not declined."""
        return Share(int((~self.declined).sum()), len(self.read))

    @property
    def wrong(self) -> Share:
        """Wrong ones among the answers given."""
        return Share(int((~self.declined & ~self.guessed).sum()), self.answered.part)

    @property
    def declined_digits(self) -> Share:
        """Samples declined of those that show digits."""
        return Share(int(self.declined[self.shows_digits].sum()), int(self.shows_digits.sum()))

    @property
    def declined_others(self) -> Share:
        """Samples declined of those that show none."""
        return Share(int(self.declined[~self.shows_digits].sum()), int((~self.shows_digits).sum()))

    @property
    def lines(self) -> Share:
        """Of the samples with several lines, those read right line by line."""
        several = [outcome for outcome in self.outcomes if outcome.sample.lines]
        return Share(sum(outcome.lined for outcome in several), len(several))

    @property
    def boxes(self) -> Share:
        """Of the digits whose box is known, those that a box of the reading covers."""
        known = sum(len(outcome.sample.boxes) for outcome in self.outcomes)
        return Share(sum(outcome.found for outcome in self.outcomes), known)

    @cached_property
    def confusion(self) -> NDArray[np.int64]:
        """Of the samples labelled with one digit: label by answer, `[10, 11]`; the last column counts
        what was not read as one digit."""
        counts = np.zeros((10, 11), np.int64)
        for outcome in self.outcomes:
            if len(outcome.sample.label) == 1:
                answer = DIGITS.find(outcome.digits) if len(outcome.digits) == 1 else -1
                counts[int(outcome.sample.label), answer] += 1
        return counts

    @property
    def per_class(self) -> list[float | None]:
        """The accuracy for each digit; None for a digit that the set does not hold alone."""
        totals = self.confusion.sum(1)
        return [float(self.confusion[k, k] / totals[k]) if totals[k] else None for k in range(10)]

    @property
    def mistakes(self) -> list[Outcome]:
        """What was read wrongly, the surest first."""
        return sorted((one for one in self.read if not one.right), key=lambda one: -one.confidence)

    @cached_property
    def reliability(self) -> list[Bin]:
        """Guesses of like confidence, and how many of them are right."""
        made = np.array([outcome.digits != "" for outcome in self.read], bool)
        return reliability(self.confidences[made], self.guessed[made])

    @property
    def calibration_error(self) -> float | None:
        """Mean gap between confidence and accuracy, 0 to 1; None where nothing was guessed."""
        return calibration_error(self.reliability) if self.reliability else None

    @property
    def auroc(self) -> float | None:
        """How well the confidence tells digits from what is none, or right guesses from wrong ones."""
        return auroc(self.confidences, self.guessed if self.shows_digits.all() else self.shows_digits)

    @property
    def curve(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Coverage and risk, if only so many were answered, the surest first."""
        return risk_coverage(self.confidences, self.guessed)

    @property
    def risks(self) -> dict[float, float]:
        """The share of wrong answers if only so many were given, the surest first; empty if none was read."""
        coverage, risk = self.curve
        if not self.read:
            return {}
        return {share: float(risk[np.searchsorted(coverage, share - 1e-9)]) for share in COVERAGES}

    def to_dict(self) -> dict[str, Any]:
        """Everything but the pictures; a share of nothing is None."""
        names = ("answered", "wrong", "declined_digits", "declined_others", "lines", "boxes")
        return {
            "set": self.name,
            "count": self.count,
            "correct": self.correct.part,
            "accuracy": self.accuracy,
            "interval": self.interval,
            **{name: share.to_dict() if (share := getattr(self, name)).count else None for name in names},
            "groups": {name: share.to_dict() for name, share in self.groups.items()},
            "per_class": self.per_class,
            "confusion": self.confusion.tolist(),
            "calibration_error": self.calibration_error,
            "reliability": [vars(entry) for entry in self.reliability],
            "risk_at_coverage": {str(share): risk for share, risk in self.risks.items()},
            "auroc": self.auroc,
            "unread": [outcome.to_dict() for outcome in self.unread],
            "mistakes": [outcome.to_dict() for outcome in self.mistakes[:WORST]],
        }
