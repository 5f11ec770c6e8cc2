"""`inkdigits read`: pictures in, one line for each out."""

from __future__ import annotations

import glob
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from inkdigits.cli import forms
from inkdigits.cli.common import (
    CountOption,
    LengthOption,
    LinesOption,
    ModelOption,
    NoDeclineOption,
    PatternOption,
    RiskOption,
    complain,
    risk_of,
    say,
    stderr,
)
from inkdigits.errors import FileUnreadable, InputError
from inkdigits.rows import csv_header

if TYPE_CHECKING:
    from inkdigits.types import Reading

STDIN = "-"


def register(app: typer.Typer) -> None:
    app.command("read")(read)


def read(
    paths: Annotated[
        list[str], typer.Argument(metavar="PATH...", help="Files, folders, quoted globs; - is stdin.")
    ],
    length: LengthOption = None,
    count: CountOption = None,
    lines: LinesOption = None,
    pattern: PatternOption = None,
    risk: RiskOption = None,
    no_decline: NoDeclineOption = False,
    explain: Annotated[
        Path | None, typer.Option("--explain", metavar="DIR", help="Write pictures of how it was read.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print a table with a header.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")] = False,
    model: ModelOption = None,
) -> int:
    """Read the digits in pictures.

    A picture that cannot be read is named on stderr, and the others are still read.
    """
    if as_json and as_csv:
        raise typer.BadParameter("--json and --csv exclude each other")
    from inkdigits.guidance import Guide
    from inkdigits.reader import Reader

    # Made here, so that what cannot be asked is said once and not for each picture.
    guide = Guide(length, count, lines, pattern)
    ask = partial(Reader(model).read, risk=risk_of(risk, no_decline), **vars(guide))
    sources = list(_sources(paths))
    if as_csv:
        say(csv_header().removesuffix("\n"))
    form = _form(as_json, as_csv, alone=len(sources) == 1)
    return _read_all(ask, _shown(sources, quiet), form, explain)


def _form(as_json: bool, as_csv: bool, alone: bool) -> forms.Form:
    if as_json:
        return forms.json_line
    if as_csv:
        return forms.csv_line
    return forms.text_alone if alone else forms.text


def _sources(paths: list[str]) -> Iterator[str]:
    """Every picture that `paths` name, in order; what names none stands for itself, to fail later."""
    for path in paths:
        if path == STDIN or Path(path).is_file():
            yield path
        elif Path(path).is_dir():
            yield from _pictures(Path(path)) or [path]
        else:
            yield from _matches(path) or [path]


def _pictures(folder: Path) -> list[str]:
    from inkdigits.decode import SUFFIXES

    files = (path for path in folder.rglob("*") if path.is_file())
    return sorted(str(path) for path in files if path.suffix.lower() in SUFFIXES)


def _matches(pattern: str) -> list[str]:
    # Path.glob takes no absolute pattern.
    return sorted(filter(os.path.isfile, glob.glob(pattern, recursive=True)))  # noqa: PTH207


def _shown(sources: list[str], quiet: bool) -> Iterable[str]:
    """`sources`, with a progress bar where one helps: on a terminal that the answers do not go to."""
    if quiet or len(sources) < 2 or not sys.stderr.isatty() or sys.stdout.isatty():
        return sources
    return _with_progress(sources)


def _with_progress(sources: list[str]) -> Iterator[str]:
    from rich.progress import Progress

    # Left alone, the bar would take the answers on stdout for lines of its own terminal.
    with Progress(console=stderr(), transient=True, redirect_stdout=False) as progress:
        yield from progress.track(sources, description="Reading")


def _read_all(
    ask: Callable[[Path | BinaryIO], Reading], sources: Iterable[str], form: forms.Form, explain: Path | None
) -> int:
    """Print what each source says as soon as it is read; the exit code."""
    code, stems = 0, Counter[str]()
    for source in sources:
        answer: forms.Answer
        try:
            answer = ask(_opened(source))
            if explain:
                answer.explain().write(explain, _stem(source, stems))
        except InputError as error:
            named = source in error.message
            complain(error.message if named else f"{source}: {error.message}", error.remedy)
            code, answer = error.exit_code, error
        if line := form(source, answer):
            say(line)
    return code


def _stem(source: str, stems: Counter[str]) -> str:
    """What the pictures that explain `source` are named after; a name that was used gets a number."""
    stem = "stdin" if source == STDIN else Path(source).stem
    stems[stem] += 1
    return stem if stems[stem] == 1 else f"{stem}-{stems[stem]}"


def _opened(source: str) -> Path | BinaryIO:
    if Path(source).is_dir():
        raise FileUnreadable(f"The folder {source} holds no picture", "Name a folder with pictures in it.")
    return sys.stdin.buffer if source == STDIN else Path(source)
