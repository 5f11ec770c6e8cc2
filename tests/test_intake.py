"""Bodies are taken in within bounds of size, time and memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from inkdigits.server.errors import BadRequest, Overloaded, TooSlow
from inkdigits.server.intake import BODIES, SMALL, Body, Intake


class Headers(dict[str, str]):
    """Headers as granian hands them over; those given more than once stand with a line break between."""

    def get_all(self, name: str) -> list[str]:
        return self[name].split("\n") if name in self else []


async def sent(*chunks: bytes, pause: float = 0) -> AsyncIterator[bytes]:
    """A body as granian hands it over: its chunks, and an empty one at the end."""
    for chunk in (*chunks, b""):
        await asyncio.sleep(pause)
        yield chunk


async def broken(*chunks: bytes) -> AsyncIterator[bytes]:
    """One that breaks off: granian gives another empty chunk."""
    for chunk in (*chunks, b"", b""):
        yield chunk


async def sent_at_once(*chunks: bytes) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


def taken(headers: dict[str, str], *chunks: bytes, longest: int = 100) -> Body:
    body = Body.of(Headers(headers))
    asyncio.run(Intake(longest, 60).take(body, sent(*chunks)))
    return body


@pytest.mark.parametrize(
    ("headers", "chunks", "data", "whole"),
    [
        ({}, [], b"", True),
        ({"content-length": "0"}, [], b"", True),
        ({"content-length": "6"}, [b"abc", b"def"], b"abcdef", True),
        ({"transfer-encoding": "chunked"}, [b"abc", b"def"], b"abcdef", True),
        ({"content-length": "101"}, [b"abc"], b"", False),
        ({"transfer-encoding": "chunked"}, [bytes(60), bytes(60), bytes(60)], bytes(120), False),
    ],
)
def test_a_body_is_taken_in(headers: dict[str, str], chunks: list[bytes], data: bytes, whole: bool) -> None:
    body = taken(headers, *chunks)
    assert (bytes(body.data), body.whole) == (data, whole)


def test_a_body_that_ends_early_is_refused() -> None:
    with pytest.raises(BadRequest, match="before its body was whole"):
        taken({"content-length": "6"}, b"abc")


@pytest.mark.parametrize("headers", [{"transfer-encoding": "chunked"}, {"content-length": "6"}])
def test_a_body_that_breaks_off_is_refused(headers: dict[str, str]) -> None:
    """Even if what has come is whole by itself; and nothing more is waited for."""
    body = Body.of(Headers(headers))
    with pytest.raises(BadRequest, match="before its body was whole"):
        asyncio.run(Intake(100, 60).take(body, broken(b"abc")))
    asyncio.run(Intake(100, 60).pass_over(body, sent(b"def")))
    assert not body.whole


def test_only_small_bodies_are_small() -> None:
    assert Body.of(Headers({"content-length": str(SMALL)})).small
    assert not Body.of(Headers({"content-length": str(SMALL + 1)})).small
    assert not Body.of(Headers({"transfer-encoding": "chunked"})).small


def test_a_slow_body_is_given_up() -> None:
    body = Body.of(Headers({"content-length": "6"}))
    with pytest.raises(TooSlow, match=r"longer than 0\.1 seconds"):
        asyncio.run(Intake(100, 0.1).take(body, sent(b"abc", b"def", pause=0.08)))
    # Nor is the answer kept back for its rest.
    asyncio.run(Intake(100, 60).pass_over(body, sent(b"def")))
    assert not body.whole


def test_only_so_much_is_held_together() -> None:
    async def work() -> None:
        intake, bodies = Intake(100, 60), [Body.of(Headers({"content-length": "100"})) for _ in range(BODIES)]
        for body in bodies:
            await intake.take(body, sent(bytes(100)))
        late = Body.of(Headers({"content-length": "100"}))
        with pytest.raises(Overloaded):
            await intake.take(late, sent(bytes(50), bytes(50)))
        for body in (late, *bodies[:2]):
            intake.let_go(body)
        await intake.take(Body.of(Headers({"content-length": "100"})), sent(bytes(100)))

    asyncio.run(work())


@pytest.mark.parametrize("length", [{"content-length": "60"}, {"transfer-encoding": "chunked"}])
def test_whoever_holds_the_most_and_is_not_whole_gives_way(length: dict[str, str]) -> None:
    async def work() -> None:
        intake, rest = Intake(100, 60), asyncio.Event()

        async def slow() -> AsyncIterator[bytes]:
            yield bytes(99)
            await rest.wait()
            yield b""

        held = [Body.of(Headers({"transfer-encoding": "chunked"})) for _ in range(BODIES)]
        coming = [asyncio.create_task(intake.take(body, slow())) for body in held]
        await asyncio.sleep(0)
        new = Body.of(Headers(length))
        await intake.take(new, sent(bytes(30), bytes(30)))
        assert (len(new.data), new.whole) == (60, True)
        with pytest.raises(Overloaded):
            await coming[0]
        assert (len(held[0].data), held[0].whole) == (0, False)
        rest.set()
        await asyncio.gather(*coming[1:])
        assert all(len(body.data) == 99 and body.whole for body in held[1:])

    asyncio.run(work())


def test_a_body_given_up_as_it_ends_is_not_taken_for_whole() -> None:
    """Its last chunk is there already, before it is told."""

    async def work() -> None:
        intake, end = Intake(100, 60), asyncio.Event()

        async def slow() -> AsyncIterator[bytes]:
            yield bytes(99)
            await end.wait()
            yield b""

        held = [Body.of(Headers({"transfer-encoding": "chunked"})) for _ in range(BODIES)]
        coming = [asyncio.create_task(intake.take(body, slow())) for body in held]
        await asyncio.sleep(0)
        end.set()
        await intake.take(Body.of(Headers({"content-length": "60"})), sent_at_once(bytes(30), bytes(30)))
        with pytest.raises(Overloaded):
            await coming[0]
        assert not held[0].whole
        await asyncio.gather(*coming[1:])

    asyncio.run(work())


@pytest.mark.parametrize("codings", ["chunked\nchunked", "gzip, chunked", "identity", "xchunked"])
def test_a_body_whose_end_is_told_strangely_is_refused(codings: str) -> None:
    with pytest.raises(BadRequest, match="strangely"):
        taken({"transfer-encoding": codings}, b"abc")


@pytest.mark.parametrize(
    ("headers", "whole"),
    [
        ({"content-length": "90"}, True),
        ({"transfer-encoding": "chunked"}, True),
        ({"content-length": "90", "expect": "100-continue"}, False),
        ({"content-length": "201"}, False),
        ({"transfer-encoding": "gzip"}, False),
    ],
)
def test_what_still_comes_of_a_refused_body_goes_by(headers: dict[str, str], whole: bool) -> None:
    body, chunks = Body.of(Headers(headers)), sent(bytes(30), bytes(30), bytes(30))
    asyncio.run(Intake(100, 60).pass_over(body, chunks))
    assert (body.whole, len(body.data)) == (whole, 0)


def test_a_refused_body_that_breaks_off_is_not_whole() -> None:
    body = Body.of(Headers({"transfer-encoding": "chunked"}))
    asyncio.run(Intake(100, 60).pass_over(body, broken(bytes(30))))
    assert not body.whole


def test_no_more_goes_by_than_is_worth_it(monkeypatch: pytest.MonkeyPatch) -> None:
    endless = Body.of(Headers({"transfer-encoding": "chunked"}))
    asyncio.run(Intake(100, 60).pass_over(endless, sent(*[bytes(30)] * 9)))
    assert not endless.whole
    monkeypatch.setattr("inkdigits.server.intake.LINGER", 0.1)
    slow = Body.of(Headers({"content-length": "90"}))
    asyncio.run(Intake(100, 60).pass_over(slow, sent(bytes(30), bytes(30), bytes(30), pause=0.08)))
    assert not slow.whole
