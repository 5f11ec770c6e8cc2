"""What a list of answers is worth: accuracy, calibration, and what declining would gain.

Each answer is a confidence (0 to 1) and whether it was right.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: Equal parts of 0 to 1 that confidences are put into.
BINS = 15
#: Quantile of the normal distribution for 95 %.
Z = 1.959964


def interval(right: int, count: int) -> tuple[float, float]:
    """95 % confidence interval of a share (Wilson 1927)."""
    if count == 0:
        return 0.0, 1.0
    share, square = right / count, Z * Z / count
    middle = (share + square / 2) / (1 + square)
    half = math.sqrt(share * (1 - share) * square + square * square / 4) / (1 + square)
    return max(0.0, middle - half), min(1.0, middle + half)


@dataclass(frozen=True)
class Share:
    """So many of a count; `value` is 0 for none of none."""

    part: int
    count: int

    @property
    def value(self) -> float:
        """0 to 1."""
        return self.part / max(self.count, 1)

    @property
    def interval(self) -> tuple[float, float]:
        """What the share may be with 95 % confidence."""
        return interval(self.part, self.count)

    def to_dict(self) -> dict[str, Any]:
        return {"part": self.part, "count": self.count, "share": self.value, "interval": self.interval}


@dataclass(frozen=True)
class Bin:
    """Answers of about the same confidence: how many, their mean confidence, the share right."""

    count: int
    confidence: float
    accuracy: float


def reliability(confidences: NDArray[np.float64], right: NDArray[np.bool_]) -> list[Bin]:
    """The answers in BINS equal steps of confidence; empty steps are left out."""
    places = np.minimum((confidences * BINS).astype(int), BINS - 1)
    chosen = [places == place for place in np.unique(places)]
    return [
        Bin(int(some.sum()), float(confidences[some].mean()), float(right[some].mean())) for some in chosen
    ]


def calibration_error(bins: list[Bin]) -> float:
    """Expected calibration error (Guo et al. 2017): the mean gap of confidence and accuracy."""
    total = sum(entry.count for entry in bins)
    return sum(entry.count * abs(entry.confidence - entry.accuracy) for entry in bins) / max(total, 1)


def risk_coverage(
    confidences: NDArray[np.float64], right: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Coverage `[n]` (share answered, the surest first) and risk `[n]` (share of those wrong)."""
    order = np.argsort(-confidences, kind="stable")
    answered = np.arange(1, len(order) + 1)
    return answered / len(order), np.cumsum(~right[order]) / answered


def auroc(confidences: NDArray[np.float64], good: NDArray[np.bool_]) -> float | None:
    """Probability that a good answer is surer than one that had better been declined; None if
    all are of one kind. Ties count half (Mann and Whitney 1947)."""
    if good.all() or not good.any():
        return None
    _, places, counts = np.unique(confidences, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[places]
    hits, misses = int(good.sum()), int((~good).sum())
    return float((ranks[good].sum() - hits * (hits + 1) / 2) / (hits * misses))
