"""Items -> blocks: what one process reads at a time, and what is written or not as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b

from inkdigits.batch.items import Entry, Item

#: Items of a block at most.
ITEMS = 256
#: Bytes that its items carry with them at most, but for the last of them.
CARRIED = 8_000_000


@dataclass(frozen=True)
class Block:
    """Items that go together. `rows` is how many there are up to its end, and `digest` (hex) says which;
    `share` is how far through all input that is (0 to 1)."""

    items: tuple[Item, ...]
    rows: int
    digest: str
    share: float


def blocks_of(entries: Iterable[Entry]) -> Iterator[Block]:
    """The items in blocks, which depend on nothing but the items."""
    some, carried, rows, share = list[Item](), 0, 0, 0.0
    names = blake2b(digest_size=16)
    for item, share in entries:
        some.append(item)
        carried += len(item.source) if isinstance(item.source, bytes) else 0
        if len(some) == ITEMS or carried > CARRIED:
            rows += len(some)
            yield _block(some, rows, names, share)
            some, carried = [], 0
    if some:
        yield _block(some, rows + len(some), names, share)


def _block(items: list[Item], rows: int, names: blake2b, share: float) -> Block:
    for item in items:
        names.update(item.key.encode("utf-8", "surrogatepass") + b"\0")
    return Block(tuple(items), rows, names.hexdigest(), share)
