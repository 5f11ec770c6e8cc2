"""The forms in which `inkdigits read` prints an answer, each a line; None prints nothing."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable

from inkdigits.errors import InkdigitsError
from inkdigits.types import Reading

Answer = Reading | InkdigitsError
Form = Callable[[str, Answer], str | None]

COLUMNS = ("path", "text", "confidence", "reason", "error")


def text_alone(_path: str, answer: Answer) -> str | None:
    """`42 (97 %)`, for a person who asked for one picture."""
    if isinstance(answer, InkdigitsError):
        return None
    # Rounded down: only what is certain is 100 %.
    return f"{answer.text} ({int(answer.confidence * 100)} %)" if answer.digits else answer.reason


def text(path: str, answer: Answer) -> str | None:
    """`a.png: 42 (97 %)`."""
    line = text_alone(path, answer)
    return line and f"{path}: {line}"


def json_line(path: str, answer: Answer) -> str:
    """An object with `path` and the Reading, or `path` and `error`."""
    return json.dumps({"path": path, **answer.to_dict()})


def csv_line(path: str, answer: Answer) -> str:
    """A row of COLUMNS; `error` is the error's code."""
    if isinstance(answer, InkdigitsError):
        return csv_row((path, "", "", "", answer.code))
    return csv_row((path, answer.text, f"{answer.confidence:.4f}", answer.reason or "", ""))


def csv_row(cells: Iterable[str]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(cells)
    return line.getvalue()
