"""`inkdigits serve`: the page and the API."""

from __future__ import annotations

import logging
import os
from typing import Annotated

import typer

from inkdigits.cli.common import ModelOption, extra, say
from inkdigits.errors import NotWritten

log = logging.getLogger(__name__)


def register(app: typer.Typer) -> None:
    app.command("serve")(serve)


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on (default 127.0.0.1).")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on (default 8000); 0: a free one.")] = None,
    workers: Annotated[
        int | None, typer.Option(help="Processes that read (default 1; with --ray at most one a CPU).")
    ] = None,
    model: ModelOption = None,
    ray: Annotated[
        bool, typer.Option("--ray", help="Serve on a Ray cluster (RAY_ADDRESS, else one of this machine).")
    ] = False,
) -> None:
    """Serve the page and the API.

    Every setting can be given as INKDIGITS_<NAME> in the environment; an option goes before it.
    """
    with extra("The server", "serve"):
        from inkdigits.server.run import run
        from inkdigits.settings import PREFIX, Settings
    if ray:
        with extra("Serving on a cluster", "ray"):
            from inkdigits.cluster.serving import run
    given = {"HOST": host, "PORT": port, "WORKERS": workers, "MODEL": model and model.absolute()}
    # The environment is what reaches the worker processes.
    os.environ.update({PREFIX + name: str(value) for name, value in given.items() if value is not None})
    run(Settings(), announce=_announce)


def _announce(address: str) -> None:
    """Say where the server is; where nobody can be told it serves on, for it answers others."""
    try:
        say(f"inkdigits is at {address} (Ctrl+C stops it)")
    except (NotWritten, typer.Exit):
        log.warning("The server is at %s, which could not be printed", address)
