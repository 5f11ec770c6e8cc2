"""What was chosen -> the Reading's text and Digits."""

from __future__ import annotations

from collections.abc import Sequence

from inkdigits.decline import sureness
from inkdigits.guidance import Choice
from inkdigits.guide import Guide
from inkdigits.lines import wide_gaps
from inkdigits.types import Candidate, Digit


def digit_of(candidate: Candidate, size: tuple[int, int] | None) -> Digit:
    """The answer that a candidate is; its Box ends where the picture of that height and width does."""
    shares = tuple(candidate.probabilities.tolist())
    box = candidate.box.within(*size) if size else candidate.box
    return Digit(int(candidate.probabilities.argmax()), sureness(candidate), shares, box)


def text_of(choice: Choice, turned: int, guide: Guide) -> str:
    """The digits with lines and wide gaps, or as the guide's pattern has them; `turned` as in `in_lines`."""
    if guide.pattern is not None:
        return guide.write("".join(_value(candidate) for candidate in choice.candidates))
    return "\n".join(_line(line, turned) for line in choice.lines)


def _line(line: Sequence[Candidate], turned: int) -> str:
    gaps = wide_gaps([candidate.box for candidate in line], turned)
    return "".join(" " * wide + _value(one) for wide, one in zip(gaps, line, strict=True))


def _value(candidate: Candidate) -> str:
    return str(int(candidate.probabilities.argmax()))
