"""The accuracies that a new model's card names."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from inkdigits.evaluation.evaluate import evaluate
from inkdigits.evaluation.labelled import Sample
from inkdigits.evaluation.sets import load_set
from inkdigits.reader import Reader
from inkdigits.training.progress import track
from inkdigits.training.run import Run


def load_tests(run: Run, folder: Path | None = None) -> dict[str, list[Sample]]:
    """The test set of each dataset that the run learns from. Raises DataError."""
    return {name: load_set(name, folder)[: run.data.limit or None] for name in run.data.datasets}


def score(model: Path, tests: dict[str, list[Sample]], console: Console) -> dict[str, float]:
    """The model's accuracy, 0 to 1, on each test set."""
    reader, scores = Reader(model), {}
    for name, samples in tests.items():
        with track(console, f"{name} test", len(samples)) as advance:
            scores[name] = evaluate(reader, name, samples, advance).accuracy
    return scores
