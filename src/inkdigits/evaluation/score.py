"""How good a network is by itself: the accuracies that a new model's card names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from inkdigits.decode import decode
from inkdigits.evaluation.labelled import Sample
from inkdigits.evaluation.result import Evaluation, Outcome
from inkdigits.evaluation.sets import load_set
from inkdigits.ink import find_ink
from inkdigits.model import Model
from inkdigits.strokes import render, to_strokes
from inkdigits.training.progress import track
from inkdigits.training.run import Run
from inkdigits.types import Ink


def load_tests(run: Run, folder: Path | None = None) -> dict[str, Sequence[Sample]]:
    """The test set of each dataset that the run learns from. Raises DataError."""
    return {name: load_set(name, folder)[: run.data.limit or None] for name in run.data.datasets}


def score(path: Path, tests: dict[str, Sequence[Sample]], console: Console) -> dict[str, float]:
    """The accuracy, 0 to 1, of the network in a model file on each test set."""
    model, scores = Model(path), {}
    for name, samples in tests.items():
        with track(console, f"{name} test", len(samples)) as advance:
            scores[name] = judged(model, name, samples, advance).accuracy
    return scores


def judged(model: Model, name: str, samples: Sequence[Sample], progress: Callable[[int], None]) -> Evaluation:
    """What the network alone says of samples that show one digit each, and how sure it is: no finder helps
    it, as one does a Reader. `progress` is told how many are done."""
    outcomes = []
    for done, sample in enumerate(samples, 1):
        probabilities, exists = model.classify([_ink(sample.source).pixels])
        sure = float(probabilities.max() * exists[0])
        outcomes.append(Outcome(sample, str(probabilities.argmax()), sure))
        progress(done)
    return Evaluation(name, tuple(outcomes))


def _ink(source: Any) -> Ink:
    return render(to_strokes(source)) if isinstance(source, list) else find_ink(decode(source))
