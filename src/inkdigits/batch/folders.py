"""Folders and globs, sorted, with no more than a part of the names in memory."""

from __future__ import annotations

import glob
import json
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
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


def folder_items(folder: str) -> Iterator[Entry]:
    """Every picture in the folder and those below it, by their paths."""
    return _entries(_pictures(folder))


def glob_items(pattern: str, besides: Iterable[Path] = ()) -> Iterator[Entry]:
    """Every file that the pattern matches, but those `besides`, by their paths."""
    others = set(map(os.path.abspath, besides))
    return _entries(path for path in matches(pattern) if os.path.abspath(path) not in others)  # noqa: PTH100


def matches(pattern: str, folder: str = "") -> Iterator[str]:
    """The files that the pattern matches, below the folder if it is not absolute, in no order; through links
    `**` comes to each folder once."""
    head, *tail = DEEP.split(pattern, maxsplit=1)
    # Path.glob takes no absolute pattern.
    heads = glob.iglob(head, root_dir=folder or None) if head else [""]  # noqa: PTH207
    found = (os.path.join(folder, one) for one in heads)  # noqa: PTH118
    if not tail:
        yield from filter(os.path.isfile, found)
        return
    # Left to itself, glob would go round in links until a path is too long.
    for one in _folders(found, hidden=False):
        yield from matches(tail[0] or "*", one)


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
    for one in _folders([folder], hidden=True):
        try:
            with os.scandir(one) as entries:
                yield from (entry.path for entry in entries if is_picture(entry.name) and _is_file(entry))
        except OSError:
            yield one


def _is_file(entry: os.DirEntry[str]) -> bool:
    # Of a link to itself the entry would raise, and end the folder.
    return entry.is_file(follow_symlinks=False) or os.path.isfile(entry.path)  # noqa: PTH113


def _folders(starts: Iterable[str], *, hidden: bool) -> Iterator[str]:
    """The folders and those below them, those behind links too, and those that are `hidden`.

    Each counts once: by a path without links, else by the first of those with the fewest.
    """
    seen, links = set[tuple[int, int]](), list(starts)
    while links:
        further = list[str]()
        for one in sorted(links):
            yield from _below(one, seen, further, hidden=hidden)
        links = further


def _below(folder: str, seen: set[tuple[int, int]], links: list[str], *, hidden: bool) -> Iterator[str]:
    """The folder and those in it that were not `seen`; links to others are put to `links`."""
    waiting = [folder]
    while waiting:
        one, below = waiting.pop(), list[str]()
        with suppress(OSError):  # whoever wants what is in it will meet the same
            told = os.stat(one or os.curdir)  # noqa: PTH116
            if (same := (told.st_dev, told.st_ino)) in seen:
                continue
            seen.add(same)
            below, linked = _inside(one, hidden=hidden)
            links += linked
        yield one
        waiting += sorted(below, reverse=True)


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
