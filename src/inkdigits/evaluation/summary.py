"""Evaluations as text."""

from __future__ import annotations

import math
from collections.abc import Iterator

from inkdigits.evaluation.measures import Share
from inkdigits.evaluation.result import Evaluation

#: How many mistakes are named, and how many samples that could not be read.
NAMED = 10


def percent(share: float) -> str:
    """A share of 1 as a percentage."""
    return f"{100 * share:.2f} %"


def surely(confidence: float) -> str:
    """A confidence as a whole percentage, rounded down: 100 % is said of no guess that may be wrong."""
    return f"{math.floor(100 * confidence)} %"


def told(share: Share) -> str:
    """A share with its 95 % interval."""
    low, high = share.interval
    return f"{share.part} of {share.count}, {percent(share.value)} ({percent(low)} to {percent(high)})"


def summary(result: Evaluation) -> str:
    """An evaluation as lines: accuracy, what was declined, calibration, each digit, the surest mistakes."""
    right = result.correct
    lines = [f"{result.name}: {right.part} of {right.count} right, {percent(right.value)}"]
    lines += [f"{words:<26}{value}" for words, value in facts(result)]
    if result.groups:
        lines += ["", "right in each group"]
    lines += [f"  {name:<24}{told(share)}" for name, share in result.groups.items()]
    if result.confusion.any():
        lines += ["", *_confusions(result)]
    if result.mistakes:
        lines += ["", "surest mistakes"]
    lines += [
        f"  {wrong.sample.name}: {wrong.sample.shown} read as {wrong.answer} ({surely(wrong.confidence)})"
        for wrong in result.mistakes[:NAMED]
    ]
    return "\n".join(lines)


def facts(result: Evaluation) -> Iterator[tuple[str, str]]:
    """What there is to say of the set as a whole: a name and a value each."""
    low, high = result.interval
    yield "95 % interval", f"{percent(low)} to {percent(high)}"
    if result.unread:
        yield "could not be read", _unread(result)
    shares = {
        "lines right": result.lines,
        "boxes found": result.boxes,
        "answered": result.answered,
        "wrong among the answers": result.wrong,
        "declined, of digits": result.declined_digits,
        "declined, of non-digits": result.declined_others,
    }
    yield from ((words, told(share)) for words, share in shares.items() if share.count)
    if result.calibration_error is not None:
        yield "calibration error", percent(result.calibration_error)
    if result.auroc is not None:
        good = "right guesses from wrong" if result.shows_digits.all() else "digits from non-digits"
        yield "AUROC", f"{result.auroc:.4f}, {good}"
    if result.risks:
        risks = (f"{percent(risk)} of {share:.0%}" for share, risk in result.risks.items())
        yield "wrong among the surest", ", ".join(risks)


def _unread(result: Evaluation) -> str:
    """How many samples could not be read, and why the first ones."""
    names = [f"{one.sample.name} ({one.error})" for one in result.unread]
    more = [f"and {len(names) - NAMED} more"] if len(names) > NAMED else []
    return f"{len(names)}: {', '.join([*names[:NAMED], *more])}"


def _confusions(result: Evaluation) -> list[str]:
    lines = ["label \\ read as" + "".join(f"{column:>6}" for column in [*range(10), "other"]) + "  accuracy"]
    for label, (row, share) in enumerate(zip(result.confusion, result.per_class, strict=True)):
        if share is not None:
            lines.append(f"{label:>15}" + "".join(f"{count or '·':>6}" for count in row) + f"{share:>10.2%}")
    return lines
