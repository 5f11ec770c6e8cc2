"""Items -> blocks: what one process reads at a time, and what is written or not as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b

from inkdigits.batch.items import Entry, Item, size_of

#: Items of a block at most.
ITEMS = 256
#: Bytes of its pictures at most, but for the last of them. A page of so many takes a second or two at most: a
#: block is also what a core is given, what progress counts, and what is read again when a run was stopped.
BYTES = 100_000


@dataclass(frozen=True)
class Block:
    """Items that go together. `rows` is how many there are up to its end, and `digest` (hex) says which;
    `share` is how far through all input that is (0 to 1)."""

    items: tuple[Item, ...]
    rows: int
    digest: str
    share: float

    @property
    def carried(self) -> int:
        """Bytes of pictures that travel with it, as no other process could read them."""
        return sum(len(item.source) for item in self.items if isinstance(item.source, bytes))


class Passed:
    """How many items there were, and which: that does not depend on how they came in blocks."""

    def __init__(self) -> None:
        self.rows, self._names = 0, blake2b(digest_size=16)

    def add(self, item: Item) -> None:
        self.rows += 1
        self._names.update(item.key.encode("utf-8", "surrogatepass") + b"\0")

    @property
    def digest(self) -> str:
        """Says which they were, in hex."""
        return self._names.hexdigest()


def blocks_of(entries: Iterable[Entry], passed: Passed | None = None) -> Iterator[Block]:
    """The items in blocks, which depend on nothing but the items; those that `passed` came before."""
    passed = passed or Passed()
    some, size, share = list[Item](), 0, 0.0
    for item, share in entries:
        some.append(item)
        passed.add(item)
        size += size_of(item.source)
        if len(some) == ITEMS or size > BYTES:
            yield Block(tuple(some), passed.rows, passed.digest, share)
            some, size = [], 0
    if some:
        yield Block(tuple(some), passed.rows, passed.digest, share)
