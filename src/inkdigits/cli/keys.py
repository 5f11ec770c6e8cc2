"""`inkdigits keys`: who may have pictures read by a server."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Annotated

import typer

from inkdigits.cli.common import JsonOption, a_path, extra, say
from inkdigits.errors import NotWritten, SettingsError

NameArgument = Annotated[str, typer.Argument(help="Whose key it is.")]
FileOption = Annotated[
    Path | None,
    typer.Option("--file", metavar="FILE", parser=a_path, help="File of keys (default INKDIGITS_KEYS)."),
]

keys = typer.Typer(help="Make, list and revoke the API keys of a server.")


def register(app: typer.Typer) -> None:
    app.add_typer(keys, name="keys")


@keys.command("add")
def add(name: NameArgument, file: FileOption = None) -> None:
    """Make a key and print its token, which is shown this once only; the file keeps a hash of it."""
    with extra("Keys", "serve"):
        from inkdigits.server import keys as store

    path = _file(file)
    token = store.add(path, name)
    try:
        say(token)
    except (NotWritten, typer.Exit):
        store.revoke(path, name)  # nobody has seen its token
        raise


@keys.command("list")
def list_keys(file: FileOption = None, as_json: JsonOption = False) -> None:
    """List the names of the keys, and the days on which they were made."""
    with extra("Keys", "serve"):
        from inkdigits.server import keys as store

    rows = [{"made": key.made.isoformat(), "name": key.name} for key in store.load(_file(file))]
    if as_json:
        say(json.dumps(rows))
        return
    for row in rows:
        say(f"{row['made']} {row['name']}")


@keys.command("revoke")
def revoke(name: NameArgument, file: FileOption = None) -> None:
    """Take a key back; a server that runs obeys from the next request on."""
    with extra("Keys", "serve"):
        from inkdigits.server import keys as store

    store.revoke(_file(file), name)


def _file(given: Path | None) -> Path:
    if path := given or os.environ.get("INKDIGITS_KEYS"):
        return Path(path)
    raise SettingsError("No file of keys is named", "Name it with --file, or in INKDIGITS_KEYS.")
