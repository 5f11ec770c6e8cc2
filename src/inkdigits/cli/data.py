"""`inkdigits data`: the datasets that the model is trained and judged with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from inkdigits.cli.common import JsonOption, a_path, say, stderr

DataOption = Annotated[
    Path | None,
    typer.Option("--data", metavar="DIR", parser=a_path, help="Where datasets lie (default INKDIGITS_DATA)."),
]

COLUMNS = "name", "here", "licence", "description"

data = typer.Typer(help="Fetch and list the datasets.")


def register(app: typer.Typer) -> None:
    app.add_typer(data, name="data")


@data.command("fetch")
def fetch(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="NAME...", help="mnist, pendigits, semeion; all by default.")
    ] = None,
    folder: DataOption = None,
    source: Annotated[
        Path | None,
        typer.Option("--from", metavar="DIR", parser=a_path, help="A local folder that holds the files."),
    ] = None,
) -> None:
    """Bring datasets onto this machine; files that are already right stay as they are."""
    from inkdigits.training import fetch
    from inkdigits.training.datasets import DATASETS

    if unknown := set(names or ()) - DATASETS.keys():
        raise typer.BadParameter(f"{min(unknown)} is none of {', '.join(DATASETS)}")
    for dataset in DATASETS.values():
        if not names or dataset.name in names:
            for path in fetch.fetch(dataset, folder, source, stderr()):
                say(str(path))


@data.command("list")
def list_datasets(folder: DataOption = None, as_json: JsonOption = False) -> None:
    """List the datasets, whose they are, and whether they are on this machine."""
    from inkdigits.training.datasets import DATASETS, missing_files

    rows = [(one.name, not missing_files(one, folder), one.licence, one.description)
            for one in DATASETS.values()]  # fmt: skip
    if as_json:
        say(json.dumps([dict(zip(COLUMNS, row, strict=True)) for row in rows]))
        return
    for name, here, licence, description in rows:
        say(f"{name:<10} {'here' if here else 'not here':<9} {licence:<13} {description}")
