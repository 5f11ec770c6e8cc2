"""Blocks hold all items in order, bounded in number and bytes, and know what came before."""

from __future__ import annotations

import json
import tarfile
import zipfile
from pathlib import Path

import pytest

from inkdigits.batch import Block, Input, blocks_of, items_of
from inkdigits.batch.blocks import BYTES, ITEMS
from inkdigits.batch.items import Item
from inkdigits.errors import BadSource


def blocks(number: int, data: bytes = b"") -> list[Block]:
    return list(blocks_of((Item(f"{place}", data), place / number) for place in range(1, number + 1)))


def test_blocks_hold_all_items_in_order() -> None:
    found = blocks(2 * ITEMS + 1)
    assert [len(block.items) for block in found] == [ITEMS, ITEMS, 1]
    assert [block.rows for block in found] == [ITEMS, 2 * ITEMS, 2 * ITEMS + 1]
    assert [item.key for block in found for item in block.items] == [f"{n}" for n in range(1, 2 * ITEMS + 2)]
    assert found[-1].share == 1


def test_blocks_are_bounded_in_bytes() -> None:
    assert [len(block.items) for block in blocks(10, bytes(BYTES // 3))] == [4, 4, 2]


@pytest.mark.parametrize("kind", ["folder", "x.tar", "x.tar.gz", "x.zip", "x.jsonl"])
def test_large_pictures_come_few_in_a_block(tmp_path: Path, kind: str) -> None:
    """So that a folder of photographs is read by all cores, and with progress."""
    folder = tmp_path / "folder"
    folder.mkdir()
    for place in range(7):
        with (folder / f"{place}.png").open("wb") as file:
            file.truncate(BYTES // 2)
    names = sorted(map(str, folder.iterdir()))
    (tmp_path / "x.jsonl").write_text("".join(json.dumps(name) + "\n" for name in names))
    for name, mode in (("x.tar", "w:"), ("x.tar.gz", "w:gz")):
        with tarfile.open(tmp_path / name, mode) as tar:  # type: ignore[call-overload]
            tar.add(folder)
    with zipfile.ZipFile(tmp_path / "x.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.write(name)
    found = blocks_of(items_of([Input.of(str(tmp_path / kind))]))
    assert [len(block.items) for block in found] == [3, 3, 1]


def test_what_is_not_there_takes_no_room_in_a_block() -> None:
    entries = [(Item(name, name), 1.0) for name in ("gone.png", "nul\0byte.png", "http://x/a.png")]
    assert [block.rows for block in blocks_of([*entries, (Item("bad", BadSource("bad")), 1.0)])] == [4]


def test_a_digest_is_of_all_items_up_to_there() -> None:
    assert blocks(300)[0].digest == blocks(400)[0].digest
    assert blocks(300)[1].digest != blocks(400)[1].digest
    assert len({block.digest for block in blocks(2000)}) == 8
