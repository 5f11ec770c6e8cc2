"""Folders and globs, sorted, with no more than a part of the names in memory."""

from __future__ import annotations

import errno
import json
import os
import re
import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from fnmatch import filter as fitting
from glob import has_magic
from heapq import merge
from itertools import islice
from pathlib import Path
from tempfile import TemporaryFile
from typing import TextIO

from inkdigits.batch.items import Entry, Item
from inkdigits.decode import SUFFIXES
from inkdigits.errors import BatchError

#: Names sorted in memory at once; the sorted parts wait on disk.
PART = 50_000
#: Names in a line of such a file.
LINE = 1_000
#: Stands in a pattern for any folders, or none.
DEEP = re.compile(r"(?<![^/])(?:\*\*(?:/+|\Z))+")
#: Errors by which a path leads nowhere; by any other nobody can say that it does not.
NOWHERE = (errno.ENOENT, errno.ENOTDIR, errno.ELOOP)


def folder_items(folder: str) -> Iterator[Entry]:
    """Every picture in the folder and those below it, by their paths."""
    return _entries(_pictures(folder))


def glob_items(pattern: str, besides: Iterable[Path] = ()) -> Iterator[Entry]:
    """Every file that the pattern matches, but those `besides`, whatever links lead there, by their paths."""
    others = set(map(_identity, besides)) - {None}
    return _entries(path for path in matches(pattern) if _identity(path) not in others)


def matches(pattern: str) -> Iterator[str]:
    """The files that the pattern matches, in no order; through links `**` comes to each folder once. A folder
    on the way that cannot be read stands for itself, to fail later."""
    closed = set[str]()
    yield from _matched(pattern, "", closed)
    yield from closed


def may_be(path: str, wanted: Callable[[int], bool] = bool) -> bool:
    """Whether there is something whose mode is `wanted`, as far as one may see it."""
    try:
        return wanted(os.stat(path or os.curdir).st_mode)  # noqa: PTH116
    except OSError as error:
        return error.errno not in NOWHERE
    except ValueError:  # of what can be no path
        return False


def is_picture(name: str) -> bool:
    """Whether a file of this name, or member of this path, is taken for a picture."""
    # A Mac puts a file `._a.png`, which is none, beside each a.png.
    apple = name.rpartition("/")[2].startswith("._")
    return os.path.splitext(name)[1].lower() in SUFFIXES and not apple  # noqa: PTH122


def _entries(paths: Iterable[str]) -> Iterator[Entry]:
    number, ordered = in_order(paths)
    for place, path in enumerate(ordered, 1):
        yield Item(path, path), place / number


def _pictures(folder: str) -> Iterator[str]:
    """Pictures in the folder and those below it, in no order. A folder that cannot be read stands for itself,
    to fail later."""
    closed = set[str]()
    for one in _folders([folder], closed, hidden=True):
        try:
            with os.scandir(one) as entries:
                yield from (entry.path for entry in entries if is_picture(entry.name) and _is_file(entry))
        except OSError:  # it was there a moment ago
            closed.add(one)
    yield from closed


def _matched(pattern: str, folder: str, closed: set[str]) -> Iterator[str]:
    """The files that the pattern matches, below the folder if it is not absolute; folders on the way that
    cannot be read are put to `closed`."""
    head, *tail = DEEP.split(pattern, maxsplit=1)
    found = _expanded(head, folder, closed)
    if not tail:
        yield from (one for one in found if may_be(one, stat.S_ISREG))
        return
    starts = (one for one in found if may_be(one, stat.S_ISDIR))
    for one in _folders(starts, closed, hidden=False):
        yield from _matched(tail[0] or "*", one, closed)


