"""`run`: the application on granian, in worker processes of its own."""

from __future__ import annotations

import atexit
import logging
import multiprocessing
import os
import shutil
import signal
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server.mp import MPServer

from inkdigits.errors import ModelError, SettingsError
from inkdigits.reader import Reader
from inkdigits.server import keys, logs, metrics, prefix
from inkdigits.server.app import create_app
from inkdigits.server.current import checked
from inkdigits.server.front import Front
from inkdigits.server.rates import Rates
from inkdigits.settings import Settings

log = logging.getLogger(__name__)

#: Seconds that requests under way are given once no new ones are taken.
GRACE = 10
POLL = 0.05
#: Seconds until what has gone wrong in a worker is tried again.
AGAIN = 1
#: Connections that one worker holds open at a time; the others wait to be accepted.
CONNECTIONS = 4096
#: Bytes of a request's headers that are surely taken; up to twice as many may be, as they happen to come.
HEADERS = 65_536
#: What the main process tells its workers.
DRAIN, SWAP = signal.SIGUSR1, signal.SIGUSR2
#: How workers take memory: one arena, and blocks above a megabyte straight from the system.
MALLOC = {"MALLOC_ARENA_MAX": "1", "MALLOC_MMAP_THRESHOLD_": "1000000"}
#: Bytes that the counts of one worker may take; one that found no room for them would be killed.
COUNTS = 4_000_000
#: Files that are never written to a disk, on Linux.
MEMORY = "/dev/shm"  # noqa: S108


def run(settings: Settings, announce: Callable[[str], None]) -> None:
    """Serve until SIGINT, or SIGTERM and the time of drain after it; SIGHUP has the model read again.

    `announce` is told the address once it answers. The workers take their settings from the
    environment, which must say what `settings` says. Raises ModelError or SettingsError, before
    anything listens, where the model cannot be used or the address cannot be had.
    """
    check(settings)
    address, port = free_address(settings.host, settings.port)
    # A forked worker would hang in the model's session, which the check above has opened.
    multiprocessing.set_start_method("spawn", force=True)
    # glibc gives large blocks back only if told so before a worker starts.
    for name, value in MALLOC.items():
        os.environ.setdefault(name, value)
    # Workers inherit this: what one that is starting still is told waits until it can obey.
    signal.pthread_sigmask(signal.SIG_BLOCK, (DRAIN, SWAP))
    server = _Main(settings, address, port)
    threading.Thread(target=server.announce, args=(announce, settings.host), daemon=True).start()
    with _counting_together(settings.workers):
        server.serve(target_loader=load, wrap_loader=False)


def check(settings: Settings) -> None:
    """Raise ModelError or SettingsError where what the settings name cannot be used."""
    prefix.check(settings.prefix)
    _check_files(settings)
    Rates(settings).check()


def _check_files(settings: Settings) -> None:
    checked(Reader(settings.model))
    if settings.keys:
        keys.load(settings.keys)


class _Main(MPServer):
    """granian's main process: it ends its workers after a drain, and has them swap the model in place."""

    def __init__(self, settings: Settings, address: str, port: int) -> None:
        super().__init__(
            "inkdigits",
            address=address,
            port=port,
            interface=Interfaces.RSGI,
            http=HTTPModes.http1,
            http1_settings=HTTP1Settings(
                header_read_timeout=int(settings.timeout * 1000), max_buffer_size=HEADERS
            ),
            workers=settings.workers,
            backpressure=CONNECTIONS,
            websockets=False,
            log_level=LogLevels(settings.log_level),
            log_dictconfig=logs.config(settings),
            workers_kill_timeout=GRACE,
            respawn_failed_workers=True,
        )
        self._drain = settings.drain
        self._draining = self._answered = False

    def announce(self, tell: Callable[[str], None], host: str) -> None:
        """Once it answers, tell its address."""
        _await(self.bind_addr, self.bind_port)
        self._answered = True
        tell(url_of(host, self.bind_port))

    def signal_handler_interrupt(self, number: int, *_: Any) -> None:
        """At SIGTERM drain and then stop; at SIGINT, or the second time, stop at once."""
        if number != signal.SIGTERM or self._draining or not self._drain:
            self._stop()
            return
        self._draining = True
        log.info("Told to stop: new requests are taken for %g s more", self._drain)
        self._tell(DRAIN)
        timer = threading.Timer(self._drain, self._stop)
        timer.daemon = True
        timer.start()

    def signal_handler_reload(self, *_: Any) -> None:
        """At SIGHUP have every worker read the model file again."""
        self._tell(SWAP)

    def _stop(self) -> None:
        super().signal_handler_interrupt()  # type: ignore[no-untyped-call]

    def _respawn_workers(self, workers: list[int], target: Any, loader: Any, delay: float = 0) -> None:
        """Start workers again. Once the server has answered, none that dies repeatedly ends the others."""
        if not self._answered:
            super()._respawn_workers(workers, target, loader, delay)
            return
        super()._respawn_workers(workers, target, partial(load, again=True), delay)
        # A worker in here that dies within seconds would have granian end the healthy ones too.
        self.respawned_wrks.clear()
        time.sleep(AGAIN)

    def _tell(self, number: int) -> None:
        for worker in self.wrks:
            with suppress(ProcessLookupError):
                os.kill(worker.inner.pid, number)


