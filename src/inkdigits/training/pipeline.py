"""The whole way of a run: corpus, fit, calibrate, export, evaluate; the order stands here alone."""

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
from inkdigits.training.corpus import Corpus, load_corpus
from inkdigits.training.evaluate import evaluate, load_set
from inkdigits.training.export import export
from inkdigits.training.fit import fit, logits_of, validate
from inkdigits.training.progress import track
from inkdigits.training.run import Run

FINAL = "final.safetensors"
MODEL = "digits.onnx"


def make_model(
    run: Run, out: Path, console: Console, *, folder: Path | None = None, fresh: bool = False
) -> Path:
    """Do the run in the folder `out`; the path of the model made.

    The temperature comes from validation data. The test sets are measured at the very end, with
    the model as it will be used, and noted in it. Raises DataError or RunError.
    """
    started = time.perf_counter()
    console.print(f"{run.name}: {run.network}, {run.epochs} epochs, seed {run.seed}, into {out}")
    corpus = load_corpus(run, folder)
    network = _fit(run, corpus, out, console, fresh=fresh)
    notes = _calibrated(network, corpus)
    save_checkpoint(out / FINAL, network, None, run, run.epochs, notes)
    export(load_checkpoint(out / FINAL), out / MODEL)
    notes |= {"test": _tested(out / MODEL, run, console, folder)}
    save_checkpoint(out / FINAL, network, None, run, run.epochs, notes)
    export(load_checkpoint(out / FINAL), out / MODEL)
    console.print(
        f"{run.name}: validation {notes['validation']}, test {notes['test']}, "
        f"{(time.perf_counter() - started) / 60:.1f} minutes"
    )
    return out / MODEL


def _fit(run: Run, corpus: Corpus, out: Path, console: Console, *, fresh: bool) -> nn.Sequential:
    count = sum(len(source.labels) for source in corpus.training)
    steps = -(-count // run.batch)
    with track(console, f"{run.name}: training", run.epochs * steps) as advance:
        return fit(run, corpus, out, lambda epoch, done: advance(epoch * steps + done), fresh=fresh)


def _calibrated(network: nn.Sequential, corpus: Corpus) -> dict[str, Any]:
    """The temperature and the accuracies on validation data."""
    logits = torch.cat([logits_of(network, source) for source in corpus.validation.values()])
    labels = torch.cat([source.labels for source in corpus.validation.values()])
    scores = {name: validate(network, source) for name, source in corpus.validation.items()}
    return {"temperature": fit_temperature(logits, labels), "validation": scores}


def _tested(model: Path, run: Run, console: Console, folder: Path | None) -> dict[str, float]:
    """Accuracy on the test set of each dataset that was learnt from."""
    reader, scores = Reader(model), {}
    for name in ("mnist", "pendigits"):
        if getattr(run.data, name):
            samples = load_set(name, folder)[: run.data.limit or None]
            with track(console, f"{run.name}: {name} test", len(samples)) as advance:
                scores[name] = evaluate(reader, name, samples, advance).accuracy
    return scores
