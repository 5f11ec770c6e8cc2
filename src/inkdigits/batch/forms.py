"""The forms of the output. A row is a dict as `inkdigits read --json` prints it; rows travel as bytes."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inkdigits.batch.parquet import from_arrow, to_arrow, to_arrow_head

#: `path` and a Reading's, or `path` and `error`.
Row = dict[str, Any]
COLUMNS = ("path", "text", "confidence", "reason", "turned", "error")


@dataclass(frozen=True)
class Form:
    """How rows are written: `head` comes first, `encode` gives the bytes of some rows, which can be put one
    after the other, and `finish` makes the file that is wanted of the file they are in."""

    head: Callable[[], bytes]
    encode: Callable[[Sequence[Row]], bytes]
    finish: Callable[[Path, Path], object]


def jsonl(rows: Iterable[Row]) -> bytes:
    """An object a line."""
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def csv_rows(rows: Iterable[Row]) -> bytes:
    """A line of COLUMNS for each row; `error` is the error's code."""
    return csv_lines(map(cells, rows))


def cells(row: Row) -> tuple[str, ...]:
    """What stands in COLUMNS."""
    if "error" in row:
        return (row["path"], "", "", "", "", row["error"]["code"])
    return (row["path"], row["text"], f"{row['confidence']:.4f}", row["reason"] or "", str(row["turned"]), "")


def csv_lines(lines: Iterable[Iterable[str]]) -> bytes:
    """Lines of CSV."""
    text = io.StringIO()
    # With another line end, a cell that holds this one would not be quoted.
    csv.writer(text, lineterminator="\n").writerows(lines)
    return text.getvalue().encode("utf-8", "backslashreplace")


#: By how the output's name ends.
FORMS = {
    ".jsonl": Form(bytes, jsonl, Path.replace),
    ".csv": Form(lambda: csv_lines([COLUMNS]), csv_rows, Path.replace),
    ".parquet": Form(to_arrow_head, to_arrow, from_arrow),
}
