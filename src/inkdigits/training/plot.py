"""Evaluations as a picture."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from inkdigits.decode import decode
from inkdigits.strokes import render, to_strokes
from inkdigits.training.evaluate import Evaluation, Mistake
from inkdigits.training.files import write_atomically
from inkdigits.types import FloatArray

COLUMNS = 5
ROWS = 2


def plot(evaluations: list[Evaluation], path: Path) -> None:
    """Write a PNG with, for each set, its confusions, accuracy per digit and surest mistakes."""
    figure = Figure(figsize=(14, 4.6 * len(evaluations)), layout="constrained")
    rows = figure.subfigures(len(evaluations), 1, squeeze=False)[:, 0]
    for row, evaluation in zip(rows, evaluations, strict=True):
        row.suptitle(
            f"{evaluation.name}: {evaluation.correct} of {evaluation.count} right ({evaluation.accuracy:.2%})"
        )
        left, middle, right = row.subfigures(1, 3, width_ratios=(1.1, 0.8, 1.4))
        _confusion(left.subplots(), evaluation)
        _per_class(middle.subplots(), evaluation)
        for place, mistake in zip(right.subplots(ROWS, COLUMNS).flat, _filled(evaluation), strict=True):
            _mistake(place, mistake)
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=110)
    write_atomically(path, file.getvalue())


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
    axes.barh(range(10), shares, color="tab:blue")
    axes.set_xlim(max(0.0, min(shares) - 0.02), 1)
    axes.set_yticks(range(10))
    axes.invert_yaxis()
    axes.set_xlabel("accuracy")
    axes.set_ylabel("digit")


def _filled(evaluation: Evaluation) -> list[Mistake | None]:
    """The surest mistakes, as many as there is room for, and None for what is left of the room."""
    room = ROWS * COLUMNS
    shown = list(evaluation.mistakes[:room])
    return [*shown, *([None] * (room - len(shown)))]


def _mistake(axes: Axes, mistake: Mistake | None) -> None:
    axes.set_axis_off()
    if mistake is None:
        return
    axes.imshow(_picture(mistake.sample.source), cmap="gray")
    axes.set_title(f"{mistake.sample.label} read as {mistake.answer}\n{mistake.confidence:.0%}", fontsize=9)


def _picture(source: object) -> FloatArray:
    if isinstance(source, list):
        return 1 - render(to_strokes(source)).pixels
    return decode(source).pixels
