"""`joined`: a Ray cluster for a while, a given one or one on this machine alone."""

from __future__ import annotations

import logging
import os
import secrets
import signal
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

# Nothing is reported to anybody; to be said before Ray is loaded.
os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
# Ray would let everything else on the machine go before what it runs.
os.environ.setdefault("RAY_worker_niceness", "0")
import ray

from inkdigits.batch import cores
from inkdigits.errors import SettingsError

#: The environment variable in which Ray itself looks for a cluster's address.
ADDRESS = "RAY_ADDRESS"
#: The address that stands for a Ray of this machine alone.
LOCAL = "local"
#: Those that Ray knows how to find.
FOUND = (LOCAL, "auto")
#: Seconds in which a cluster must take a connection.
REACH = 10


@contextmanager
def joined(address: str | None = None, least: int = 1) -> Iterator[str | None]:
    """Within, Ray is that of the cluster at `address`, else at the one that RAY_ADDRESS names (host:port).

    Where neither names one, or "local", a Ray of this machine is started, with a CPU for each core and at
    least `least`; it is gone in the end, and its folder of files, which this gives. Raises SettingsError for
    a cluster that cannot be joined, or that lends no CPU: whatever is given to one waits for ever.
    """
    named = address or os.environ.get(ADDRESS) or LOCAL
    with tempfile.TemporaryDirectory(prefix="ink-", ignore_cleanup_errors=True) as folder:
        own = named == LOCAL
        cpus = max(least, cores())
        only_own: dict[str, Any] = {"include_dashboard": False, "num_cpus": cpus, "_temp_dir": folder}
        if own:  # else Ray would write one into the home folder
            os.environ.setdefault("RAY_AUTH_TOKEN", secrets.token_hex(32))
        _join(named, **(only_own if own else {}))
        try:
            if not sum(hosts().values()):
                raise SettingsError(
                    f"The Ray cluster {named} lends no CPU",
                    "Add a host to it: `ray start --address=HOST:PORT`.",
                )
            yield folder if own else None
        finally:
            ray.shutdown()


def _join(address: str, **more: Any) -> None:
    stop = signal.getsignal(signal.SIGTERM)
    try:
        _reach(address)
        try:
            ray.init(address, logging_level=logging.ERROR, log_to_driver=False, **more)
        finally:
            signal.signal(signal.SIGTERM, stop)
    except SystemExit:  # Ray obeys SIGTERM with an exit code of its own
        signal.raise_signal(signal.SIGTERM)
        raise
    except (OSError, RuntimeError, ValueError) as error:
        raise SettingsError(
            f"The Ray cluster {address} cannot be joined: {reason(error)}",
            f"Correct the address (host:port, by default in {ADDRESS}), or start one: `ray start --head`.",
        ) from None


def _reach(address: str) -> None:
    """Raise OSError where nobody listens at host:port: Ray itself would try for a quarter of an hour.

    Raises ValueError for what is no address of a cluster.
    """
    if address in FOUND:
        return
    place = urlsplit(address if "//" in address else f"//{address}")
    if place.scheme not in ("", "ray") or not place.hostname or not place.port:
        raise ValueError("it is no host:port")
    socket.create_connection((place.hostname, place.port), REACH).close()


def hosts() -> dict[str, int]:
    """The living hosts of the cluster by address, with how many CPUs each lends."""
    every: list[dict[str, Any]] = ray.nodes()  # type: ignore[no-untyped-call]
    living = [one for one in every if one["Alive"]]
    return {one["NodeManagerAddress"]: int(one["Resources"].get("CPU", 0)) for one in living}


def reason(error: object) -> str:
    """The last line of what an error says, which is where Ray's come to the point."""
    lines = str(getattr(error, "strerror", None) or error).strip().splitlines() or [type(error).__name__]
    return lines[-1].strip().rstrip(".")
