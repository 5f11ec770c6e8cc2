"""`inkdigits batch --ray`: blocks read on a Ray cluster, by Ray Data."""

from __future__ import annotations

import logging
import os
import pickle
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

from inkdigits.batch import Answered, Asked, Block, BlockReader
from inkdigits.cluster.join import hosts, joined, reason
from inkdigits.errors import BatchError, InkdigitsError

#: Blocks that each CPU gets of what is read at once, in so many tasks at least, and in one task at most: the
#: larger tasks are, the less of the time goes between them.
SHARE, TASKS, TASK = 1024, 4, 16
#: Bytes of pictures that are sent along at once, but for the last block of them; Ray's memory on one host can
#: surely hold so many.
CARRIED = 64_000_000


@dataclass(frozen=True)
class Same:
    """What must be alike on every host: how to read, the folder that paths are of, and who reads."""

    asked: Asked
    folder: str
    edition: str


def read_there(asked: Asked, address: str, blocks: Iterator[Block]) -> Iterator[Answered]:
    """The blocks' answers in their order, read on the cluster at `address`; a host may be lost meanwhile.

    What is not sent along, each host reads for itself at the same path. Raises SettingsError for a cluster
    that cannot be joined or lends no CPU, BatchError where it fails or its hosts differ, and whatever would
    stop every block.
    """
    same = Same(asked, str(Path.cwd()), _edition(BlockReader(asked)))
    with joined(address):
        import ray

        cpus = sum(hosts().values())
        try:
            for some in _portions(blocks, cpus * SHARE):
                yield from _read(same, some, cpus)
        except ray.exceptions.RayError as error:
            raise BatchError(
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


def _read(same: Same, some: list[bytes], cpus: int) -> Iterator[Answered]:
    from ray import data

    context = data.DataContext.get_current()
    context.execution_options.preserve_order = True
    context.enable_progress_bars = False
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    tasks = min(len(some), max(-(-len(some) // TASK), cpus * TASKS))
    rows = data.from_items([{"block": one} for one in some], override_num_blocks=tasks)
    for row in rows.map(partial(_answered, same), num_cpus=1).iter_rows():
        answer: Answered | InkdigitsError = pickle.loads(row["answer"])  # noqa: S301  (our own)
        if isinstance(answer, InkdigitsError):
            raise answer
        yield answer


def _answered(same: Same, row: dict[str, Any]) -> dict[str, bytes]:
    answer: Answered | InkdigitsError
    try:
        answer = reader_for(same)(pickle.loads(row["block"]))  # noqa: S301  (our own)
    except InkdigitsError as error:  # raised, it would come as one of Ray's
        answer = error
    return {"answer": pickle.dumps(answer)}


@cache
def reader_for(same: Same) -> BlockReader:
    """Made once in each process. Raises BatchError where this host is not as the one that asks."""
    try:
        os.chdir(same.folder)
    except OSError as error:
        raise BatchError(
            f"A host of the cluster cannot use the folder {same.folder}: {error.strerror}",
            "Every host must see the pictures at the same paths.",
        ) from None
    reader = BlockReader(same.asked)
    if (own := _edition(reader)) != same.edition:
        raise BatchError(
            f"A host of the cluster reads with {own}, not with {same.edition}",
            "Install the same version and the same model on every host.",
        )
    return reader


def _edition(reader: BlockReader) -> str:
    return f"inkdigits {version('inkdigits')} and the model {reader.reader.model.card['sha256']}"
