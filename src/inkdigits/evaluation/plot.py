"""An evaluation drawn into a figure."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure

from inkdigits.batch.own import OWN
from inkdigits.decode import decode
from inkdigits.errors import InputError
from inkdigits.evaluation.result import Evaluation, Outcome
from inkdigits.strokes import render, to_strokes
from inkdigits.types import FloatArray

COLUMNS = 5
ROWS = 2


def draw(figure: Figure | SubFigure, result: Evaluation) -> None:
    """Confusions, accuracy per digit, calibration, risk against coverage and the surest mistakes."""
    low, high = result.interval
    figure.suptitle(
        f"{result.name}: {result.correct.part} of {result.count} right, "
        f"{result.accuracy:.2%} (95 % interval {low:.2%} to {high:.2%})"
    )
    left, middle, right = figure.subfigures(1, 3, width_ratios=(1.1, 1.2, 1.4), squeeze=False)[0]
    upper, lower = middle.subfigures(2, 1, squeeze=False)[:, 0]
    if result.confusion.any():
        _confusion(left.subplots(), result)
        _per_class(upper.subplots(), result)
    calibration, declining = lower.subplots(1, 2)
    _reliability(calibration, result)
    _risk(declining, result)
    for place, mistake in zip(right.subplots(ROWS, COLUMNS).flat, _filled(result), strict=True):
        _mistake(place, mistake)


def _confusion(axes: Axes, evaluation: Evaluation) -> None:
    counts = evaluation.confusion
    wrong = counts.astype(float)
    wrong[np.arange(10), np.arange(10)] = np.nan  # only mistakes are coloured
    axes.imshow(wrong, cmap="Oranges", vmin=0, aspect="auto")
    for (label, answer), count in np.ndenumerate(counts):
        if count:
            axes.text(answer, label, str(count), ha="center", va="center", fontsize=8)
    axes.set_xticks(range(11), [*map(str, range(10)), "other"])
    axes.set_yticks(range(10))
    axes.set_xlabel("read as")
    axes.set_ylabel("label")


def _per_class(axes: Axes, evaluation: Evaluation) -> None:
    shares = [share or 0.0 for share in evaluation.per_class]
    axes.bar(range(10), shares, color="tab:blue")
    axes.set_ylim(max(0.0, min(shares) - 0.02), 1)
    axes.set_xticks(range(10))
    axes.set_xlabel("digit")
    axes.set_ylabel("accuracy")


def _reliability(axes: Axes, evaluation: Evaluation) -> None:
    bins = evaluation.reliability
    axes.plot((0, 1), (0, 1), color="grey", linewidth=0.8)
    axes.plot([entry.confidence for entry in bins], [entry.accuracy for entry in bins], marker="o")
    axes.set_xlabel("confidence")
    axes.set_ylabel("accuracy")
    axes.set_title(f"calibration error {evaluation.calibration_error:.2%}", fontsize=9)


def _risk(axes: Axes, evaluation: Evaluation) -> None:
    axes.plot(*evaluation.curve)
    if evaluation.wrong.count:
        axes.plot(evaluation.answered.value, evaluation.wrong.value, marker="o", color="black")
    axes.set_xlabel("share answered")
    axes.set_ylabel("share of these wrong")
    axes.set_ylim(bottom=0)


def _filled(evaluation: Evaluation) -> list[Outcome | None]:
    """The surest mistakes, as many as there is room for, and None for what is left of the room."""
    room = ROWS * COLUMNS
    shown = list(evaluation.mistakes[:room])
    return [*shown, *([None] * (room - len(shown)))]


def _mistake(axes: Axes, mistake: Outcome | None) -> None:
    axes.set_axis_off()
    if mistake is None:
        return
    try:
        axes.imshow(_picture(mistake.sample.source), cmap="gray")
    except InputError as error:
        axes.text(0.5, 0.5, error.code, ha="center", va="center", fontsize=8)
    axes.set_title(f"{mistake.sample.shown} read as {mistake.answer}\n{mistake.confidence:.0%}", fontsize=9)


def _picture(source: object) -> FloatArray:
    if isinstance(source, list):
        return 1 - render(to_strokes(source)).pixels
    return decode(source, OWN).pixels
