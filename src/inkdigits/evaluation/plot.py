"""An evaluation drawn into a figure."""

from __future__ import annotations

from contextlib import suppress

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure

from inkdigits.batch.own import OWN
from inkdigits.decode import decode
from inkdigits.errors import InputError
from inkdigits.evaluation.result import Evaluation, Outcome
from inkdigits.evaluation.summary import percent, surely
from inkdigits.strokes import render, to_strokes
from inkdigits.types import FloatArray

COLUMNS = 5
ROWS = 2
#: Signs of a label or an answer that fit above a picture.
SHOWN = 9
#: From this share of the most of one kind of mistake, its square is so dark that its number is white.
DARK = 0.5
#: Area (square points) of the point of no answers, and what is added for all of them.
SMALLEST, MORE = 10, 300


def draw(figure: Figure | SubFigure, result: Evaluation) -> None:
    """Confusions, accuracy per digit, calibration, risk against coverage and the surest mistakes."""
    low, high = result.interval
    codes = ", ".join(sorted({str(one.error) for one in result.unread}))
    figure.suptitle(
        f"{result.name}: {result.correct.part} of {result.count} right, "
        f"{percent(result.accuracy)} (95 % interval {percent(low)} to {percent(high)})"
        + (f"; {len(result.unread)} could not be read: {codes}" if result.unread else "")
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
    dark = DARK * np.nanmax(wrong)
    for (label, answer), count in np.ndenumerate(counts):
        if count:
            color = "white" if wrong[label, answer] > dark else "black"
            axes.text(answer, label, str(count), color=color, ha="center", va="center", fontsize=8)
    axes.set_xticks(range(11), [*map(str, range(10)), "other"])
    axes.set_yticks(range(10))
    axes.set_xlabel("read as")
    axes.set_ylabel("label")


def _per_class(axes: Axes, evaluation: Evaluation) -> None:
    shares = np.array(evaluation.per_class, float)  # nan where the set lacks a digit
    axes.bar(range(10), shares, color="tab:blue")
    least = max(0.0, np.nanmin(shares) - 0.02)
    axes.set_xlim(-0.6, 9.6)
    axes.set_ylim(least, 1)
    for digit in np.flatnonzero(np.isnan(shares)):
        axes.text(int(digit), least, "–", ha="center", va="bottom")
    axes.set_xticks(range(10))
    axes.set_xlabel("digit")
    axes.set_ylabel("accuracy")


def _reliability(axes: Axes, evaluation: Evaluation) -> None:
    bins = evaluation.reliability
    axes.plot((0, 1), (0, 1), color="grey", linewidth=0.8)
    made = sum(entry.count for entry in bins)
    axes.scatter(
        [entry.confidence for entry in bins],
        [entry.accuracy for entry in bins],
        [SMALLEST + MORE * (entry.count / made) ** 0.5 for entry in bins],
        alpha=0.6,
    )
    axes.set_xlabel("confidence")
    axes.set_ylabel("accuracy")
    if evaluation.calibration_error is not None:
        axes.set_title(f"calibration error {percent(evaluation.calibration_error)}", fontsize=9)


def _risk(axes: Axes, evaluation: Evaluation) -> None:
    axes.plot(*evaluation.curve)
    if evaluation.wrong.count:
        axes.plot(evaluation.answered.value, evaluation.wrong.value, marker="o", color="black")
    axes.set_xlabel("share answered")
    axes.set_ylabel("share of these wrong")
    axes.set_xlim(-0.05, 1.05)
    axes.set_ylim(bottom=0)


def _filled(evaluation: Evaluation) -> list[Outcome | None]:
    """The surest mistakes, then what could not be read, as many as there is room for, and None for what is
    left of the room."""
    room = ROWS * COLUMNS
    shown = [*evaluation.mistakes, *evaluation.unread][:room]
    return [*shown, *([None] * (room - len(shown)))]


def _mistake(axes: Axes, mistake: Outcome | None) -> None:
    axes.set_axis_off()
    if mistake is None:
        return
    with suppress(InputError):
        axes.imshow(_picture(mistake.sample.source), cmap="gray")
    answer = f"read as {_short(mistake.answer)}\n{surely(mistake.confidence)}"
    axes.set_title(f"{_short(mistake.sample.shown)}\n{mistake.error or answer}", fontsize=8)


def _short(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"


def _picture(source: object) -> FloatArray:
    if isinstance(source, list):
        return 1 - render(to_strokes(source)).pixels
    return decode(source, OWN).pixels
