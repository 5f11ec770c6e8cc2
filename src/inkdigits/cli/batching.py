"""`inkdigits batch`: many pictures in, one file of rows out."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from inkdigits.cli.common import (
    CountOption,
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
from inkdigits.errors import InputError

if TYPE_CHECKING:
    from inkdigits.batch import Tally

#: Seconds between lines of progress where there is no terminal.
PAUSE = 10.0


def register(app: typer.Typer) -> None:
    app.command("batch")(batch)


def batch(
    inputs: Annotated[
        list[str],
        typer.Argument(
            metavar="IN", parser=a_name, help="Folders, quoted globs, tar and zip, CSV and JSONL lists."
        ),
    ],
    out: Annotated[
        Path,
        typer.Argument(metavar="OUT", parser=a_path, help="Output, a .jsonl, .csv or .parquet file."),
    ],
    length: LengthOption = None,
    count: CountOption = None,
    lines: LinesOption = None,
    pattern: PatternOption = None,
    risk: RiskOption = None,
    no_decline: NoDeclineOption = False,
    workers: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="Processes that read (default: one a core).")
    ] = None,
    ray: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS", parser=a_name, help="Read on a Ray cluster: host:port, or local for one here."
        ),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")] = False,
    model: ModelOption = None,
) -> int:
    """Read many pictures into one file, a row for each.

    What was stopped, even killed, goes on with the same command: no row is lost, and none is twice. A picture
    that cannot be read has a row that says why.
    """
    from inkdigits.batch import FORMS, Asked, cores, read_here, run

    if out.suffix not in FORMS:
        raise typer.BadParameter(
            f"OUT is {out}, and must be like {' or '.join(f'rows{end}' for end in FORMS)}"
        )
    path = str(model.absolute()) if model else None
    asked = Asked(out.suffix, path, risk_of(risk, no_decline), length, count, lines, pattern)
    if ray and workers:
        raise typer.BadParameter("--workers is for this machine alone, not for --ray")
    if ray:
        with extra("Reading on a cluster", "ray"):
            from inkdigits.cluster.reading import read_there
    answers = partial(read_there, asked, ray) if ray else partial(read_here, asked, workers or cores())
    last = deque(_shown(run(inputs, out, asked, answers), quiet), maxlen=1).pop()
    say(f"{printable(str(out))}: {_counted(last)}")
    return InputError.exit_code if last.failed else 0


def _shown(tallies: Iterable[Tally], quiet: bool) -> Iterator[Tally]:
    """The tallies, told on stderr: as a bar on a terminal, else as a line now and then."""
    if quiet:
        return iter(tallies)
    return _with_bar(tallies) if stderr().is_terminal else _with_lines(tallies)


def _with_bar(tallies: Iterable[Tally]) -> Iterator[Tally]:
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

    columns = BarColumn(), TaskProgressColumn(), TextColumn("{task.description}")
    with Progress(*columns, console=stderr(), transient=True) as progress:
        task = progress.add_task("starting", total=1.0)
        for tally, told in _paced(tallies):
            progress.update(task, completed=tally.share, description=told)
            yield tally


def _with_lines(tallies: Iterable[Tally]) -> Iterator[Tally]:
    last = time.monotonic()
    for tally, told in _paced(tallies):
        if time.monotonic() - last > PAUSE:
            stderr().print(f"{tally.share:.0%}  {told}")
            last = time.monotonic()
        yield tally


def _paced(tallies: Iterable[Tally]) -> Iterator[tuple[Tally, str]]:
    """Each tally with the rate and the time left, by what came since the first answer."""
    first, started = None, 0.0
    for number, tally in enumerate(tallies):
        told = _counted(tally)
        if number == 1:  # before it an earlier run may have done much, and the processes have started
            first, started = tally, time.monotonic()
        elif first and tally.share > first.share:
            told += _pace(first, tally, time.monotonic() - started)
        yield tally, told


def _pace(first: Tally, last: Tally, seconds: float) -> str:
    rate = (last.rows - first.rows) / seconds
    left = timedelta(seconds=round(seconds * (1 - last.share) / (last.share - first.share)))
    return f", {rate:,.0f} a second, {left} left"


def _counted(tally: Tally) -> str:
    failed = f", {tally.failed:,} of which could not be read" if tally.failed else ""
    return f"{tally.rows:,} picture{'s' * (tally.rows != 1)}{failed}"
