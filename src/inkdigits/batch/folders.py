"""Folders and globs, sorted, with no more than a part of the names in memory."""

from __future__ import annotations

import glob
import json
import os
from collections.abc import Iterable, Iterator
from heapq import merge
from itertools import islice
from tempfile import TemporaryFile
from typing import TextIO

from inkdigits.batch.items import Entry, Item
from inkdigits.decode import SUFFIXES
from inkdigits.errors import BatchError

#: Names sorted in memory at once; the sorted parts wait on disk.
PART = 50_000
#: Names in a line of such a file.
LINE = 1_000


def folder_items(folder: str) -> Iterator[Entry]:
    """Every picture in the folder and those below it, by their paths."""
    return _entries(_walk(folder))


def glob_items(pattern: str) -> Iterator[Entry]:
    """Every file that the pattern matches, by their paths."""
    return _entries(matches(pattern))


def matches(pattern: str) -> Iterator[str]:
    """The files that the pattern matches, in no order."""
    # Path.glob takes no absolute pattern.
    return filter(os.path.isfile, glob.iglob(pattern, recursive=True))  # noqa: PTH207


def is_picture(name: str) -> bool:
    """Whether a file of this name, or member of this path, is taken for a picture."""
    # A Mac puts a file `._a.png`, which is none, beside each a.png.
    apple = name.rpartition("/")[2].startswith("._")
    return os.path.splitext(name)[1].lower() in SUFFIXES and not apple  # noqa: PTH122


def _entries(paths: Iterable[str]) -> Iterator[Entry]:
    number, ordered = in_order(paths)
    for place, path in enumerate(ordered, 1):
        yield Item(path, path), place / number


def _walk(folder: str) -> Iterator[str]:
    """Pictures below a folder in no order, those behind links too.

    Each folder counts once: by a path without links, else by the first of those with the fewest.
    """
    seen, links = set[tuple[int, int]](), [folder]
    while links:
        further = list[str]()
        for one in sorted(links):
            yield from _below(one, seen, further)
        links = further


def _below(folder: str, seen: set[tuple[int, int]], links: list[str]) -> Iterator[str]:
    """Pictures in folders that were not `seen`; links to others are put to `links`. A folder that cannot be
    read stands for itself, to fail later."""
    below = []
    try:
        told = os.stat(folder)  # noqa: PTH116
        if (same := (told.st_dev, told.st_ino)) in seen:
            return
        seen.add(same)
        with os.scandir(folder) as entries:
            for entry in entries:
                plain = entry.is_file(follow_symlinks=False)
                if entry.is_dir(follow_symlinks=False):
                    below.append(entry.path)
                elif not plain and os.path.isdir(entry.path):  # noqa: PTH112
                    links.append(entry.path)
                # Of a link to itself the entry would raise, and end the folder.
                elif is_picture(entry.name) and (plain or os.path.isfile(entry.path)):  # noqa: PTH113
                    yield entry.path
    except OSError:
        yield folder
    for one in sorted(below):
        yield from _below(one, seen, links)


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
