"""What the caller names -> one stream of items, always in the same order."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from inkdigits.batch.folders import folder_items, glob_items, matches, may_be
from inkdigits.batch.items import Entry, Item
from inkdigits.batch.lists import csv_items, jsonl_items
from inkdigits.batch.tars import tar_items
from inkdigits.batch.zips import zip_items
from inkdigits.errors import FileUnreadable, InputError

#: What is more than a picture, by how its name ends.
KINDS: Mapping[str, Callable[[str], Iterator[Entry]]] = {
    ".csv": csv_items,
    ".jsonl": jsonl_items,
    ".ndjson": jsonl_items,
    ".zip": zip_items,
} | dict.fromkeys((".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz"), tar_items)
LISTS = (csv_items, jsonl_items)


@dataclass(frozen=True)
class Input:
    """A folder, glob, archive, list or picture. `size` is that of a file in bytes, None of the others;
    `may_be_empty` is whether it may well hold nothing, as a list may."""

    name: str
    size: int | None
    entries: Callable[[], Iterator[Entry]]
    may_be_empty: bool = False

    @classmethod
    def of(cls, name: str, besides: Iterable[Path] = ()) -> Input:
        """What `name` stands for, files `besides` that a glob may match left out; nothing is opened yet.

        Raises FileUnreadable where there is nothing. What may be there but is no file, or cannot be looked
        at, is taken for a picture, to fail later.
        """
        # Those of Path would raise of a folder that may not be entered.
        if os.path.isfile(name):  # noqa: PTH113
            kind = _kind(name) or _picture
            return cls(name, os.path.getsize(name), partial(kind, name), kind in LISTS)  # noqa: PTH202
        if os.path.isdir(name):  # noqa: PTH112
            return cls(name, None, partial(folder_items, name))
        if next(matches(name), None):
            return cls(name, None, partial(glob_items, name, besides))
        if may_be(name):
            return cls(name, None, partial(_picture, name))
        raise FileUnreadable(f"{name} cannot be read: there is no such file or folder, and no match")


def is_many(name: str) -> bool:
    """Whether a file of this name is taken for an archive or a list."""
    return _kind(name) is not None


def _kind(name: str) -> Callable[[str], Iterator[Entry]] | None:
    return next((kind for end, kind in KINDS.items() if name.lower().endswith(end)), None)


def items_of(inputs: Iterable[Input]) -> Iterator[Entry]:
    """The items of all inputs, one after the other; an input that cannot be read further fails as an item.

    How far each item stands is said of all inputs together, each of which counts as much.
    """
    every = list(inputs)
    for place, one in enumerate(every):
        for item, share in _recorded(one):
            yield item, (place + share) / len(every)


def _recorded(one: Input) -> Iterator[Entry]:
    empty = not one.may_be_empty
    try:
        for entry in one.entries():
            empty = False
            yield entry
        if empty:
            raise FileUnreadable(f"{one.name} holds no picture", "Name something with pictures in it.")
    except OSError as error:
        yield Item(one.name, FileUnreadable(f"{one.name} cannot be read: {error.strerror}")), 1.0
    except InputError as error:
        yield Item(one.name, error), 1.0


def _picture(name: str) -> Iterator[Entry]:
    yield Item(name, name), 1.0
