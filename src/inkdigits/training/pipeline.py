"""The whole way of a run: fit, calibrate, export, evaluate; the order stands here alone."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import torch
from rich.console import Console
from torch import nn

from inkdigits.reader import Reader
from inkdigits.training.calibrate import fit_temperature
from inkdigits.training.checkpoint import load_checkpoint, save_checkpoint
from inkdigits.training.corpus import Corpus
from inkdigits.training.evaluate import evaluate
from inkdigits.training.export import export
from inkdigits.training.fit import accuracy, fit, logits_of
from inkdigits.training.progress import track
from inkdigits.training.run import Run
from inkdigits.training.sets import Sample, load_set

FINAL = "final.safetensors"
MODEL = "digits.onnx"


def make_model(
    run: Run,
    corpus: Corpus,
    tests: dict[str, list[Sample]],
    out: Path,
    console: Console,
    *,
    fresh: bool = False,
) -> Path:
    """Do the run in the folder `out`; the path of the model made.

    The temperature comes from validation data. The test sets are measured at the very end, with
    the model as it will be used, and noted in it. Raises RunError if `out` holds another run.
    """
    started = time.perf_counter()
    console.print(f"{run.name}: {run.network}, {run.epochs} epochs, seed {run.seed}, into {out}")
    network = _fit(run, corpus, out, console, fresh=fresh)
    notes = _calibrated(network, corpus)
    model = _save(network, run, notes, out)
    notes |= {"test": _tested(model, run, tests, console)}
    _save(network, run, notes, out)
    minutes = (time.perf_counter() - started) / 60
    console.print(f"{run.name}: {minutes:.1f} minutes; {notes}")
    return model


def load_tests(run: Run, folder: Path | None = None) -> dict[str, list[Sample]]:
    """The test set of each dataset that the run learns from. Raises DataError."""
    return {name: load_set(name, folder)[: run.data.limit or None] for name in run.data.datasets}


def _fit(run: Run, corpus: Corpus, out: Path, console: Console, *, fresh: bool) -> nn.Sequential:
    count = sum(len(source.labels) for source in corpus.training)
    steps = -(-count // run.batch)
    with track(console, f"{run.name}: training", run.epochs * steps) as advance:
        return fit(run, corpus, out, lambda epoch, done: advance(epoch * steps + done), fresh=fresh)


def _calibrated(network: nn.Sequential, corpus: Corpus) -> dict[str, Any]:
    """The temperature and the accuracies on validation data."""
    labels = {name: source.labels for name, source in corpus.validation.items()}
    logits = {name: logits_of(network, source) for name, source in corpus.validation.items()}
    temperature = fit_temperature(torch.cat(list(logits.values())), torch.cat(list(labels.values())))
    scores = {name: accuracy(logits[name], labels[name]) for name in labels}
    return {"temperature": temperature, "validation": scores}


def _save(network: nn.Sequential, run: Run, notes: dict[str, Any], out: Path) -> Path:
    """The checkpoint without what only training needs, and the model made from it."""
    save_checkpoint(out / FINAL, network, None, run, run.epochs, notes)
    export(load_checkpoint(out / FINAL), out / MODEL)
    return out / MODEL


def _tested(model: Path, run: Run, tests: dict[str, list[Sample]], console: Console) -> dict[str, float]:
    """Accuracy on each test set."""
    reader, scores = Reader(model), {}
    for name, samples in tests.items():
        with track(console, f"{run.name}: {name} test", len(samples)) as advance:
            scores[name] = evaluate(reader, name, samples, advance).accuracy
    return scores
