"""Lists of paths: CSV with a column `path`, or JSON lines of `{"path": ...}` or of plain strings."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, TextIO

from inkdigits.batch.items import Entry, Item
from inkdigits.errors import BadSource

COLUMN = "path"
COLUMNS = "Name its columns in its first line, with commas between them, and save it as UTF-8."
#: Signs of a line, and of a cell of CSV, at most: more is no list.
LONGEST = 2**24


def csv_items(name: str) -> Iterator[Entry]:
    """An item a row. Raises BadSource where there is no column `path`, or what follows is no CSV."""
    csv.field_size_limit(max(LONGEST, csv.field_size_limit()))
    whole = 0
    with _opened(name, newline="") as (file, share):
        # Strict, else a quote that is never closed would make one cell of all behind it.
        rows = csv.DictReader(_lines(name, file), strict=True)
        try:
            if COLUMN not in (rows.fieldnames or ()):
                raise BadSource(f"The list {name} has no column {COLUMN}", COLUMNS)
            whole = rows.line_num
            for row in rows:
                whole = rows.line_num
                yield _item(name, whole, row), share()
        except csv.Error as error:
            raise _damaged(name, whole + 1, error) from None


def jsonl_items(name: str) -> Iterator[Entry]:
    """An item a line that is not empty. Raises BadSource at one that is too long for any."""
    with _opened(name) as (file, share):
        for number, line in enumerate(_lines(name, file), 1):
            if line.strip():
                yield _item(name, number, _parsed(line)), share()


def _lines(name: str, file: TextIO) -> Iterator[str]:
    """The lines. Raises BadSource at one of more than LONGEST signs: it may not fit into memory."""
    for number, line in enumerate(iter(partial(file.readline, LONGEST + 1), ""), 1):
        if len(line) > LONGEST:
            raise _damaged(name, number, f"of more than {LONGEST:,} signs")
        yield line


def _damaged(name: str, number: int, why: object) -> BadSource:
    return BadSource(f"The list {name} is damaged at line {number} ({why}), and what follows was not read")


def _parsed(line: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):  # the latter of lists in lists in lists
        return None


def _item(name: str, number: int, entry: Any) -> Item:
    """What a line names; a line that names nothing is an item too, and fails."""
    path = entry.get(COLUMN) if isinstance(entry, dict) else entry
    if isinstance(path, str) and path:
        return Item(path, path)
    return Item(f"{name}:{number}", BadSource(f"Line {number} of the list {name} names no {COLUMN}"))


@contextmanager
def _opened(name: str, newline: str | None = None) -> Iterator[tuple[TextIO, Any]]:
    """The list as text, and what says how far it is read (0 to 1)."""
    with Path(name).open("rb") as binary:
        size = os.fstat(binary.fileno()).st_size
        # A path need not be valid text.
        text = io.TextIOWrapper(binary, "utf-8-sig", "surrogateescape", newline)
        yield text, lambda: binary.tell() / max(size, 1)
