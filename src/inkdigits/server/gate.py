"""How many requests are worked on at a time, how many may wait, and when one is sent away at once."""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from prometheus_client import Counter

from inkdigits.server.errors import Overloaded

log = logging.getLogger(__name__)

#: Seconds, and at least turns, after which it is judged anew whether it is crowded.
WINDOW, TURNS = 0.2, 2
#: It becomes crowded once, in so many windows on end, everyone waited so many times as long as a turn takes.
LATE_WINDOWS, LATE = 2, 6.0
#: Seconds for which it is worth to wait: the queue is no longer than what can be done in them, or than a few.
WORTH, FEW = 0.5, 8
#: Share of the places that a crowd takes at least; where less is taken, few came, though at the same moment.
TAKEN = 0.5
#: Share of a new turn in what a turn is thought to take.
NEWS = 1 / 32
#: Seconds after which one who is sent away may ask again.
RETRY = 1

SENT_AWAY = Counter("inkdigits_sent_away", "Requests refused because there was no place for them.")


class Gate:
    """At most `places` inside, at most `queue` waiting, none of them longer than `patience` seconds.

    The queue is there for bursts. It holds what can be done in `worth` seconds. Once as many are sent away as
    wait in it, or it has been long for a while (`late` turns), it is crowded: then nobody waits, so that
    whoever gets in is served as fast as on a calm day, and who does not knows at once. It is so until fewer
    are sent away than get in, or few places are taken. For one event loop: it needs no lock.
    """

    def __init__(
        self, places: int, queue: int, patience: float, worth: float = WORTH, late: float = LATE
    ) -> None:
        self._places = self._free = places
        self._queue, self._patience, self._worth, self._late_turns = queue, patience, worth, late
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._crowded, self._late, self._turn = False, 0, 0.0
        self._begin_window()

    def _begin_window(self) -> None:
        self._since = self._counted = time.monotonic()
        self._taken = 0.0
        self._entered = self._refused = 0
        self._least = math.inf

    def check(self) -> None:
        """Raise Overloaded if one who comes now is to be sent away."""
        if self._crowded:
            # Whoever comes after a silence is not to be told what was before it.
            self._judge()
        if self._crowded and not self._free:
            raise self._send_away()

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """A place inside; raises Overloaded where none is to be had in time."""
        self.check()
        came = time.monotonic()
        if self._free:
            self._count_taken()
            self._free -= 1
        else:
            await self._wait()
        entered = time.monotonic()
        self._note(entered - came)
        try:
            yield
        finally:
            took = time.monotonic() - entered
            self._turn += (took - self._turn) * (NEWS if self._turn else 1)
            self._leave()

    async def _wait(self) -> None:
        worth = self._worth * self._places / self._turn if self._turn else self._queue
        if len(self._waiting) >= min(self._queue, max(FEW, worth)):
            refusal = self._send_away()
            if self._refused >= len(self._waiting):
                self._crowd()
            raise refusal
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        late = turn.get_loop().call_later(self._patience, self._refuse, turn)
        try:
            await turn
        except asyncio.CancelledError:
            # Whoever is gone already cannot take the place that was handed over.
            if turn.done() and not turn.cancelled() and not turn.exception():
                self._leave()
            raise
        finally:
            late.cancel()
            if turn in self._waiting:
                self._waiting.remove(turn)

    def _leave(self) -> None:
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self._count_taken()
        self._free += 1

    def _count_taken(self) -> None:
        """Count for how long places were taken since this was last called: seconds, added over all places."""
        now = time.monotonic()
        self._taken += (now - self._counted) * (self._places - self._free)
        self._counted = now

    def _note(self, waited: float) -> None:
        """Count one who got in."""
        self._entered += 1
        self._least = min(self._least, waited)
        self._judge()

    def _send_away(self) -> Overloaded:
        self._refused += 1
        SENT_AWAY.inc()
        self._judge()
        return Overloaded("The server has more to read than it can", RETRY)

    def _refuse(self, turn: asyncio.Future[None]) -> None:
        # Taken out first: where it is found crowded by this, all who wait are refused.
        if turn in self._waiting:
            self._waiting.remove(turn)
        if not turn.done():
            turn.set_exception(self._send_away())

    def _judge(self) -> None:
        if (length := time.monotonic() - self._since) < max(WINDOW, TURNS * self._turn):
            return
        if self._crowded:
            self._count_taken()
            busy = self._taken >= TAKEN * self._places * length
            self._crowded = self._refused > self._entered and busy
            if not self._crowded:
                log.warning("Requests are no longer sent away")
        else:
            self._late = self._late + 1 if self._least > self._late_turns * self._turn else 0
        self._begin_window()
        if self._late >= LATE_WINDOWS:
            self._crowd()

    def _crowd(self) -> None:
        log.warning("More is asked than can be done: requests are sent away until it is less")
        self._crowded, self._late = True, 0
        self._begin_window()
        waiting, self._waiting = self._waiting, deque()
        for turn in waiting:
            self._refuse(turn)