def load(again: bool = False) -> Front:
    """The application of one worker, which obeys the main process and ends with it.

    One that is started `again`, in another's place, waits for files it can use: the others still answer.
    """
    # Else a terminal's Ctrl+C would end the workers before the main process can say how.
    os.setpgid(0, 0)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    settings = Settings()
    if again:
        _wait_for_files(settings)
    app = create_app(settings)
    current = app.extensions["inkdigits"]
    signal.signal(DRAIN, lambda *_: current.drain())
    signal.signal(SWAP, lambda *_: threading.Thread(target=current.reload).start())
    signal.pthread_sigmask(signal.SIG_UNBLOCK, (DRAIN, SWAP))
    # Threads of granian's may outlive the interpreter's end, and would abort the process if they met it.
    atexit.register(os._exit, 0)
    return Front(app, settings)


def _end_with_parent() -> None:
    if parent := multiprocessing.parent_process():
        parent.join()
        if folder := os.environ.get(metrics.SHARED):
            shutil.rmtree(folder, ignore_errors=True)
        os.kill(os.getpid(), signal.SIGTERM)


def _wait_for_files(settings: Settings) -> None:
    """Wait until the model and the keys can be used, as they could when the server started."""
    said = ""
    while True:
        try:
            return _check_files(settings)
        except (ModelError, SettingsError) as error:
            if str(error) != said:
                log.error("A worker waits until it can start: %s", error)
            said = str(error)
        time.sleep(AGAIN)


@contextmanager
def _counting_together(workers: int) -> Iterator[None]:
    """Where several workers count, a folder in which they count together for /metrics; gone in the end."""
    folder = folder_with(workers * COUNTS) if workers > 1 else None
    if folder is None:
        os.environ.pop(metrics.SHARED, None)
        yield
        return
    with folder:
        os.environ[metrics.SHARED] = folder.name
        yield


def folder_with(room: int) -> tempfile.TemporaryDirectory[str] | None:
    """One with so many bytes left: in memory, else where temporary files go; None where there is neither."""
    for place in (MEMORY, None):
        with suppress(OSError):
            if shutil.disk_usage(place or tempfile.gettempdir()).free >= room:
                return tempfile.TemporaryDirectory(prefix="inkdigits-", dir=place, ignore_cleanup_errors=True)
    log.warning("No folder has room, so /metrics tells of one worker alone: name one in TMPDIR")
    return None


def free_address(host: str, port: int) -> tuple[str, int]:
    """The numeric address of `host` and a port that can be listened on: `port`, or a free one for 0.

    Raises SettingsError where there is none.
    """
    try:
        family, kind, _, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(where)
            name: tuple[str, int] = probe.getsockname()[:2]
            return name
    except (OSError, UnicodeError) as error:  # the latter of a name with a part that is empty or too long
        why = getattr(error, "strerror", "No host has such a name")
        raise SettingsError(
            f"Cannot listen on {host} port {port}: {why}",
            "Choose another with --host and --port, or stop what uses it.",
        ) from None


def _await(address: str, port: int) -> None:
    while True:
        with suppress(OSError):
            return socket.create_connection((address, port)).close()
        time.sleep(POLL)


def url_of(host: str, port: int) -> str:
    """What to type to get there."""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
