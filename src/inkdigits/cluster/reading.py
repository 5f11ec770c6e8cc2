"""`inkdigits batch --ray`: blocks read on a Ray cluster, by Ray Data."""

from __future__ import annotations

import logging
import pickle
from collections.abc import Iterator
from functools import cache, partial
from typing import Any

from inkdigits.batch import Answered, Asked, Block, BlockReader
from inkdigits.cluster.join import hosts, joined, ours, reason
from inkdigits.errors import BatchError

#: Blocks that each CPU gets of what is read at once, and in one task: the more, the less Ray has to do.
SHARE, TASK = 128, 4
#: Bytes of pictures that are sent along at once, which is what Ray's memory on one host can surely hold.
CARRIED = 64_000_000


def read_there(asked: Asked, address: str, blocks: Iterator[Block]) -> Iterator[Answered]:
    """The blocks' answers in their order, read on the cluster at `address`; a host may be lost meanwhile.

    What is not sent along, each host reads for itself at the same path. Raises SettingsError for a cluster
    that cannot be joined, BatchError where it fails, and whatever would stop every block.
    """
    with joined(address):
        import ray

        cpus = sum(hosts().values())
        try:
            for some in _portions(blocks, cpus * SHARE):
                yield from _read(asked, some)
        except ray.exceptions.RayError as error:
            raise ours(error) or BatchError(
                f"The cluster cannot read on: {reason(error)}",
                "See `ray status`; the same command goes on where it stopped.",
            ) from None


def _portions(blocks: Iterator[Block], most: int) -> Iterator[list[bytes]]:
    """The blocks as bytes, as many as are read at once."""
    some, size = list[bytes](), 0
    for block in blocks:
        some.append(pickle.dumps(block))
        size += len(some[-1])
        if len(some) == most or size > CARRIED:
            yield some
            some, size = [], 0
    if some:
        yield some


def _read(asked: Asked, some: list[bytes]) -> Iterator[Answered]:
    from ray import data

    context = data.DataContext.get_current()
    context.execution_options.preserve_order = True
    context.enable_progress_bars = False
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    rows = data.from_items([{"block": one} for one in some], override_num_blocks=-(-len(some) // TASK))
    for row in rows.map(partial(_answered, asked), num_cpus=1).iter_rows():
        yield Answered(**row)


def _answered(asked: Asked, row: dict[str, Any]) -> dict[str, Any]:
    return vars(_reader(asked)(pickle.loads(row["block"])))  # noqa: S301  (our own, from the driver)


@cache
def _reader(asked: Asked) -> BlockReader:
    """Loaded once in each process."""
    return BlockReader(asked)
