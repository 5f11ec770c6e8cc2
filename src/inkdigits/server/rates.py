"""How many pictures each caller may have read in a while, counted here or in a Redis that servers share."""

from __future__ import annotations

import logging
import math
import re
import threading
import time
from ipaddress import ip_address, ip_network
from typing import Any, NamedTuple

from flask import Flask, Response, g, request
from limits import RateLimitItem, parse
from limits.errors import StorageError
from limits.storage import RedisStorage
from prometheus_client import Counter, Gauge
from redis import RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

from inkdigits.errors import SettingsError
from inkdigits.server.errors import RateLimited, TooManyPictures
from inkdigits.server.window import MemoryWindow
from inkdigits.settings import Settings

log = logging.getLogger(__name__)

#: Seconds that Redis may take for an answer, and for which it is left alone once it gave none.
REDIS_TIMEOUT, REDIS_PAUSE = 0.25, 2.0
_HASTE: dict[str, Any] = {
    "socket_timeout": REDIS_TIMEOUT, "socket_connect_timeout": REDIS_TIMEOUT, "retry": Retry(NoBackoff(), 1),
}  # fmt: skip
#: One limit, of at least one picture in at least one unit of time, and of no more than Redis can count.
_LIMIT = re.compile(r" *0*[1-9][0-9]{,8} *(/|per) *(0*[1-9][0-9]{,3})? *[a-z]+ *", re.IGNORECASE)
#: Of a longer address (IPv6) one household or machine has all that begin with these bits.
IPV6_BITS = 64

REFUSED = Counter("inkdigits_rate_limited", "Requests refused because the caller had no pictures left.")
ALONE = Gauge(
    "inkdigits_rate_limit_alone", "Workers that count for themselves because Redis fails.",
    multiprocess_mode="livesum",
)  # fmt: skip
FAILURES = Counter("inkdigits_rate_limit_failures", "Times that Redis was asked and failed.")


class _Counted(NamedTuple):
    """Whether what was asked for `passed`, how many pictures are `left`, and in how many seconds there are
    `more` of them, and `enough` for what was asked.
    """

    passed: bool
    left: int
    more: float
    enough: float


_Store = MemoryWindow | RedisStorage


class Rates:
    """Counts the pictures of each caller; without a limit in the settings it lets everything pass.

    With `redis` the count is kept there. While Redis fails each worker counts for itself:
    the limit then holds for each worker, and reading goes on. `ours`: the settings say how many workers
    there are, as another server that was told so in its own way does not.
    Raises SettingsError for a limit that cannot be understood, or could not hold.
    """

    def __init__(self, settings: Settings, ours: bool = True) -> None:
        self._limit = _parsed(settings.rate_limit) if settings.rate_limit else None
        if self._limit and not settings.redis and (settings.workers > 1 or not ours):
            many = f"{settings.workers} workers" if ours else "workers of another server, however many,"
            raise SettingsError(
                f"A rate limit cannot hold with {many} that each count for themselves",
                "Name a Redis for them to count in, as INKDIGITS_REDIS=redis://host:6379, or "
                + ("use one worker." if ours else "start the server by `inkdigits serve`."),
            )
        self._here = MemoryWindow()
        self._redis = _redis(settings.redis) if self._limit and settings.redis else None
        self._again, self._lock = 0.0, threading.Lock()

    def check(self) -> None:
        """Raise SettingsError if there is a Redis to count in that fails."""
        try:
            if self._redis:
                _window(self._redis, "check", 1, 1)
        except StorageError as error:
            message = f"The Redis of the setting redis fails: {error}".rstrip(".")
            raise SettingsError(message, "Start or mend it, or correct its address.") from None

    def take(self, pictures: int) -> None:
        """Count `pictures` for the caller of the current request.

        Raises RateLimited if there are not that many left now, TooManyPictures if there never are.
        """
        if not self._limit:
            return
        if pictures > self._limit.amount:
            raise TooManyPictures(f"{pictures} pictures are more than the limit of {_words(self._limit)}")
        counted = self._count(self._limit, pictures)
        g.rate = _fields(self._limit, counted)
        if not counted.passed:
            REFUSED.inc()
            raise RateLimited(f"The limit of {_words(self._limit)} is reached", counted.enough)

    def _count(self, limit: RateLimitItem, pictures: int) -> _Counted:
        if self._redis and time.monotonic() >= self._again:
            try:
                counted = _hit(self._redis, limit, pictures)
            except StorageError as error:
                self._lose(error)
            else:
                self._regain()
                return counted
        return _hit(self._here, limit, pictures)

    def _lose(self, error: StorageError) -> None:
        FAILURES.inc()
        with self._lock:
            if not self._again:
                log.error("Redis fails, so this worker counts for itself: %s", error)
                ALONE.set(1)
            self._again = time.monotonic() + REDIS_PAUSE

    def _regain(self) -> None:
        with self._lock:
            if self._again:
                log.warning("Redis works again, so the workers count together again")
                ALONE.set(0)
            self._again = 0.0


