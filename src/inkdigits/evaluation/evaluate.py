"""Have a Reader read a set."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from inkdigits.errors import InputError
from inkdigits.evaluation.labelled import Sample
from inkdigits.evaluation.result import Evaluation, Outcome
from inkdigits.guide import Guide
from inkdigits.reader import Reader

UNGUIDED = Guide()


def evaluate(
    reader: Reader,
    name: str,
    samples: Sequence[Sample],
    progress: Callable[[int], None],
    *,
    risk: float | None = None,
    guide: Guide = UNGUIDED,
) -> Evaluation:
    """Read every sample at this risk, or the model's own; `progress` is told how many are done.

    What is declined is read once more at any risk, for the best guess.
    """
    outcomes = []
    for done, sample in enumerate(samples, 1):
        outcomes.append(_outcome(reader, sample, risk, guide))
        progress(done)
    return Evaluation(name, tuple(outcomes))


def _outcome(reader: Reader, sample: Sample, risk: float | None, guide: Guide) -> Outcome:
    try:
        answer = reader.read(sample.source, risk=risk, **vars(guide))
        best = reader.read(sample.source, risk=1, **vars(guide)) if answer.reason else answer
    except InputError as error:
        return Outcome(sample, "", 0.0, error=error.code)
    boxes = tuple(digit.box for digit in best.digits)
    return Outcome(sample, best.text, best.confidence, answer.reason, boxes)
