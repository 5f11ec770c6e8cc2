"""`inkdigits read`: pictures in, one line for each out."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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
    a_name,
    a_path,
    complain,
    risk_of,
    say,
    stderr,
)
from inkdigits.errors import FileUnreadable, InputError, NotAnImage, NotWritten, UnsupportedInput
from inkdigits.rows import csv_header

if TYPE_CHECKING:
    from inkdigits.types import Raster, Reading

STDIN = "-"
SEND = "Send a picture there, or name a file."


def register(app: typer.Typer) -> None:
    app.command("read")(read)


def read(
    paths: Annotated[
        list[str],
        typer.Argument(metavar="PATH...", parser=a_name, help="Files, folders, quoted globs; - is stdin."),
    ],
    length: LengthOption = None,
    count: CountOption = None,
    lines: LinesOption = None,
    pattern: PatternOption = None,
    risk: RiskOption = None,
    no_decline: NoDeclineOption = False,
    explain: Annotated[
        Path | None,
        typer.Option("--explain", metavar="DIR", parser=a_path, help="Write pictures of how it was read."),
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
    from inkdigits.guide import Guide
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
    from inkdigits.batch.folders import folder_items, glob_items

    for path in paths:
        # Those of Path would raise of a folder that may not be entered.
        if path == STDIN or os.path.isfile(path):  # noqa: PTH113
            yield path
        else:
            found = folder_items(path) if os.path.isdir(path) else glob_items(path)  # noqa: PTH112
            yield from [item.key for item, _ in found] or [path]


def _shown(sources: list[str], quiet: bool) -> Iterable[str]:
    """`sources`, with a progress bar where one helps: on a terminal that the answers do not go to."""
    if quiet or len(sources) < 2 or not stderr().is_terminal or sys.stdout.isatty():
        return sources
    return _with_progress(sources)


def _with_progress(sources: list[str]) -> Iterator[str]:
    from rich.progress import Progress

    # Left alone, the bar would take the answers on stdout for lines of its own terminal.
    with Progress(console=stderr(), transient=True, redirect_stdout=False) as progress:
        yield from progress.track(sources, description="Reading")


def _read_all(
    ask: Callable[[Raster], Reading], sources: Iterable[str], form: forms.Form, explain: Path | None
) -> int:
    """Print what each source says as soon as it is read; the exit code."""
    code, used = 0, set[str]()
    for source in sources:
        answer: forms.Answer
        try:
            answer = ask(_picture(source))
            if explain:
                code = _explained(answer, explain, _stem(source, used)) or code
        except InputError as error:
            named = source in error.message
            complain(error.message if named else f"{source}: {error.message}", error.remedy)
            code, answer = error.exit_code, error
        if line := form(source, answer):
            say(line)
    return code


def _explained(answer: Reading, folder: Path, stem: str) -> int:
    """Write pictures of how it was read; the exit code."""
    try:
        answer.explain().write(folder, stem)
    except NotWritten as error:
        complain(error.message, error.remedy)
        return error.exit_code
    return 0


def _stem(source: str, used: set[str]) -> str:
    """What the pictures that explain `source` are named after; a name that was used gets a number."""
    stem = "stdin" if source == STDIN else Path(source).stem
    names = chain([stem], (f"{stem}-{number}" for number in count(2)))
    name = next(name for name in names if name not in used)
    used.add(name)
    return name


def _picture(source: str) -> Raster:
    """What is there to read. Raises InputError."""
    from inkdigits.batch.own import decoded
    from inkdigits.batch.sources import is_many

    if source == STDIN:
        return _from_stdin()
    if os.path.isdir(source) and os.access(source, os.R_OK):  # noqa: PTH112
        raise FileUnreadable(f"The folder {source} holds no picture", "Name a folder with pictures in it.")
    if os.path.isfile(source) and is_many(source):  # noqa: PTH113
        raise UnsupportedInput(
            f"{source} is an archive or a list, and no picture", "Read what it holds: inkdigits batch IN OUT."
        )
    return decoded(source)


def _from_stdin() -> Raster:
    from inkdigits.batch.own import OWN, decoded

    if sys.stdin is None:
        raise FileUnreadable("The standard input is closed", SEND)
    try:
        data = sys.stdin.buffer.read(OWN.max_bytes + 1)
    except OSError as error:
        raise FileUnreadable(f"The standard input cannot be read: {error.strerror or error}", SEND) from None
    if not data:
        raise NotAnImage("The standard input is empty", SEND)
    return decoded(data)
