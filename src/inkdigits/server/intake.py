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
#: Seconds for which what still comes of a refused body is let go by: most clients listen only then.
LINGER = 5.0


@dataclass(eq=False)
class Body:
    """What has come of a body so far; `length` is what its request says, None where it does not.

    `whole`: nothing more is to come. Else the connection cannot be used again. `plain`: it is said in one
    way how the body ends, so that a proxy in front cannot have seen another end. `passes`: where it is
    refused its rest may go by, since it neither comes too slowly, nor breaks off, nor waits to be asked for.
    """

    length: int | None
    data: bytearray = field(default_factory=bytearray)
    whole: bool = False
    plain: bool = True
    passes: bool = True

    @classmethod
    def of(cls, headers: Any) -> Body:
        """The body that a request with these headers announces."""
        given = headers.get("content-length")
        codings = [value.lower() for value in headers.get_all("transfer-encoding")]
        if given is None and not codings:
            return cls(0, whole=True)
        plain, asks = codings in ([], ["chunked"]), headers.get("expect", "").lower() == "100-continue"
        return cls(int(given) if given else None, plain=plain, passes=plain and not asks)

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
            body.passes = False
            raise TooSlow(f"The request took longer than {self._timeout:g} seconds") from None
        finally:
            self._coming.pop(body, None)

    async def _take(self, body: Body, chunks: Any) -> None:
        while True:
            chunk = await _next(chunks)
            self._check(body)
            if chunk is None or (not chunk and len(body.data) < (body.length or 0)):
                # Whoever has gone needs no place among those who wait.
                body.passes = False
                raise BadRequest("The request ended before its body was whole", "Send all, and no trailers.")
            body.data += chunk
            self._held += len(chunk)
            body.whole = not chunk or len(body.data) == body.length
            if body.whole or len(body.data) > self._longest:
                return
            while self._held > BODIES * self._longest and body in self._coming:
                self._give_up(max(self._coming, key=lambda one: len(one.data)))
            self._check(body)

    def _give_up(self, body: Body) -> None:
        """Let go of `body`, and have whoever waits for more of it told so."""
        self.let_go(body)
        if not (wait := self._coming.pop(body)).expired():
            wait.reschedule(0)

    def _check(self, body: Body) -> None:
        if body not in self._coming:
            raise Overloaded("The server holds as many large requests as it can", RETRY)

    async def pass_over(self, body: Body, chunks: Any) -> None:
        """Let the rest of a refused body go by if it is not long: who is cut off while sending sees no more.

        It takes no memory; where all of it has gone by in time the body is `whole`.
        """
        if body.whole or not body.passes or (body.length or 0) > 2 * self._longest:
            return
        passed = 0
        try:
            async with asyncio.timeout(LINGER):
                while passed <= 2 * self._longest and (chunk := await _next(chunks)):
                    passed += len(chunk)
                body.whole = chunk == b""
        except TimeoutError:
            pass

    def let_go(self, body: Body) -> None:
        """Forget what has come of `body`."""
        self._held -= len(body.data)
        body.data.clear()


async def _next(chunks: Any) -> bytes | None:
    """The next chunk, empty at the end, None where the body breaks off or goes on with trailers.

    granian's chunks can be gone through with `async for` but once; a default for `anext` ends its process.
    """
    try:
        chunk: bytes = await anext(chunks)
        if not chunk:
            # Only of a body that ends otherwise comes another empty one.
            await anext(chunks)
            return None
    except StopAsyncIteration:
        return b""
    return chunk
