"""Evaluations as text."""

from __future__ import annotations

from inkdigits.training.evaluate import Evaluation

#: How many mistakes are named.
NAMED = 10


def percent(share: float) -> str:
    """A share of 1 as a percentage."""
    return f"{100 * share:.2f} %"


def summary(result: Evaluation) -> str:
    """An evaluation as lines: accuracy, calibration, each digit, the confusions, the surest mistakes."""
    low, high = result.interval
    lines = [
        f"{result.name}: {result.correct} of {result.count} right, {percent(result.accuracy)}",
        f"95 % interval {percent(low)} to {percent(high)}",
        f"calibration error {percent(result.calibration_error)}",
        "wrong if only the surest are answered: "
        + ", ".join(f"{percent(risk)} of {share:.0%}" for share, risk in result.risks.items()),
    ]
    if result.confusion.any():
        lines += ["", *_confusions(result)]
    if result.mistakes:
        lines += ["", "surest mistakes"]
    lines += [
        f"  {wrong.sample.name}: {wrong.sample.shown} read as {wrong.answer} ({wrong.confidence:.0%})"
        for wrong in result.mistakes[:NAMED]
    ]
    return "\n".join(lines)


def _confusions(result: Evaluation) -> list[str]:
    lines = ["label \\ read as" + "".join(f"{column:>6}" for column in [*range(10), "other"]) + "  accuracy"]
    for label, (row, share) in enumerate(zip(result.confusion, result.per_class, strict=True)):
        if share is not None:
            lines.append(f"{label:>15}" + "".join(f"{count or '·':>6}" for count in row) + f"{share:>10.2%}")
    return lines
