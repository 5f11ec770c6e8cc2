"""Takes in the bodies of requests on the event loop, within bounds of size, time and memory."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

from inkdigits.server.errors import BadRequest, Overloaded, TooSlow
from inkdigits.server.gate import RETRY

#: Bodies of the largest size that may be held at a time, by all requests together.
BODIES = 4
#: A body this small, in bytes, is taken in even for a refusal: that keeps the connection.
SMALL = 65536


@dataclass(eq=False)
class Body:
    """What has come of a body so far; `length` is what its request says, None where it does not.

    `whole`: nothing more is to come. Else the connection cannot be used again. `plain`: it is said in one
    way how the body ends, so that a proxy in front cannot have seen another end.
    """

    length: int | None
    data: bytearray = field(default_factory=bytearray)
    whole: bool = False
    plain: bool = True

    @classmethod
    def of(cls, headers: Any) -> Body:
        """The body that a request with these headers announces."""
        given = headers.get("content-length")
        codings = [value.lower() for value in headers.get_all("transfer-encoding")]
        if given is None and not codings:
            return cls(0, whole=True)
        return cls(int(given) if given else None, plain=codings in ([], ["chunked"]))

    @property
    def small(self) -> bool:
        return self.length is not None and self.length <= SMALL


class Intake:
    """Takes bodies of at most `longest` bytes, each within `timeout` seconds.

    Where there is no more memory for what comes, whoever holds the most without being whole gives way.
    """

    def __init__(self, longest: int, timeout: float) -> None:
        self._longest, self._timeout, self._held = longest, timeout, 0
        #: The bodies that are coming, and what ends the wait for each.
        self._coming: dict[Body, asyncio.Timeout] = {}

    async def take(self, body: Body, chunks: Any) -> None:
        """Take `body` in; of one that is too long no more than shows that it is.

        Raises BadRequest for one whose end is told strangely or comes early, TooSlow for one that takes
        too long, Overloaded where memory is held by others.
        """
        if not body.plain:
            raise BadRequest("The request says strangely where it ends", "Send a length or chunks, and once.")
        if body.whole or (body.length or 0) > self._longest:
            return
        try:
            async with asyncio.timeout(self._timeout) as wait:
                self._coming[body] = wait
                await self._take(body, chunks)
        except TimeoutError:
            self._check(body)
            raise TooSlow(f"The request took longer than {self._timeout:g} seconds") from None
        finally:
            self._coming.pop(body, None)

    async def _take(self, body: Body, chunks: Any) -> None:
        async for chunk in chunks:
            self._check(body)
            body.data += chunk
            self._held += len(chunk)
            if not chunk and len(body.data) < (body.length or 0):
                # Whoever has gone needs no place among those who wait.
                raise BadRequest("The request ended before its body was whole", "Send all of it.")
            body.whole = not chunk or len(body.data) == body.length
            if body.whole or len(body.data) > self._longest:
                return
            while self._held > BODIES * self._longest and body in self._coming:
                self._give_up(max(self._coming, key=lambda one: len(one.data)))
            self._check(body)

    def _give_up(self, body: Body) -> None:
        """Forget what has come of `body`, and have whoever waits for more of it told so."""
        self.let_go(body)
        body.data.clear()
        if not (wait := self._coming.pop(body)).expired():
            wait.reschedule(0)

    def _check(self, body: Body) -> None:
        if body not in self._coming:
            raise Overloaded("The server holds as many large requests as it can", RETRY)

    def let_go(self, body: Body) -> None:
        """Count `body` as held no longer."""
        self._held -= len(body.data)
