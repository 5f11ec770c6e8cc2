"""`inkdigits train`, `evaluate` and `export`: how the model is made and judged."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from inkdigits.cli.common import JsonOption, ModelOption, extra, say, stderr
from inkdigits.cli.data import DataOption

DEFAULT_RUN = Path("runs/default.toml")


def register(app: typer.Typer) -> None:
    app.command()(train)
    app.command()(evaluate)
    app.command()(export)


def train(
    run: Annotated[Path, typer.Option("--run", metavar="FILE", help="What to train, and how.")] = DEFAULT_RUN,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Where it goes (default out/NAME).")
    ] = None,
    folder: DataOption = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Start anew, whatever the folder holds.")] = False,
) -> None:
    """Train a network and export it; a run that was stopped goes on where it was."""
    with extra("Training", "train"):
        from inkdigits.training.corpus import load_corpus
        from inkdigits.training.pipeline import load_tests, make_model
        from inkdigits.training.run import load_run

    chosen = load_run(run)
    corpus, tests = load_corpus(chosen, folder), load_tests(chosen, folder)
    model = make_model(chosen, corpus, tests, out or Path("out") / chosen.name, stderr(), fresh=fresh)
    say(str(model))


def evaluate(
    sets: Annotated[
        list[str],
        typer.Argument(
            metavar="SET...", help="mnist, pendigits, mnist-c, a folder with labels.tsv, a .jsonl."
        ),
    ] = ["mnist"],  # noqa: B006  (typer copies it)
    model: ModelOption = None,
    folder: DataOption = None,
    as_json: JsonOption = False,
    png: Annotated[
        Path | None, typer.Option("--png", metavar="FILE", help="Draw the result as well.")
    ] = None,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write a report as well.")
    ] = None,
) -> None:
    """Measure how well a model reads sets of digits."""
    from inkdigits.reader import Reader
    from inkdigits.training.evaluate import evaluate as measure
    from inkdigits.training.progress import track
    from inkdigits.training.sets import load_set
    from inkdigits.training.summary import summary

    if png or html:
        with extra("Drawing the result", "train"):
            from inkdigits.training.report import write_html, write_png
    reader, results = Reader(model), []
    for name in sets:
        samples = load_set(name, folder)
        with track(stderr(), name, len(samples)) as advance:
            results.append(measure(reader, name, samples, advance))
        say(json.dumps(results[-1].to_dict()) if as_json else summary(results[-1]))
    if png:
        write_png(results, png)
    if html:
        write_html(results, reader.model.card, html)


def export(
    checkpoint: Annotated[Path, typer.Argument(help="What `inkdigits train` saved.")],
    model: Annotated[Path, typer.Argument(metavar="FILE.onnx", help="Where the model goes.")],
) -> None:
    """Make a model file, for --model, from a checkpoint."""
    with extra("Exporting", "train"):
        from inkdigits.training.checkpoint import load_checkpoint
        from inkdigits.training.export import export as write

    write(load_checkpoint(checkpoint), model)
    say(str(model))
