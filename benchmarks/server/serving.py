"""A server as a process of its own, what it uses, and what it wrote."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psutil

#: Seconds until a server that was told to stop must have ended.
STOPPED = 30


@dataclass(frozen=True)
class Server:
    """A running server: its `address` (http://host:port), its process, and the file of what it prints."""

    address: str
    process: psutil.Popen
    log: Path

    @property
    def host(self) -> str:
        return urlsplit(self.address).hostname or ""

    @property
    def port(self) -> int:
        return urlsplit(self.address).port or 0

    @property
    def processes(self) -> list[psutil.Process]:
        return [self.process, *self.process.children(recursive=True)]

    @property
    def workers(self) -> frozenset[int]:
        """Ids of its processes; a worker that died and was replaced has another."""
        return frozenset(process.pid for process in self.processes)

    @property
    def resident(self) -> float:
        """Memory of all its processes that is its own, in megabytes."""
        return sum(process.memory_full_info().uss for process in self.processes) / 1e6


@contextmanager
def serving(*options: str, core: int | None = None, **environment: str) -> Iterator[Server]:
    """`inkdigits serve` on a free port, on one `core` if given, once it answers; stopped at the end."""
    command = [sys.executable, "-m", "inkdigits", "serve", "--port", "0", *options]
    with (
        tempfile.TemporaryDirectory() as folder,
        _running(command, core, Path(folder), environment) as process,
    ):
        log = Path(folder) / "log"
        yield Server(process.stdout.readline().split()[3], process, log)


@contextmanager
def _running(
    command: Sequence[str], core: int | None, folder: Path, environment: dict[str, str]
) -> Iterator[psutil.Popen]:
    with (folder / "log").open("wb") as log:
        process = psutil.Popen(
            [*pinned(core), *command],
            stdout=subprocess.PIPE, stderr=log, text=True, env=os.environ | environment,
        )  # fmt: skip
        try:
            yield process
        finally:
            stop(process)
            process.stdout.close()


def pinned(core: int | None) -> list[str]:
    """What goes before a command that shall have this core alone."""
    return [] if core is None else ["taskset", "--cpu-list", str(core)]


def stop(process: psutil.Popen) -> None:
    """End a process and its children, by force if it takes longer than STOPPED."""
    if not process.is_running():
        return
    family = [process, *process.children(recursive=True)]
    process.terminate()
    for left in psutil.wait_procs(family, STOPPED)[1]:
        left.kill()
