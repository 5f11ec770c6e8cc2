"""`inkdigits data`: the datasets that the model is trained and judged with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from inkdigits.cli.common import JsonOption, a_path, say, stderr

DataOption = Annotated[
    Path | None,
    typer.Option(
        "--data",
        metavar="DIR",
        parser=a_path,
        help="Where datasets lie (default INKDIGITS_DATA, else your folder for data).",
    ),
]

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

    here = {name: not missing_files(one, folder) for name, one in DATASETS.items()}
    if as_json:
        rows = [{"name": name, "here": here[name], "licence": one.licence, "description": one.description}
                for name, one in DATASETS.items()]  # fmt: skip
        say(json.dumps(rows))
        return
    for name, one in DATASETS.items():
        place = "here" if here[name] else "not here"
        say(f"{name:<10} {place:<9} {one.licence:<13} {one.description}")
