"""The whole way of a finder's and a refiner's run: learn, export, calibrate; the order stands here alone."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from rich.console import Console
from torch import nn

from inkdigits.find import look
from inkdigits.model import Finder, Refiner
from inkdigits.training.begin import begun
from inkdigits.training.calibrate import fit_existence, fit_temperature, fit_together
from inkdigits.training.checkpoint import FINAL, Checkpoint, load_checkpoint, save_checkpoint
from inkdigits.training.export_finder import export_finder, export_refiner
from inkdigits.training.fit_finder import FinderLesson, held_pages
from inkdigits.training.fit_refiner import RefinerLesson
from inkdigits.training.judge import WHOLE, judged
from inkdigits.training.lesson import Lesson, learn
from inkdigits.training.networks import NO_DIGIT
from inkdigits.training.page import Page
from inkdigits.training.pool import Pool
from inkdigits.training.progress import track
from inkdigits.training.refiner import unsure_in_use
from inkdigits.training.run import Run
from inkdigits.training.summary import figures

#: Composed pages of each size that a finder, and that a refiner, is calibrated on.
HELD, WEIGHED = 200, 600

Pools = tuple[Pool, Pool]
Notes = dict[str, Any]


def make_finder(run: Run, pools: Pools, out: Path, console: Console, *, fresh: bool = False) -> Path:
    """Do a finder's run in the folder `out`; the path of the model made.

    It is calibrated on pages composed from the second pool. Raises RunError if `out` holds another run.
    """
    network = begun(run)
    _learn(run, network, FinderLesson(run, pools), out, console, fresh=fresh)
    made = out / "finder.onnx"
    _save(run, network, {}, out, made, export_finder)
    notes = calibrated(Finder(made), _held(pools[1], HELD))
    _save(run, network, notes, out, made, export_finder)
    console.print(figures(run, notes), markup=False)
    return made


def make_refiner(run: Run, pools: Pools, out: Path, console: Console, *, fresh: bool = False) -> Path:
    """Do a refiner's run likewise, of marks of which `run.finder` is unsure."""
    finder = Path(run.finder)
    network = begun(run)
    _learn(run, network, RefinerLesson(run, pools, finder), out, console, fresh=fresh)
    made = out / "refiner.onnx"
    _save(run, network, {}, out, made, export_refiner)
    notes = weighed(Finder(finder), Refiner(made), _held(pools[1], WEIGHED))
    _save(run, network, notes, out, made, export_refiner)
    console.print(figures(run, notes), markup=False)
    return made


def _held(pool: Pool, count: int) -> list[Page]:
    return [page for pages in held_pages(pool, count) for page in pages]


def _learn(run: Run, network: nn.Module, lesson: Lesson, out: Path, console: Console, *, fresh: bool) -> None:
    started, steps = time.perf_counter(), lesson.steps
    with track(console, f"{run.name}: training", run.epochs * steps) as advance:
        learn(run, network, lesson, out, lambda epoch, done: advance(epoch * steps + done), fresh=fresh)
    console.print(f"{run.name}: {(time.perf_counter() - started) / 60:.1f} minutes", markup=False)


def _save(
    run: Run,
    network: nn.Module,
    notes: Notes,
    out: Path,
    made: Path,
    export: Callable[[Checkpoint, Path], None],
) -> None:
    """The checkpoint without what only training needs, and the model made from it."""
    save_checkpoint(out / FINAL, network, None, run, run.epochs, notes)
    export(load_checkpoint(out / FINAL), made)


def calibrated(finder: Finder, pages: list[Page]) -> Notes:
    """Slope and offset for the marks' log odds, the temperature of the classes, and what share of the
    digits is found and read rightly; from a finder that was not calibrated yet."""
    looks = [(look(finder, page.pixels, WHOLE, 1.0), page) for page in pages]
    verdicts = [verdict for found, page in looks for verdict in judged(found, page) if verdict]
    told = [(verdict.classes, verdict.label) for verdict in verdicts if verdict.label is not None]
    if not told:
        return {"validation": {"found": 0.0, "right": 0.0}}
    real = torch.tensor([verdict.label is not None for verdict in verdicts])
    slope, offset = fit_existence(torch.tensor([verdict.odds for verdict in verdicts]), real)
    classes = torch.from_numpy(np.stack([classes for classes, _ in told]))
    labels = torch.tensor([label for _, label in told])
    shown = sum(label >= 0 for page in pages for label in page.labels)
    right = int((classes.argmax(1) == labels).sum())
    return {
        "slope": slope,
        "offset": offset,
        "temperature": fit_temperature(classes, labels),
        "validation": {"found": len(told) / shown, "right": right / shown},
    }


def weighed(finder: Finder, refiner: Refiner, pages: list[Page]) -> Notes:
    """What the finder's, the refiner's and the neighbours' word count where the refiner is asked; and what
    share of the digits there each network reads rightly."""
    seen = unsure_in_use(finder, pages)
    labels, shares, odds = (torch.from_numpy(part) for part in (seen.labels, seen.shares, seen.odds))
    own_odds, own_shares = (torch.from_numpy(part) for part in refiner.run(seen.tiles))
    real = labels != NO_DIGIT
    told = torch.column_stack((odds, own_odds, torch.from_numpy(seen.beside)))
    slopes = fit_together(told, real)
    classes = fit_together(torch.stack((shares, own_shares), 2)[real], labels[real])
    both = shares * classes[0] + own_shares * classes[1]
    right = {
        name: float((said.argmax(1) == labels)[real].float().mean())
        for name, said in (("finder", shares), ("refiner", own_shares), ("both", both))
    }
    return {"weights": {"odds": slopes, "classes": classes}, "validation": right}
