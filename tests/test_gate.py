"""The gate: so many inside, so many waiting, and at a crowd nobody waits."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Coroutine
from typing import Any

import pytest
from prometheus_client import REGISTRY

from inkdigits.server.errors import Overloaded
from inkdigits.server.gate import WINDOW, Gate

LONG = 60.0
TURN = 0.01


class Crowd:
    """Visitors of a gate, each of whom stays for a turn."""

    def __init__(self, gate: Gate) -> None:
        self.gate, self.inside, self.most, self.entered, self.refused = gate, 0, 0, 0, 0

    async def visit(self, turn: float = TURN) -> None:
        try:
            async with self.gate.place():
                self.inside += 1
                self.most = max(self.most, self.inside)
                await asyncio.sleep(turn)
                self.inside -= 1
                self.entered += 1
        except Overloaded:
            self.refused += 1

    async def visits(self, rate: float, seconds: float) -> None:
        """As many visitors a second, for so long, whether or not there is a place."""
        coming: list[asyncio.Task[None]] = []
        begun = time.monotonic()
        while (spent := time.monotonic() - begun) < seconds:
            coming += [asyncio.create_task(self.visit()) for _ in range(int(rate * spent) - len(coming))]
            await asyncio.sleep(0.001)
        await asyncio.gather(*coming)


def run(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(work)


def test_no_more_than_the_places_are_inside() -> None:
    async def work() -> None:
        crowd = Crowd(Gate(3, 50, LONG))
        await asyncio.gather(*(crowd.visit() for _ in range(40)))
        assert (crowd.most, crowd.entered, crowd.refused) == (3, 40, 0)

    run(work())


def test_who_came_first_goes_in_first() -> None:
    async def work() -> None:
        gate, order = Gate(1, 50, LONG), []

        async def visit(number: int) -> None:
            async with gate.place():
                order.append(number)
                await asyncio.sleep(0)

        await asyncio.gather(*(visit(number) for number in range(20)))
        assert order == list(range(20))

    run(work())


def test_of_a_burst_as_many_wait_as_there_is_room_for() -> None:
    async def work() -> None:
        crowd = Crowd(Gate(2, 5, LONG))
        await asyncio.gather(*(crowd.visit() for _ in range(11)))
        assert (crowd.entered, crowd.refused) == (7, 4)

    run(work())


def test_as_many_sent_away_as_wait_send_everyone_away_at_once() -> None:
    async def work() -> None:
        crowd = Crowd(Gate(2, 5, LONG))
        visits = [asyncio.create_task(crowd.visit(LONG)) for _ in range(12)]
        for _ in range(3):  # turns of the loop, in which no window ends
            await asyncio.sleep(0)
        assert crowd.refused == 10
        with pytest.raises(Overloaded) as refusal:
            crowd.gate.check()
        assert refusal.value.headers == {"Retry-After": "1"}
        for visit in visits:
            visit.cancel()

    run(work())


def test_nobody_waits_longer_than_the_patience() -> None:
    async def work() -> None:
        crowd, begun = Crowd(Gate(1, 5, 0.05)), time.monotonic()
        inside = asyncio.create_task(crowd.visit(LONG))
        await asyncio.sleep(0)
        await crowd.visit()
        assert crowd.refused == 1
        assert 0.04 < time.monotonic() - begun < 5
        inside.cancel()

    run(work())


def test_whoever_makes_it_crowded_is_sent_away_once() -> None:
    """Who has waited too long may be the one at whom it shows that everyone has."""

    async def work() -> None:
        faults: list[Any] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, fault: faults.append(fault))
        crowd, before = Crowd(Gate(1, 5, 1.5 * WINDOW)), sent_away()
        inside = asyncio.create_task(crowd.visit(LONG))
        waiting = []
        for _ in range(3):
            await asyncio.sleep(1.2 * WINDOW)
            waiting.append(asyncio.create_task(crowd.visit()))
        await asyncio.gather(*waiting)
        assert (faults, crowd.refused, sent_away() - before) == ([], 3, 3)
        inside.cancel()

    run(work())


def sent_away() -> float:
    return REGISTRY.get_sample_value("inkdigits_sent_away_total") or 0


def test_a_place_is_given_back_whatever_happens_inside() -> None:
    async def work() -> None:
        gate = Gate(1, 0, LONG)
        for _ in range(3):
            with pytest.raises(ZeroDivisionError):
                async with gate.place():
                    raise ZeroDivisionError

    run(work())


def test_a_place_handed_to_one_who_has_gone_is_not_lost() -> None:
    """Whoever waits is told of the place first, and cancelled before being able to take it."""

    async def work() -> None:
        crowd = Crowd(Gate(1, 5, 0.05))
        async with crowd.gate.place():
            waiting = asyncio.create_task(crowd.visit())
            await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.wait([waiting])
        assert (waiting.cancelled(), crowd.inside) == (True, 0)
        await crowd.visit()
        assert (crowd.entered, crowd.refused) == (1, 0)

    run(work())


def test_a_crowd_is_sent_away_until_it_is_gone() -> None:
    """Four times what there is room for, though never a full queue; then what there is room for."""

    async def work() -> None:
        crowd = Crowd(Gate(2, 10_000, LONG))
        await crowd.visits(800, 2)
        assert crowd.refused > crowd.entered > 100
        await asyncio.sleep(2 * WINDOW)
        refused = crowd.refused
        await crowd.visits(20, 1)
        assert crowd.refused - refused <= 1

    run(work())


@pytest.mark.parametrize("pause", [1.5 * WINDOW, 5 * WINDOW])
def test_small_bursts_are_no_crowd(pause: float) -> None:
    """Nor what is left of one, however long ago it was."""

    async def work() -> None:
        crowd = Crowd(Gate(2, 64, LONG))
        await crowd.visits(1000, 1)
        assert crowd.refused > crowd.entered
        await asyncio.sleep(pause)
        refused = crowd.refused
        for _ in range(4):
            await asyncio.gather(*(crowd.visit() for _ in range(10)))
            await asyncio.sleep(pause)
        assert crowd.refused == refused

    run(work())


def test_where_waiting_is_worth_it_as_many_wait_as_can_be_served() -> None:
    async def work() -> None:
        crowd = Crowd(Gate(2, 1000, LONG, worth=math.inf, late=math.inf))
        await crowd.visits(400, 1)
        assert crowd.refused == 0

    run(work())
