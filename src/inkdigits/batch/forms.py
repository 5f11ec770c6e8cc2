"""The forms of the output: rows become bytes, which are put one after the other as they come."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from inkdigits.batch.parquet import arrow, arrow_head, to_parquet
from inkdigits.rows import Row, csv_header, csv_lines, json_lines


@dataclass(frozen=True)
class Form:
    """How rows are written: the bytes of `head` come first, then those that `encode` gives of some rows after
    the other; of the file that holds them all, `finish` makes the one that is wanted."""

    head: Callable[[], bytes]
    encode: Callable[[Sequence[Row]], bytes]
    finish: Callable[[Path, Path], object]


#: By how the output's name ends.
FORMS = {
    ".jsonl": Form(bytes, lambda rows: json_lines(rows).encode(), Path.replace),
    # A file name need not be valid text.
    ".csv": Form(
        lambda: csv_header().encode(),
        lambda rows: csv_lines(rows).encode("utf-8", "backslashreplace"),
        Path.replace,
    ),
    ".parquet": Form(arrow_head, arrow, to_parquet),
}
