"""The whole way of a run: fit, calibrate, export, evaluate; the order stands here alone."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from rich.console import Console
from torch import nn

from inkdigits.training.begin import begun
from inkdigits.training.calibrate import calibrate
from inkdigits.training.checkpoint import FINAL, load_checkpoint, save_checkpoint
from inkdigits.training.corpus import Corpus
from inkdigits.training.export import export
from inkdigits.training.fit import accuracy, fit, logits_of, sizes
from inkdigits.training.progress import track
from inkdigits.training.run import Run
from inkdigits.training.summary import USELESS, figures, useless

MODEL = "digits.onnx"


def make_model(
    run: Run,
    corpus: Corpus,
    score: Callable[[Path], dict[str, float]],
    out: Path,
    console: Console,
    *,
    fresh: bool = False,
) -> Path:
    """Do the run in the folder `out`; the path of the model made.

    The calibration comes from validation data. At the very end `score` measures the model
    on test data, and what it says is noted in the model. Raises RunError if `out` holds another run.
    """
    started = time.perf_counter()
    network = begun(run) if any(run.cascade) else _fit(run, corpus, out, console, fresh=fresh)
    notes = _calibrated(network, corpus)
    model = _save(network, run, notes, out)
    notes |= {"test": score(model)}
    _save(network, run, notes, out)
    minutes = (time.perf_counter() - started) / 60
    console.print(f"{figures(run, notes)}; {minutes:.1f} minutes", markup=False)
    if useless(notes):
        console.print(f"{run.name}: {USELESS}", markup=False)
    return model


def _fit(run: Run, corpus: Corpus, out: Path, console: Console, *, fresh: bool) -> nn.Module:
    steps = len(sizes(corpus.training, run.batch))
    with track(console, f"{run.name}: training", run.epochs * steps) as advance:
        return fit(run, corpus, out, lambda epoch, done: advance(epoch * steps + done), fresh=fresh)


def _calibrated(network: nn.Module, corpus: Corpus) -> dict[str, Any]:
    """The calibration and the accuracies on validation data."""
    labels = {name: source.labels for name, source in corpus.validation.items()}
    logits = {name: logits_of(network, source) for name, source in corpus.validation.items()}
    fitted = calibrate(torch.cat(list(logits.values())), torch.cat(list(labels.values())))
    scores = {name: accuracy(logits[name], labels[name]) for name in labels}
    return {"calibration": fitted.to_dict(), "validation": scores}


def _save(network: nn.Module, run: Run, notes: dict[str, Any], out: Path) -> Path:
    """The checkpoint without what only training needs, and the model made from it."""
    save_checkpoint(out / FINAL, network, None, run, run.epochs, notes)
    export(load_checkpoint(out / FINAL), out / MODEL)
    return out / MODEL
