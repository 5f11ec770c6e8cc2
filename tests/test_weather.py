"""A few of the checks of benchmarks/server: harmful files and odd requests against a real server."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from benchmarks.server.hostile import MAKERS, Hostile, files
from benchmarks.server.hostile_files import ask, fault
from benchmarks.server.serving import Server, serving
from benchmarks.server.sockets import all_cases

#: One of each kind.
FILES = len(MAKERS)


@pytest.fixture(scope="module")
def weathered() -> Iterator[Server]:
    """A server that must have the same workers in the end."""
    with serving(INKDIGITS_DRAIN="0") as server:
        workers = server.workers
        yield server
        assert server.workers == workers


def test_the_same_seed_gives_the_same_files() -> None:
    assert list(files(10, 3)) == list(files(10, 3)) != list(files(10, 4))


def test_hostile_files_are_refused_or_rightly_read(weathered: Server) -> None:
    made: list[Hostile] = list(files(FILES))
    answers = asyncio.run(ask(weathered, made))
    assert [wrong for file, answer in zip(made, answers, strict=True) if (wrong := fault(file, answer))] == []


def test_odd_requests_are_refused(weathered: Server) -> None:
    assert asyncio.run(all_cases(weathered)) == []
