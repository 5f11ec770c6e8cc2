"""`inkdigits train`, `evaluate` and `export`: how the model is made and judged."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from inkdigits.cli.common import (
    CountOption,
    JsonOption,
    LengthOption,
    LinesOption,
    ModelOption,
    NoDeclineOption,
    PatternOption,
    RiskOption,
    a_name,
    a_path,
    extra,
    printable,
    risk_of,
    say,
    stderr,
)
from inkdigits.cli.data import DataOption
from inkdigits.errors import RunError

if TYPE_CHECKING:
    from inkdigits.evaluation.labelled import Sample
    from inkdigits.training.run import Run

DEFAULT_RUN = Path("runs/default.toml")


def register(app: typer.Typer) -> None:
    app.command()(train)
    app.command()(evaluate)
    app.command()(export)


def train(
    run: Annotated[
        Path, typer.Option("--run", metavar="FILE", parser=a_path, help="What to train, and how.")
    ] = DEFAULT_RUN,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", parser=a_path, help="Where it goes (default out/NAME)."),
    ] = None,
    folder: DataOption = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Start anew, whatever the folder holds.")] = False,
    ray: Annotated[
        bool, typer.Option("--ray", help="Train on a Ray cluster (RAY_ADDRESS, else one of this machine).")
    ] = False,
    workers: Annotated[
        int, typer.Option(metavar="N", min=1, help="With --ray: processes that train together.")
    ] = 1,
) -> None:
    """Train a network and export it; a run that was stopped goes on where it was."""
    with extra("Training", "train"):
        from inkdigits.training.run import load_run
        from inkdigits.training.summary import headline
    if workers > 1 and not ray:
        raise typer.BadParameter("--workers needs --ray")
    chosen = load_run(run)
    out = out or Path("out") / chosen.name
    stderr().print(headline(chosen, out), markup=False)
    job = _job(chosen, folder, workers)
    if not ray:
        say(str(job(out, stderr(), fresh=fresh)))
        return
    with extra("Training on a cluster", "ray"):
        from inkdigits.cluster.training import train_there
    say(str(train_there(job, out, workers, fresh=fresh)))


def _job(run: Run, folder: Path | None, workers: int) -> Callable[..., Path]:
    """What does the run, given a folder and a console; raises RunError where it cannot be done, as by so many
    workers, and DataError."""
    from inkdigits.evaluation.score import load_tests, score
    from inkdigits.training.begin import check
    from inkdigits.training.corpus import load_corpus
    from inkdigits.training.make_finder import make_finder, make_refiner
    from inkdigits.training.pipeline import make_model
    from inkdigits.training.pool import load_pools
    from inkdigits.training.run import FINDER, REFINER

    make = {FINDER: make_finder, REFINER: make_refiner}.get(run.network)
    if make and workers > 1:
        raise RunError(f"A {run.network} is trained by one worker, not {workers}", "Leave --workers out.")
    check(run)
    if make:
        return partial(make, run, load_pools(run, folder))
    corpus, tests = load_corpus(run, folder), load_tests(run, folder)
    return partial(make_model, run, corpus, lambda made: score(made, tests, stderr()))


def evaluate(
    sets: Annotated[
        list[str],
        typer.Argument(
            metavar="SET...",
            parser=a_name,
            help="mnist, mnist/validation, pendigits, semeion, mnist-c, mnist-c/KIND, non-digits, "
            "non-digits/KIND, a folder with labels.tsv, labels.csv, labels.jsonl or folders 0 to 9, "
            "a .npz of pictures, a .jsonl of drawings.",
        ),
    ] = ["mnist"],  # noqa: B006  (typer copies it)
    length: LengthOption = None,
    count: CountOption = None,
    lines: LinesOption = None,
    pattern: PatternOption = None,
    risk: RiskOption = None,
    no_decline: NoDeclineOption = False,
    most: Annotated[
        int | None, typer.Option("--samples", metavar="N", min=1, help="At most N of each set, at random.")
    ] = None,
    model: ModelOption = None,
    folder: DataOption = None,
    as_json: JsonOption = False,
    png: Annotated[
        Path | None, typer.Option("--png", metavar="FILE", parser=a_path, help="Draw the result as well.")
    ] = None,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", parser=a_path, help="Write a report as well.")
    ] = None,
) -> None:
    """Measure how well a model reads sets of digits, and how well it knows when it does not."""
    from inkdigits.batch.own import OWN
    from inkdigits.evaluation.evaluate import evaluate as measure
    from inkdigits.evaluation.summary import summary
    from inkdigits.guide import Guide
    from inkdigits.reader import Reader
    from inkdigits.training.progress import track

    if png or html:
        with extra("Drawing the result", "train"):
            from inkdigits.evaluation.report import check_ready, write_html, write_png
    risk, guide = risk_of(risk, no_decline), Guide(length, count, lines, pattern)
    reader, results = Reader(model, OWN), []
    # All of them first: what is not there is said before an hour of measuring, not after it.
    chosen, read = zip(*(_samples(name, folder, most) for name in sets), strict=True)
    if png or html:
        check_ready([path for path in (png, html) if path], chain.from_iterable(read))
    for name, samples in zip(sets, chosen, strict=True):
        with track(stderr(), name, len(samples)) as advance:
            results.append(measure(reader, name, samples, advance, risk=risk, guide=guide))
        for line in [json.dumps(results[-1].to_dict())] if as_json else summary(results[-1]).split("\n"):
            say(printable(line))
    if png:
        write_png(results, png)
    if html:
        write_html(results, reader.model.card, html)


def _samples(name: str, folder: Path | None, most: int | None) -> tuple[Sequence[Sample], list[Path]]:
    """The set, or as many of it, and one's own files that it is read from. Raises DataError."""
    from inkdigits.evaluation.sets import files_of, load_set, some_of

    with extra(f"The set {name}", "train"):
        samples = load_set(name, folder)
    return some_of(samples, most) if most else samples, files_of(name, samples)


def export(
    checkpoint: Annotated[
        Path,
        typer.Argument(
            parser=a_path, metavar="CHECKPOINT", help="The final.safetensors that `inkdigits train` saved."
        ),
    ],
    model: Annotated[Path, typer.Argument(metavar="FILE.onnx", parser=a_path, help="Where the model goes.")],
) -> None:
    """Make a model file from a checkpoint: one for --model, or a finder or refiner."""
    with extra("Exporting", "train"):
        from inkdigits.training.checkpoint import load_checkpoint
        from inkdigits.training.export import check_calibrated
        from inkdigits.training.export import export as export_digits
        from inkdigits.training.export_finder import export_finder, export_refiner
        from inkdigits.training.run import FINDER, REFINER

    made = load_checkpoint(checkpoint)
    check_calibrated(made)
    write = {FINDER: export_finder, REFINER: export_refiner}.get(made.run.network, export_digits)
    write(made, model)
    say(str(model))
