"""The forms in which `inkdigits read` prints an answer, each a line; None prints nothing."""

from __future__ import annotations

from collections.abc import Callable

from inkdigits.cli.common import printable
from inkdigits.errors import InkdigitsError
from inkdigits.rows import csv_lines, json_lines, row_of
from inkdigits.types import Reading

Answer = Reading | InkdigitsError
Form = Callable[[str, Answer], str | None]

#: Stands between the lines of a text that is printed as one.
BREAK = " | "


def text_alone(_path: str, answer: Answer) -> str | None:
    """`42 (97 %)`, for a person who asked for one picture; the text's own lines are kept."""
    if isinstance(answer, InkdigitsError):
        return None
    if not answer.digits:
        return answer.reason
    turned = f", turned {answer.turned}°" if answer.turned else ""
    # Rounded down: only what is certain is 100 %.
    return f"{answer.text} ({int(answer.confidence * 100)} %{turned})"


def text(path: str, answer: Answer) -> str | None:
    """`a.png: 42 | 17 (97 %)`."""
    line = text_alone(path, answer)
    return line and f"{printable(path)}: {line.replace(chr(10), BREAK)}"


def json_line(path: str, answer: Answer) -> str:
    """An object with `path` and the Reading, or `path` and `error`."""
    return json_lines([row_of(path, answer)]).removesuffix("\n")


def csv_line(path: str, answer: Answer) -> str:
    """A row of COLUMNS; `error` is the error's code."""
    return csv_lines([row_of(path, answer)]).removesuffix("\n")
