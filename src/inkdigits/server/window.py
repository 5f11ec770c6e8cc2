"""When each caller's pictures were read, as far as they still count, in the memory of one process."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, deque


class MemoryWindow:
    """Counts for one process as `limits.storage.RedisStorage` does for several.

    Its `MemoryStorage` keeps the key of everyone who ever came, and looks at them all again and again.
    """

    def __init__(self) -> None:
        self._read: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = threading.Lock()

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count `amount` pictures if there are then no more than `limit` in `expiry` seconds; whether so."""
        with self._lock:
            held, now = self._held(key, expiry), time.time()
            if passed := len(held) + amount <= limit:
                held.extend([now] * amount)
                # Who came last stands last, so those of whom nothing counts any more stand first.
                self._read[key] = held
                self._read.move_to_end(key)
            return passed

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        """When the oldest of the `limit` newest pictures was read, and how many of these still count."""
        with self._lock:
            held = self._held(key, expiry)
            newest = min(limit, len(held))
            return (held[-newest], newest) if newest else (time.time(), 0)

    def _held(self, key: str, expiry: int) -> deque[float]:
        """The pictures of `key` that still count, oldest first; forgets what no longer does."""
        ended = time.time() - expiry
        while self._read and next(iter(self._read.values()))[-1] <= ended:
            self._read.popitem(last=False)
        held = self._read.get(key, deque())
        while held and held[0] <= ended:
            held.popleft()
        if not held:
            self._read.pop(key, None)
        return held
