"""`run`: the application on granian, in worker processes of its own."""

from __future__ import annotations

import multiprocessing
import socket
import threading
import time
from collections.abc import Callable

from flask import Flask
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from inkdigits.errors import ModelInvalid, SettingsError
from inkdigits.reader import Reader
from inkdigits.server.app import create_app
from inkdigits.settings import Settings

#: Seconds that requests under way are given once the server is told to stop.
GRACE = 10
POLL = 0.05


def run(settings: Settings, announce: Callable[[str], None]) -> None:
    """Serve until SIGINT or SIGTERM; `announce` is told the address once it answers.

    The workers take their settings from the environment, which must say what `settings` says.
    Raises ModelError or SettingsError, before anything listens, where the model cannot be used
    or the address cannot be had.
    """
    if not Reader(settings.model).check():
        raise ModelInvalid("The model does not read a known digit rightly")
    address, port = _free_address(settings.host, settings.port)
    # A forked worker would hang in the model's session, which the check above has opened.
    multiprocessing.set_start_method("spawn", force=True)
    server = Server(
        "inkdigits",
        address=address,
        port=port,
        interface=Interfaces.WSGI,
        workers=settings.workers,
        blocking_threads=settings.threads,
        websockets=False,
        log_level=LogLevels.error,
        workers_kill_timeout=GRACE,
        respawn_failed_workers=True,
    )
    threading.Thread(target=_await, args=(address, port, settings.host, announce), daemon=True).start()
    server.serve(target_loader=load, wrap_loader=False)


def load() -> Flask:
    """The application of one worker."""
    return create_app()


def _free_address(host: str, port: int) -> tuple[str, int]:
    """The numeric address of `host` and a port that can be listened on: `port`, or a free one for 0."""
    try:
        family, kind, _, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(where)
            name: tuple[str, int] = probe.getsockname()[:2]
            return name
    except OSError as error:
        raise SettingsError(
            f"Cannot listen on {host} port {port}: {error.strerror}",
            "Choose another with --host and --port, or stop what uses it.",
        ) from None


def _await(address: str, port: int, host: str, announce: Callable[[str], None]) -> None:
    while True:
        try:
            socket.create_connection((address, port)).close()
        except OSError:
            time.sleep(POLL)
        else:
            break
    name = f"[{host}]" if ":" in host else host
    announce(f"http://{name}:{port}")
