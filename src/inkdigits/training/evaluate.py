"""How well a Reader reads a set: what it answered to each sample, and what follows from that."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inkdigits.errors import InputError
from inkdigits.reader import Reader
from inkdigits.training.measures import Bin, auroc, calibration_error, interval, reliability, risk_coverage
from inkdigits.training.sets import Sample

#: How many mistakes a report names.
WORST = 20
#: Risks are told for these shares of answers given, the surest first.
COVERAGES = (0.8, 0.9, 0.95, 0.99, 1.0)
DIGITS = "0123456789"


@dataclass(frozen=True)
class Outcome:
    """What was read of a sample, how surely, and why nothing was, if so."""

    sample: Sample
    text: str
    confidence: float
    reason: str | None = None

    @property
    def right(self) -> bool:
        return self.text == self.sample.label

    @property
    def answer(self) -> str:
        """What was read, for a person."""
        return self.text or "nothing"

    def to_dict(self) -> dict[str, Any]:
        return {
            "name": self.sample.name,
            "label": self.sample.label,
            "text": self.text,
            "confidence": self.confidence,
        }


@dataclass(frozen=True)
class Evaluation:
    """One set's result, from its outcomes; samples labelled "" show no digit and are right to decline."""

    name: str
    outcomes: tuple[Outcome, ...]

    @property
    def count(self) -> int:
        return len(self.outcomes)

    @cached_property
    def right(self) -> NDArray[np.bool_]:
        return np.array([outcome.right for outcome in self.outcomes], bool)

    @cached_property
    def confidences(self) -> NDArray[np.float64]:
        return np.array([outcome.confidence for outcome in self.outcomes])

    @property
    def correct(self) -> int:
        return int(self.right.sum())

    @property
    def accuracy(self) -> float:
        """Share of samples read wholly right, 0 to 1."""
        return self.correct / self.count

    @property
    def interval(self) -> tuple[float, float]:
        """What the accuracy may be with 95 % confidence."""
        return interval(self.correct, self.count)

    @cached_property
    def confusion(self) -> NDArray[np.int64]:
        """Of the samples labelled with one digit: label by answer, `[10, 11]`; the last column counts
        answers that are not one digit."""
        counts = np.zeros((10, 11), np.int64)
        for outcome in self.outcomes:
            if len(outcome.sample.label) == 1 and outcome.sample.label in DIGITS:
                answer = DIGITS.find(outcome.text) if len(outcome.text) == 1 else -1
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
        return sorted((one for one in self.outcomes if not one.right), key=lambda one: -one.confidence)

    @cached_property
    def reliability(self) -> list[Bin]:
        """Answers of like confidence, and how many of them are right."""
        return reliability(self.confidences, self.right)

    @property
    def calibration_error(self) -> float:
        """Mean gap between confidence and accuracy, 0 to 1."""
        return calibration_error(self.reliability)

    @property
    def auroc(self) -> float | None:
        """How well the confidence tells digits from what is none, or right answers from wrong ones."""
        shows_digits = np.array([outcome.sample.label != "" for outcome in self.outcomes], bool)
        return auroc(self.confidences, self.right if shows_digits.all() else shows_digits)

    @property
    def risks(self) -> dict[float, float]:
        """The share of wrong answers if only so many were given, the surest first."""
        coverage, risk = risk_coverage(self.confidences, self.right)
        return {share: float(risk[np.searchsorted(coverage, share - 1e-9)]) for share in COVERAGES}

    def to_dict(self) -> dict[str, Any]:
        return {
            "set": self.name,
            "count": self.count,
            "correct": self.correct,
            "accuracy": self.accuracy,
            "interval": self.interval,
            "per_class": self.per_class,
            "confusion": self.confusion.tolist(),
            "calibration_error": self.calibration_error,
            "reliability": [vars(entry) for entry in self.reliability],
            "risk_at_coverage": {str(share): risk for share, risk in self.risks.items()},
            "auroc": self.auroc,
            "mistakes": [outcome.to_dict() for outcome in self.mistakes[:WORST]],
        }


def evaluate(
    reader: Reader, name: str, samples: Sequence[Sample], progress: Callable[[int], None]
) -> Evaluation:
    """Read every sample; `progress` is told how many are done. A sample that cannot be read is wrong."""
    outcomes = []
    for done, sample in enumerate(samples, 1):
        outcomes.append(_outcome(reader, sample))
        progress(done)
    return Evaluation(name, tuple(outcomes))


def _outcome(reader: Reader, sample: Sample) -> Outcome:
    try:
        reading = reader.read(sample.source)
    except InputError as error:
        return Outcome(sample, "", 0.0, error.code)
    return Outcome(sample, reading.text, reading.confidence, reading.reason)
