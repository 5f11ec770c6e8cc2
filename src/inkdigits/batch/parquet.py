"""Parquet by way of Arrow's streaming form, which grows by blocks; the only importer of pyarrow."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inkdigits.errors import MissingExtra
from inkdigits.rows import Row

if TYPE_CHECKING:
    import pyarrow as pa

#: Rows of one row group at least.
GROUP = 65_536


def arrow_head() -> bytes:
    """What comes before the first rows. Raises MissingExtra."""
    return bytes(_schema().serialize())


def arrow(rows: Sequence[Row]) -> bytes:
    """Some rows. Raises MissingExtra."""
    return bytes(_pyarrow().RecordBatch.from_pylist([_sound(row) for row in rows], _schema()).serialize())


def _sound(value: Any) -> Any:
    """A row, or what stands in it, as valid text: a file name, which errors repeat, need not be that."""
    if isinstance(value, dict):
        return {name: _sound(one) for name, one in value.items()}
    return value.encode("utf-8", "backslashreplace").decode() if isinstance(value, str) else value


def to_parquet(spool: Path, target: Path) -> None:
    """Head and rows as one Parquet file, whole or not there."""
    import pyarrow.parquet as pq

    scratch = target.with_name(f".{target.name}.scratch")
    try:
        with pq.ParquetWriter(scratch, _schema()) as writer:
            for group in _groups(spool):
                writer.write_table(group)
        with scratch.open("rb") as file:
            os.fsync(file.fileno())
        scratch.replace(target)
    finally:
        scratch.unlink(missing_ok=True)
    spool.unlink()


def _groups(spool: Path) -> Iterator[pa.Table]:
    pyarrow = _pyarrow()
    with spool.open("rb") as file, pyarrow.ipc.open_stream(file) as stream:
        some, number = [], 0
        for batch in stream:
            some.append(batch)
            number += batch.num_rows
            if number >= GROUP:
                yield pyarrow.Table.from_batches(some)
                some, number = [], 0
        if some:
            yield pyarrow.Table.from_batches(some)


@cache
def _schema() -> pa.Schema:
    pyarrow = _pyarrow()
    box = pyarrow.struct([(name, pyarrow.int32()) for name in ("x", "y", "width", "height")])
    digit = [
        ("value", pyarrow.int8()),
        ("confidence", pyarrow.float64()),
        ("probabilities", pyarrow.list_(pyarrow.float32())),
    ]
    error = pyarrow.struct([(name, pyarrow.string()) for name in ("code", "message", "remedy")])
    schema: pa.Schema = pyarrow.schema([
        ("path", pyarrow.string()),
        ("text", pyarrow.string()),
        ("confidence", pyarrow.float64()),
        ("reason", pyarrow.string()),
        ("turned", pyarrow.int16()),
        ("digits", pyarrow.list_(pyarrow.struct([*digit, ("box", box)]))),
        ("error", error),
    ])  # fmt: skip
    return schema


def _pyarrow() -> Any:
    try:
        import pyarrow
    except ModuleNotFoundError:
        raise MissingExtra("Parquet", "parquet") from None
    return pyarrow
