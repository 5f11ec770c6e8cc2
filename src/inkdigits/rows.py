"""An answer as a row: a dict, a line of JSON, or a line of CSV; the same wherever rows are written."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from typing import Any

from inkdigits.errors import InkdigitsError
from inkdigits.types import Reading

#: `path` and what a Reading holds, or `path` and `error`.
Row = dict[str, Any]
#: What a row has as CSV.
COLUMNS = ("path", "text", "confidence", "reason", "turned", "error")


def row_of(path: str, answer: Reading | InkdigitsError) -> Row:
    """The row of what was read from `path`, or of why it was not."""
    return {"path": path, **answer.to_dict()}


def json_lines(rows: Iterable[Row]) -> str:
    """An object a line."""
    return "".join(json.dumps(row) + "\n" for row in rows)


def csv_lines(rows: Iterable[Row]) -> str:
    """A line of COLUMNS for each row; `error` is the error's code."""
    return _csv(map(_cells, rows))


def csv_header() -> str:
    """The line that names the COLUMNS."""
    return _csv([COLUMNS])


def _cells(row: Row) -> tuple[str, ...]:
    if "error" in row:
        return (row["path"], "", "", "", "", row["error"]["code"])
    return (row["path"], row["text"], f"{row['confidence']:.4f}", row["reason"] or "", str(row["turned"]), "")


class _Lines(io.StringIO):
    """What a writer of CSV writes, a line at a time, each with the line end of our files."""

    def write(self, line: str) -> int:
        return super().write(line.removesuffix("\r\n") + "\n")


def _csv(lines: Iterable[Iterable[str]]) -> str:
    text = _Lines()
    # Readers take either sign for a line end; a cell is quoted for those with which the writer ends lines.
    csv.writer(text, lineterminator="\r\n").writerows(lines)
    return text.getvalue()
