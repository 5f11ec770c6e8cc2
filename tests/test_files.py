"""Files that are whole or not there."""

import os
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from inkdigits.files import NoRegularFile, read_regular, write_atomically


def test_writers_of_one_file_at_once_do_not_take_each_others_scratch(tmp_path: Path) -> None:
    path = tmp_path / "file"
    written = [bytes([number]) * 100_000 for number in range(16)] * 8
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(partial(write_atomically, path), written))
    assert path.read_bytes() in written
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_stays_and_its_file_is_replaced(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to("file")
    for data in (b"made", b"replaced"):
        write_atomically(link, data)
        assert link.is_symlink()
        assert (tmp_path / "file").read_bytes() == data


def test_a_pipe_is_written_to(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with ThreadPoolExecutor(1) as reader:
        told = reader.submit(pipe.read_bytes)
        write_atomically(pipe, b"told")
        assert told.result() == b"told"
    assert pipe.is_fifo()


def test_what_is_open_already_is_gone_on_with(tmp_path: Path) -> None:
    with (tmp_path / "file").open("w+b", buffering=0) as file:
        for data in (b"before", b"behind"):
            write_atomically(Path(f"/dev/fd/{file.fileno()}"), data)
        assert file.read() == b"beforebehind"


def test_a_pipe_that_nobody_writes_to_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(NoRegularFile, match="pipe or a device"):
        read_regular(tmp_path / "pipe")