def register(app: Flask) -> None:
    """Tell whoever was counted how many are left, in the fields RateLimit and RateLimit-Policy."""

    @app.after_request
    def tell(response: Response) -> Response:
        response.headers.update(g.get("rate", {}))
        return response


def caller() -> str:
    """Who the current request is counted for: the name of its key, else the address it came from."""
    return f"key {g.caller}" if g.get("caller") else f"address {_household(request.remote_addr or '')}"


def _household(address: str) -> str:
    try:
        known = ip_address(_bare(address))
    except ValueError:
        # Else whatever a proxy lets pass would be a caller of its own.
        return "unknown"
    if known.version == 4:
        return str(known)
    # Where both kinds are listened for at once, an IPv4 address comes as one of IPv6.
    return str(known.ipv4_mapped or ip_network((known, IPV6_BITS), strict=False))


def _bare(address: str) -> str:
    """The address without the port and the brackets that some proxies write."""
    if address.startswith("["):
        return address[1:].partition("]")[0]
    host, _, port = address.partition(":")
    return address if ":" in port else host


def _hit(store: _Store, limit: RateLimitItem, pictures: int) -> _Counted:
    key, every = limit.key_for(caller()), limit.get_expiry()
    passed = store.acquire_entry(key, limit.amount, every, amount=pictures)
    held, more = _window(store, key, limit.amount, every)
    # There is room once the newest of those that must go is gone.
    enough = 0.0 if passed else _window(store, key, limit.amount - pictures + 1, every)[1]
    return _Counted(passed, limit.amount - held, more, enough)


def _window(store: _Store, key: str, newest: int, every: int) -> tuple[int, float]:
    """How many of so many newest pictures still count, and in how many seconds the oldest no longer does."""
    began, held = store.get_moving_window(key, newest, every)
    return held, max(0.0, began + every - time.time()) if held else 0.0


def _parsed(text: str) -> RateLimitItem:
    try:
        if _LIMIT.fullmatch(text):
            return parse(text)
    except ValueError:  # a time that there is not
        pass
    raise SettingsError(
        f"The setting rate_limit cannot be {text!r}",
        "Give one number (of up to 9 digits) and one time (up to 4), neither of them 0, such as 100/minute.",
    )


def _redis(address: str) -> RedisStorage:
    try:
        store = RedisStorage(address, wrap_exceptions=True, key_prefix="inkdigits", **_HASTE)
        # What an address asks for that there is not would show only once it is connected to.
        pool = store.storage.connection_pool
        pool.connection_class(**pool.connection_kwargs)
    except (ValueError, TypeError, RedisError):
        # Not with its value, which may hold a password.
        remedy = "Give it as redis://host:6379, in a password %5B for [ and the like."
        raise SettingsError("The setting redis is no address of a Redis", remedy) from None
    return store


def _words(limit: RateLimitItem) -> str:
    every = limit.multiples
    return f"{limit.amount} pictures in {every} {limit.GRANULARITY.name}{'s' if every > 1 else ''}"


def _fields(limit: RateLimitItem, counted: _Counted) -> dict[str, str]:
    """As draft-ietf-httpapi-ratelimit-headers has it: quota and window; what is left, seconds until more."""
    return {
        "RateLimit-Policy": f'"pictures";q={limit.amount};w={limit.get_expiry()}',
        "RateLimit": f'"pictures";r={max(0, counted.left)};t={math.ceil(counted.more)}',
    }
