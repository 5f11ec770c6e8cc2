"""Files that are whole or not there."""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from errno import EINVAL
from pathlib import Path
from typing import BinaryIO

from inkdigits.errors import NotWritten

#: How the paths of files begin that are open already, whatever these are.
STREAMS = ("/dev/stdin", "/dev/stdout", "/dev/stderr", "/dev/fd/", "/proc/self/fd/")


class NoRegularFile(OSError):
    """A pipe or a device: whoever opens it may wait for somebody else forever."""

    def __init__(self, path: str) -> None:
        super().__init__(EINVAL, "it is a pipe or a device, and no regular file", path)


def check_regular(path: str | os.PathLike[str]) -> None:
    """Raises NoRegularFile, or what `os.stat` raises."""
    mode = os.stat(path).st_mode  # noqa: PTH116  (a third of the time)
    # A folder says by itself that it is one.
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode) or os.fsdecode(path).startswith(STREAMS)):
        raise NoRegularFile(os.fsdecode(path))


def read_regular(path: Path) -> bytes:
    """The file's bytes. Raises OSError, for a pipe or a device NoRegularFile."""
    check_regular(path)
    return path.read_bytes()


def write_atomically(
    path: Path, data: bytes, mode: int | None = None, owner: tuple[int, int] = (-1, -1)
) -> None:
    """All of `data` or the old file: a kill or a full disk leaves nothing half-written. Raises NotWritten.

    A link stays, and the file that it leads to is replaced; a pipe, a device or an open file is written to.
    `mode` is what the file's permissions are to be, where they are not to be the usual ones; `owner` then
    is the user and the group that it is to belong to.
    """
    with writing(path):
        if is_stream(path):
            with path.open("ab") as file:  # else what was written there before would be gone
                file.write(data)
            return
        path = Path(os.path.realpath(path))
        # Its own for each call: threads, and containers with one volume, write the same file under one id.
        scratch = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
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


def is_stream(path: Path) -> bool:
    """Whether what is written there goes on to somebody, and takes the place of no file."""
    return str(path).startswith(STREAMS) or (path.exists() and not (path.is_file() or path.is_dir()))


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
