"""Whether to answer at all: thresholds for a risk, and the reason why not."""

from __future__ import annotations

import math
from collections.abc import Sequence
from numbers import Real
from typing import Any

from inkdigits.errors import BadOption
from inkdigits.types import Box, Candidate

#: Why there is no answer.
BLANK, TOO_FAINT, CUT_OFF, NOT_A_DIGIT, AMBIGUOUS = REASONS = (
    "blank",
    "too_faint",
    "cut_off",
    "not_a_digit",
    "ambiguous",
)
#: The risk at which every guess is an answer.
NEVER_DECLINE = 1.0


def threshold(card: dict[str, Any], risk: float | None) -> float:
    """The confidence that each digit needs for digits to be wrong no more often than `risk`.

    `card` is the digit model's; its own risk holds where `risk` is None.
    Raises BadOption for what is no number from 0 to 1.
    """
    borne: float = card["risk"] if risk is None else risk
    if isinstance(borne, bool) or not isinstance(borne, Real) or not 0 <= borne <= 1:
        raise BadOption(f"risk cannot be {borne!r}", "Give a number from 0 to 1.")
    if borne == NEVER_DECLINE:
        return 0.0
    kept: list[float] = [least for known, least in card["risks"] if known <= borne]
    return kept[-1] if kept else math.inf


def reason_of(
    chosen: Sequence[Candidate],
    seen: Sequence[Candidate],
    confidence: float,
    least: float,
    size: tuple[int, int] | None,
) -> str | None:
    """Why the text of the `chosen` among the candidates `seen` is not told; None if it is.

    It is not if one of its digits is less sure than `least`, or if its `confidence` is less than that of
    as many digits which are just that sure. `size` is the picture's height and width, None for a drawing:
    its edges are where its own strokes end.
    """
    weakest = min(chosen, key=sureness, default=None)
    if weakest and sureness(weakest) >= least:
        return None if confidence >= least ** len(chosen) else AMBIGUOUS
    if weakest and size and _at_edge(weakest.box, size):
        return CUT_OFF
    return AMBIGUOUS if any(candidate.exists > 0.5 for candidate in seen) else NOT_A_DIGIT


def sureness(candidate: Candidate) -> float:
    """The probability that it is a digit, and the likeliest one."""
    return candidate.exists * float(candidate.probabilities.max())


def _at_edge(box: Box, size: tuple[int, int]) -> bool:
    height, width = size
    return box.x <= 0 or box.y <= 0 or box.x + box.width >= width or box.y + box.height >= height
