"""What the commands share: options, how an error is said, how a result is printed."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, Any, cast

import typer

from inkdigits.errors import MissingExtra, NotWritten

if TYPE_CHECKING:
    from rich.console import Console

#: 128 and the signal's number, as a shell counts.
INTERRUPTED = 130
BROKEN_PIPE = 141
TERMINATED = 143
#: Signs that do something to a terminal, end a line, or turn the order of those behind them round.
CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


def a_name(text: str) -> str:
    """What an option or argument names. Raises typer.BadParameter where that is nothing."""
    if not text:
        raise typer.BadParameter("it is empty; perhaps a variable of the shell is not set")
    return text


def a_path(text: str) -> Path:
    """The same as a path: Path("") would be the current folder."""
    return Path(a_name(text))


ModelOption = Annotated[
    Path | None,
    typer.Option(
        "--model", metavar="PATH", parser=a_path, help="Model file to use instead of the shipped one."
    ),
]
LengthOption = Annotated[int | None, typer.Option("--length", metavar="N", help="Each line has N digits.")]
CountOption = Annotated[int | None, typer.Option("--count", metavar="N", help="There are N digits in all.")]
LinesOption = Annotated[int | None, typer.Option("--lines", metavar="N", help="There are N lines.")]
PatternOption = Annotated[
    str | None, typer.Option("--pattern", metavar="TEXT", help="The text is like dddd-dd-dd; d is any digit.")
]
RiskOption = Annotated[
    float | None,
    typer.Option("--risk", metavar="SHARE", help="Share of wrong answers to accept for each digit, 0 to 1."),
]
NoDeclineOption = Annotated[bool, typer.Option("--no-decline", help="Answer even by a guess.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]


class _Stderr:
    """The standard error as it is now, if any: what it cannot take is lost, so that answers go on."""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    @property
    def _stream(self) -> Any:
        return getattr(sys.stderr, "rich_proxied_file", sys.stderr)

    def write(self, text: str) -> int:
        self._try("write", text)
        return len(text)

    def flush(self) -> None:
        self._try("flush")

    def _try(self, what: str, *given: str) -> None:
        try:
            if self._stream:
                getattr(self._stream, what)(*given)
        except OSError:
            _hush(self._stream)


def _hush(stream: Any) -> None:
    """Lose what goes to a stream that cannot take it: else Python would complain once more as it exits."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


@cache
def stderr() -> Console:
    """Where progress and complaints go; colours only on a terminal, and not where NO_COLOR is set."""
    from rich.console import Console

    return Console(file=cast("IO[str]", _Stderr()), highlight=False, soft_wrap=True)


def complain(message: str, remedy: str) -> None:
    """Say what is wrong and what would be right, in one line."""
    from rich.text import Text

    stderr().print(Text.assemble(("inkdigits: error:", "red"), printable(f" {message}. {remedy}")))


def printable(text: str) -> str:
    """The text in one line that only shows on a terminal: a file name may hold any sign."""
    return CONTROLS.sub(lambda sign: sign[0].encode("unicode_escape").decode(), text)


def say(line: str) -> None:
    """Print a result at once, so that who reads along a pipe need not wait. Raises NotWritten."""
    try:
        print(line, flush=True)
    except OSError as error:
        _hush(sys.stdout)
        if isinstance(error, BrokenPipeError):
            raise typer.Exit(BROKEN_PIPE) from None
        raise NotWritten(
            f"The output cannot be written: {error.strerror}", "Make room where it goes."
        ) from None


def risk_of(risk: float | None, no_decline: bool) -> float | None:
    """The risk that the two options ask for. Raises typer.BadParameter."""
    from inkdigits.decline import NEVER_DECLINE

    if risk is not None and no_decline:
        raise typer.BadParameter("--risk and --no-decline exclude each other")
    if risk is not None and not 0 <= risk <= 1:
        raise typer.BadParameter(f"--risk cannot be {risk}: it is a share from 0 to 1")
    return NEVER_DECLINE if no_decline else risk


@contextmanager
def extra(purpose: str, name: str) -> Iterator[None]:
    """Around imports of what the extra `name` installs; raises MissingExtra where it is not there."""
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("inkdigits"):
            raise
        raise MissingExtra(purpose, name) from None
