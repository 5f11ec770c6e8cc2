"""Parquet by way of Arrow's streaming form, which grows by blocks; the only importer of pyarrow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inkdigits.errors import MissingExtra

if TYPE_CHECKING:
    import pyarrow as pa

#: Rows of one row group.
GROUP = 65_536


def to_arrow_head() -> bytes:
    """What comes before the first rows. Raises MissingExtra."""
    return bytes(_schema().serialize())


def to_arrow(rows: Sequence[dict[str, Any]]) -> bytes:
    """Some rows. Raises MissingExtra."""
    sound = [row | {"path": row["path"].encode("utf-8", "backslashreplace").decode()} for row in rows]
    return bytes(_pyarrow().RecordBatch.from_pylist(sound, _schema()).serialize())


def from_arrow(spool: Path, target: Path) -> None:
    """Head and rows as one Parquet file, whole or not there."""
    import pyarrow.parquet as pq

    scratch = target.with_name(f".{target.name}.scratch")
    try:
        with pq.ParquetWriter(scratch, _schema()) as writer:
            for group in _groups(spool):
                writer.write_table(group, GROUP)
        scratch.replace(target)
    finally:
        scratch.unlink(missing_ok=True)
    spool.unlink()


def _groups(spool: Path) -> Iterator[pa.Table]:
    arrow = _pyarrow()
    with spool.open("rb") as file, arrow.ipc.open_stream(file) as stream:
        some, number = [], 0
        for batch in stream:
            some.append(batch)
            number += batch.num_rows
            if number >= GROUP:
                yield arrow.Table.from_batches(some)
                some, number = [], 0
        if some:
            yield arrow.Table.from_batches(some)


@cache
def _schema() -> pa.Schema:
    arrow = _pyarrow()
    box = arrow.struct([(name, arrow.int32()) for name in ("x", "y", "width", "height")])
    digit = [
        ("value", arrow.int8()),
        ("confidence", arrow.float64()),
        ("probabilities", arrow.list_(arrow.float32())),
    ]
    error = arrow.struct([(name, arrow.string()) for name in ("code", "message", "remedy")])
    schema: pa.Schema = arrow.schema([
        ("path", arrow.string()),
        ("text", arrow.string()),
        ("confidence", arrow.float64()),
        ("reason", arrow.string()),
        ("turned", arrow.int16()),
        ("digits", arrow.list_(arrow.struct([*digit, ("box", box)]))),
        ("error", error),
    ])  # fmt: skip
    return schema


def _pyarrow() -> Any:
    try:
        import pyarrow
    except ModuleNotFoundError:
        raise MissingExtra("Parquet", "parquet") from None
    return pyarrow
