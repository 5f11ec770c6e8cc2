"""Blocks read by processes of this machine, one for each core."""

from __future__ import annotations

import gc
import os
import signal
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from math import ceil
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Thread

from inkdigits.batch.blocks import Block
from inkdigits.batch.read import Answered, Asked, BlockReader
from inkdigits.errors import BatchError, InkdigitsError

#: Blocks that wait for each process, so that none of them waits for its next.
AHEAD = 3
#: Bytes of pictures that blocks carry, beyond which no more than one waits beside one for each process.
CARRIED = 64_000_000
#: What ends a run in good order.
STOPS = (signal.SIGINT, signal.SIGTERM)
#: What a process that reads starts with: one thread, as each has a core; and memory that was freed stays for
#: the next pictures, because to get it anew costs up to a tenth of the time.
ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MALLOC_MMAP_THRESHOLD_": str(2**25),
    "MALLOC_TRIM_THRESHOLD_": str(2**28),
}

#: Where a container finds what it may use, and the files that say of how many microseconds of processor
#: time in how many it is, in one form and in the older one.
CGROUP = Path("/sys/fs/cgroup")
QUOTAS = (("cpu.max",), ("cpu/cpu.cfs_quota_us", "cpu/cpu.cfs_period_us"))

_reader: BlockReader | InkdigitsError


def cores(cgroup: Path = CGROUP) -> int:
    """Cores that this process may use, by its mask and by its container's quota, of which a part is one."""
    every = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    for names in QUOTAS:
        with suppress(OSError, ValueError):  # of a quota that is not there, or is "max"
            quota, period = (int(part) for name in names for part in (cgroup / name).read_text().split())
            return min(every, ceil(quota / period)) if quota > 0 else every
    return every


def read_here(asked: Asked, workers: int, blocks: Iterator[Block]) -> Iterator[Answered]:
    """The answers in their order. Raises BatchError if a process is killed, or as BlockReader does."""
    os.environ.update({name: value for name, value in ENVIRONMENT.items() if name not in os.environ})
    context = get_context("spawn")
    told, tell = context.Pipe(duplex=False)
    pool = ProcessPoolExecutor(workers, context, _begin, (asked, told))
    try:
        yield from _in_order(pool, blocks, workers)
    except BrokenProcessPool:
        raise BatchError(
            "A process that read pictures was killed",
            "If memory was short, take fewer --workers; the same command goes on where it stopped.",
        ) from None
    finally:
        tell.close()  # nobody wants what they read now
        pool.shutdown(cancel_futures=True)


@contextmanager
def held_back() -> Iterator[None]:
    """What stops the first process comes afterwards. One that is started meanwhile never gets an interrupt:
    the first is told too, and stops the others."""
    held = list[int]()
    handlers = {number: signal.signal(number, lambda one, _: held.append(one)) for number in STOPS}
    # Which holds for this thread alone, and what it starts.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, STOPS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        for number, handler in handlers.items():
            signal.signal(number, handler)
        for caught in held[:1]:
            signal.raise_signal(caught)


def _in_order(pool: ProcessPoolExecutor, blocks: Iterator[Block], workers: int) -> Iterator[Answered]:
    waiting, sizes = deque[Future[Answered]](), deque[int]()
    for block in blocks:
        with held_back():  # a process is started when there is a block for it
            waiting.append(pool.submit(_read, block))
        sizes.append(block.carried)
        while len(waiting) >= (workers * AHEAD if sum(sizes) <= CARRIED else workers + 1):
            sizes.popleft()
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def _begin(asked: Asked, told: Connection) -> None:
    global _reader
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})  # by which the pool ends those that are left
    try:
        _reader = BlockReader(asked)
    except InkdigitsError as error:  # raised here, it would count as a kill
        _reader = error
    Thread(target=_end_with_parent, args=(told,), daemon=True).start()
    gc.freeze()  # what is there now stays, and need not be looked through again and again


def _end_with_parent(told: Connection) -> None:
    """Once the parent closes its end, it wants no more blocks; killed, it tells nobody else, and without this
    its processes would wait for it forever. They do not end by themselves while it lives: a half of an answer
    would keep it waiting."""
    told.poll(None)
    if isinstance(_reader, BlockReader):
        _reader.unwanted = True
    if parent := parent_process():
        parent.join()
        os._exit(1)


def _read(block: Block) -> Answered:
    if isinstance(_reader, InkdigitsError):
        raise _reader
    return _reader(block)
