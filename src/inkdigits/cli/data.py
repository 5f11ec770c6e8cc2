"""`inkdigits data`: the datasets that the model is trained and judged with."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from inkdigits.cli.common import say, stderr

EVERY = "all"
DataOption = Annotated[
    Path | None, typer.Option("--data", metavar="DIR", help="Where datasets lie (default INKDIGITS_DATA).")
]

data = typer.Typer(help="Fetch and list the datasets.")


def register(app: typer.Typer) -> None:
    app.add_typer(data, name="data")


@data.command("fetch")
def fetch(
    name: Annotated[str, typer.Argument(help="mnist, pendigits or all.")] = EVERY,
    folder: DataOption = None,
    source: Annotated[
        Path | None, typer.Option("--from", metavar="DIR", help="A local folder that holds the files.")
    ] = None,
) -> None:
    """Bring a dataset onto this machine; files that are already right stay as they are."""
    from inkdigits.training import fetch
    from inkdigits.training.datasets import DATASETS

    if name != EVERY and name not in DATASETS:
        raise typer.BadParameter(f"{name} is none of {', '.join(DATASETS)} and {EVERY}")
    for dataset in DATASETS.values():
        if name in (EVERY, dataset.name):
            for path in fetch.fetch(dataset, folder, source, stderr()):
                say(str(path))


@data.command("list")
def list_datasets(folder: DataOption = None) -> None:
    """List the datasets, whose they are, and whether they are on this machine."""
    from inkdigits.training.datasets import DATASETS, missing_files

    for dataset in DATASETS.values():
        place = "not here" if missing_files(dataset, folder) else "here"
        say(f"{dataset.name:<10} {place:<9} {dataset.licence:<13} {dataset.description}")
