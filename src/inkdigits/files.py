"""Files that are whole or not there."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from inkdigits.errors import NotWritten


def write_atomically(
    path: Path, data: bytes, mode: int | None = None, owner: tuple[int, int] = (-1, -1)
) -> None:
    """All of `data` or the old file: a kill or a full disk leaves nothing half-written. Raises NotWritten.

    `mode` is what the file's permissions are to be, where they are not to be the usual ones; `owner` then
    is the user and the group that it is to belong to.
    """
    # Its own for each call: threads, and containers with one volume, write the same file under the same id.
    scratch = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with scratch.open("wb") as file:
                if mode is not None:
                    os.fchmod(file.fileno(), mode)
                    os.fchown(file.fileno(), *owner)
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            scratch.replace(path)
        finally:
            scratch.unlink(missing_ok=True)


def stamp(path: Path) -> tuple[int, ...] | None:
    """What changes whenever the file does, or who may read it; None where there is none."""
    try:
        seen = path.stat()
    except OSError:
        return None
    return seen.st_ino, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Around whatever writes `path`; raises NotWritten, which names it and the reason, where that fails."""
    try:
        yield
    except OSError as error:
        raise NotWritten(f"{path} cannot be written: {error.strerror or error}") from None


def write_all(file: BinaryIO, data: bytes) -> None:
    """All of `data` into a file without a buffer: a write may stop early, and only the next one says why."""
    left = memoryview(data)
    while left:
        left = left[file.write(left) :]