def _expanded(pattern: str, folder: str, closed: set[str]) -> Iterator[str]:
    """What the pattern may match, if it is there; glob would leave out folders that cannot be read."""
    parent, name = os.path.split(pattern)
    above = _expanded(parent, folder, closed) if has_magic(parent) else [os.path.join(folder, parent)]  # noqa: PTH118
    for one in above:
        names = _names(one, name, closed) if has_magic(name) else [name]
        yield from (os.path.join(one, each) for each in names)  # noqa: PTH118


def _names(folder: str, pattern: str, closed: set[str]) -> list[str]:
    """Those in the folder that match, hidden ones only by a dot in the pattern."""
    try:
        names = os.listdir(folder or os.curdir)  # noqa: PTH208
    except OSError as error:
        if error.errno not in NOWHERE:
            closed.add(folder or os.curdir)
        return []
    return [name for name in fitting(names, pattern) if pattern.startswith(".") or not name.startswith(".")]


def _is_file(entry: os.DirEntry[str]) -> bool:
    # Of a link to itself the entry would raise, and end the folder.
    return entry.is_file(follow_symlinks=False) or os.path.isfile(entry.path)  # noqa: PTH113


def _folders(starts: Iterable[str], closed: set[str], *, hidden: bool) -> Iterator[str]:
    """The folders and those below them, those behind links too, and those that are `hidden`; such as cannot
    be read are put to `closed`.

    Each counts once: by a path without links, else by the first of those with the fewest.
    """
    seen, links = set[tuple[int, int]](), list(starts)
    while links:
        further = list[str]()
        for one in sorted(links):
            yield from _below(one, seen, further, closed, hidden=hidden)
        links = further


def _below(
    folder: str, seen: set[tuple[int, int]], links: list[str], closed: set[str], *, hidden: bool
) -> Iterator[str]:
    """The folder and those in it that were not `seen`; links to others are put to `links`."""
    waiting = [folder]
    while waiting:
        if (same := _identity(one := waiting.pop())) in seen:
            continue
        if same:
            seen.add(same)
        try:
            below, linked = _inside(one, hidden=hidden)
        except OSError:
            closed.add(one or os.curdir)
            continue
        links += linked
        yield one
        waiting += sorted(below, reverse=True)


def _identity(path: str | Path) -> tuple[int, int] | None:
    """Equal for all paths of one file or folder, links followed; None where nothing is seen."""
    with suppress(OSError):
        told = os.stat(path or os.curdir)  # noqa: PTH116
        return told.st_dev, told.st_ino
    return None


def _inside(folder: str, *, hidden: bool) -> tuple[list[str], list[str]]:
    """The folders in this one, and the links to folders. Raises OSError."""
    own, linked = list[str](), list[str]()
    with os.scandir(folder or os.curdir) as entries:
        for entry in entries:
            link = entry.is_symlink()
            found = os.path.isdir(entry.path) if link else entry.is_dir()  # noqa: PTH112
            if found and (hidden or not entry.name.startswith(".")):
                (linked if link else own).append(os.path.join(folder, entry.name))  # noqa: PTH118
    return own, linked


def in_order(names: Iterable[str]) -> tuple[int, Iterator[str]]:
    """How many names there are, and they in order. Raises BatchError where there is no room to sort them."""
    stream, number, files = iter(names), 0, list[TextIO]()
    while part := sorted(islice(stream, PART)):
        number += len(part)
        if not files and len(part) < PART:
            return number, iter(part)
        files.append(_on_disk(part))
    return number, merge(*map(_from_disk, files))


def _on_disk(names: list[str]) -> TextIO:
    try:
        file = TemporaryFile("w+", encoding="ascii")  # noqa: SIM115
        for start in range(0, len(names), LINE):
            file.write(json.dumps(names[start : start + LINE]) + "\n")
        file.seek(0)
    except OSError as error:
        raise BatchError(
            f"There is no place to sort the names of all files: {error.strerror}",
            "Make room for temporary files, or name a folder with room in TMPDIR.",
        ) from None
    return file


def _from_disk(file: TextIO) -> Iterator[str]:
    with file:
        for line in file:
            yield from json.loads(line)
