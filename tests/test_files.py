"""Files that are whole or not there."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from inkdigits.files import write_atomically


def test_writers_of_one_file_at_once_do_not_take_each_others_scratch(tmp_path: Path) -> None:
    path = tmp_path / "file"
    written = [bytes([number]) * 100_000 for number in range(16)] * 8
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(partial(write_atomically, path), written))
    assert path.read_bytes() in written
    assert list(tmp_path.iterdir()) == [path]
