"""How a block is read: each item has its row, whatever the others are, and the forms hold the same."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet
import pytest

from inkdigits import Reader
from inkdigits.batch import FORMS, Asked, Block, BlockReader
from inkdigits.batch.items import Item, Source
from inkdigits.batch.own import decoded
from inkdigits.errors import BadGuide, BadSource, ModelMissing
from inkdigits.reader import PIXELS
from inkdigits.rows import Row
from inkdigits.types import Raster


@pytest.fixture(scope="module")
def block_reader() -> BlockReader:
    return BlockReader(Asked(".jsonl"))


@pytest.fixture
def block(tmp_path: Path, seven_png: bytes, blank_png: bytes) -> Block:
    """A path, bytes, a blank, a truncated picture, what is no file, and what failed before."""
    (tmp_path / "a.png").write_bytes(seven_png)
    items = (
        Item("a", str(tmp_path / "a.png")),
        Item("cut", seven_png[:-40]),
        Item("blank", blank_png),
        Item("gone", str(tmp_path / "gone.png")),
        Item("bytes", seven_png),
        Item("\udcff", BadSource("Line 3 of the list x names no path")),
    )
    return Block(items, 100, "digest", 0.5)


def test_each_item_has_its_row(
    block_reader: BlockReader, block: Block, reader: Reader, seven_png: bytes
) -> None:
    rows = block_reader.rows(block.items)
    assert [row["path"] for row in rows] == ["a", "cut", "blank", "gone", "bytes", "\udcff"]
    assert [row.get("error", {}).get("code") for row in rows] == [
        None, "truncated_image", None, "file_unreadable", None, "bad_source",
    ]  # fmt: skip
    assert rows[2]["reason"] == "blank"
    assert rows[4] == {"path": "bytes", **reader.read_many([seven_png, seven_png])[0].to_dict()}
    assert rows[0] == {**rows[4], "path": "a"}


def test_a_fault_of_ours_fails_alone(
    block_reader: BlockReader, block: Block, monkeypatch: pytest.MonkeyPatch, blank_png: bytes
) -> None:
    whole = block_reader.rows(block.items)

    def flawed(source: Source) -> Raster:
        if source == blank_png:
            raise KeyError("ink")
        return decoded(source)

    monkeypatch.setattr("inkdigits.batch.read.decoded", flawed)
    rows = block_reader.rows(block.items)
    assert rows[2]["error"]["code"] == "internal"
    assert rows[2]["error"]["message"].endswith("(KeyError: 'ink')")
    assert [row.get("text") for row in rows[:2] + rows[3:]] == [
        row.get("text") for row in whole[:2] + whole[3:]
    ]


def test_what_would_stop_every_block_does(
    block_reader: BlockReader, block: Block, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: Source) -> Raster:
        raise ModelMissing("The model is gone")

    monkeypatch.setattr("inkdigits.batch.read.decoded", broken)
    with pytest.raises(ModelMissing):
        block_reader(block)


def test_what_stands_in_a_block_goes_with_its_answer(block_reader: BlockReader, block: Block) -> None:
    answered = block_reader(block)
    assert (answered.failed, answered.rows, answered.digest, answered.share) == (3, 100, "digest", 0.5)
    assert [json.loads(line) for line in answered.data.splitlines()] == block_reader.rows(block.items)


@pytest.mark.parametrize("place", ["/dev/stdin", "/dev/fd/0"])
def test_a_stream_is_not_waited_for(block_reader: BlockReader, place: str) -> None:
    (row,) = block_reader.rows([Item(place, place)])
    assert row["error"]["code"] == "file_unreadable"
    assert row["error"]["message"] == f"{place} cannot be read: it is a stream, which no batch takes"


class Regretted(tuple[Item, ...]):
    """Items that nobody wants any more once the first is taken."""

    reader: BlockReader

    def __iter__(self) -> Iterator[Item]:
        for item in super().__iter__():
            yield item
            self.reader.unwanted = True


def test_what_nobody_wants_any_more_is_given_up(big_png: bytes) -> None:
    items = Regretted([Item("first", big_png), Item("second", big_png)])
    items.reader = BlockReader(Asked(".jsonl"))
    with pytest.raises(KeyboardInterrupt):
        items.reader.rows(items)


def test_large_pictures_are_read_a_few_at_a_time(block_reader: BlockReader, big_png: bytes) -> None:
    number = 2 * PIXELS // 2_000_000 + 1
    rows = block_reader.rows([Item(str(place), big_png) for place in range(number)])
    assert [row["path"] for row in rows] == [str(place) for place in range(number)]


def test_the_options_of_a_reader(block: Block, reader: Reader, seven_png: bytes) -> None:
    asked = Asked(".jsonl", pattern="no d")
    row = BlockReader(asked).rows(block.items[:1])[0]
    assert row["text"] == reader.read(seven_png, pattern="no d").text == "no 7"


def test_what_would_stop_every_block_is_said_first(tmp_path: Path) -> None:
    with pytest.raises(BadGuide):
        BlockReader(Asked(".csv", length=0))
    with pytest.raises(ModelMissing):
        BlockReader(Asked(".csv", str(tmp_path / "gone.onnx")))


def written(form: str, parts: list[list[Row]], folder: Path) -> Path:
    spool, out = folder / "part", folder / f"out{form}"
    spool.write_bytes(FORMS[form].head() + b"".join(map(FORMS[form].encode, parts)))
    FORMS[form].finish(spool, out)
    assert not spool.exists()
    return out


def told(row: Row) -> dict[str, Any]:
    """A row as a table holds it."""
    names = ("text", "confidence", "reason", "turned", "digits", "error")
    path = row["path"].encode("utf-8", "backslashreplace").decode()
    return {"path": path, **{name: row.get(name) for name in names}}


def test_csv_holds_the_rows(block_reader: BlockReader, block: Block, tmp_path: Path) -> None:
    rows = block_reader.rows(block.items)
    out = written(".csv", [rows[:2], rows[2:]], tmp_path)
    lines = list(csv.DictReader(io.StringIO(out.read_text("utf-8"), newline="")))
    assert [line["path"] for line in lines] == ["a", "cut", "blank", "gone", "bytes", "\\udcff"]
    assert [line["text"] for line in lines] == ["7", "", "", "", "7", ""]
    assert [line["error"] for line in lines][1] == "truncated_image"


def test_parquet_holds_the_rows(block_reader: BlockReader, block: Block, tmp_path: Path) -> None:
    rows = block_reader.rows(block.items)
    table = pyarrow.parquet.read_table(written(".parquet", [rows[:2], [], rows[2:]], tmp_path))
    assert table.to_pylist() == [told(row) for row in rows]


def test_parquet_holds_errors_that_repeat_what_is_no_text(block_reader: BlockReader, tmp_path: Path) -> None:
    rows = block_reader.rows([Item("\udcff.png", "\udcff.png")])
    (row,) = pyarrow.parquet.read_table(written(".parquet", [rows], tmp_path)).to_pylist()
    assert row["path"] == "\\udcff.png"
    assert row["error"]["message"] == "\\udcff.png cannot be read: No such file or directory"


def test_parquet_of_nothing(tmp_path: Path) -> None:
    assert pyarrow.parquet.read_table(written(".parquet", [], tmp_path)).num_rows == 0


def test_parquet_comes_in_groups(tmp_path: Path) -> None:
    rows = [
        {"path": str(place), "error": {"code": "x", "message": "y", "remedy": "z"}} for place in range(1000)
    ]
    file = pyarrow.parquet.ParquetFile(written(".parquet", [rows] * 140, tmp_path))
    assert (file.metadata.num_rows, file.metadata.num_row_groups) == (140_000, 3)
